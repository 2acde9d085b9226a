"""Our own messenger: chats, people and files behind the Bot API, spoken over HTTP exactly as Telegram speaks it."""
