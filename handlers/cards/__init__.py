"""Facts → text and buttons, for chat, web and delivery alike. Imports no messenger's library and decides nothing."""
