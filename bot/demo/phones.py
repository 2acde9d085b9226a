"""What does each phone show? The people on the messenger, and their chats as the page draws them."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.demo.cast import Part, deep_link
from bot.demo.stream import Stream
from bot.messenger.chats import BotAccount, Messenger
from bot.messenger.messages import Change, ChangeKind, MediaKind, Message
from bot.messenger.people import Person

Json = dict[str, Any]
LOOKS_EVERY = 0.2  # seconds between looks at what the bot has taken in


class Phones:
    """The cast's phones: who they are, what stands on them, and what of it the bot has kept."""

    def __init__(
        self,
        messenger: Messenger,
        bot: BotAccount,
        parts: tuple[Part, ...],
        now: Callable[[], datetime],
        stream: Stream,
    ) -> None:
        self._messenger = messenger
        self._bot = bot
        self._now = now  # the office's
        self._stream = stream
        self._parts = parts
        self._people = {
            part.key: messenger.add_person(part.name, language_code=part.language, person_id=part.person_id)
            for part in parts
        }
        self._keys = {person.id: key for key, person in self._people.items()}
        self._sent: dict[tuple[int, int], datetime] = {}
        self._edited: dict[tuple[int, int], datetime] = {}  # when the words last changed; buttons that go are no news
        self._words: dict[tuple[int, int], str] = {}
        self._unkept: dict[tuple[int, int], int] = {}  # (chat, message) → the update the bot has not confirmed yet

    def enrol(self, tokens: Mapping[str, str]) -> None:
        """Everyone opens the chat by their own deep link, as from a printed card."""
        for part in self._parts:
            if token := deep_link(part, tokens):
                self._people[part.key].start(self._bot, token)
                self._await_keeping(self._people[part.key])

    def person(self, key: str) -> Person:
        """`KeyError` when nobody in the cast is called so."""
        return self._people[key]

    def say(self, key: str, text: str, reply_to: int | None = None) -> None:
        """The words are on their way. `KeyError` for a stranger, `ValueError` when the person has blocked the bot."""
        self.person(key).say(self._bot, text, reply_to=reply_to)
        self._await_keeping(self.person(key))

    def show(self, key: str, content: bytes, caption: str) -> None:
        """A photo is on its way."""
        self.person(key).send_photo(self._bot, content, caption)
        self._await_keeping(self.person(key))

    def speak(self, key: str, content: bytes, duration: int) -> None:
        """A voice message is on its way."""
        self.person(key).send_voice(self._bot, content, duration=duration)
        self._await_keeping(self.person(key))

    def point(self, key: str, latitude: float, longitude: float) -> None:
        """A place is on its way."""
        self.person(key).send_location(self._bot, latitude, longitude)
        self._await_keeping(self.person(key))

    def tap(self, key: str, message_id: int, callback: str) -> None:
        """The button was tapped. `KeyError` when the message is not there."""
        person = self.person(key)
        message = self._messenger.private_chat(self._bot, person).messages[message_id]
        person.tap(message, callback_data=callback)

    def block(self, key: str, *, blocked: bool) -> None:
        """The person has blocked the bot, or not any more."""
        if self.blocked(key) is not blocked:
            (self.person(key).block if blocked else self.person(key).unblock)(self._bot)

    def blocked(self, key: str) -> bool:
        """Whether the bot may write to them."""
        return self._messenger.private_chat(self._bot, self.person(key)).blocked

    def everyone(self) -> list[Json]:
        """All phones, whole."""
        return [
            {
                "key": part.key,
                "name": part.name,
                "en": part.en,
                "where": part.where,
                "where_en": part.where_en,
                "stairs": part.stairs,
                "blocked": self.blocked(part.key),
                "messages": [self._drawn(one) for one in self.person(part.key).inbox(self._bot)],
            }
            for part in self._parts
        ]

    def stamp_anew(self) -> None:
        """What was said before the office clock was known happened now."""
        now = self._now()
        self._sent = dict.fromkeys(self._sent, now)

    async def watch(self) -> None:
        """Tells the page every change, until cancelled or the messenger closes."""
        keeping = asyncio.create_task(self._watch_keeping())
        try:
            async for change in self._messenger.listen():
                self._tell(change)
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    def _tell(self, change: Change) -> None:
        who = self._keys.get(change.person_id if change.person_id is not None else change.chat_id)
        if who is None or change.bot_id not in (0, self._bot.id):
            return
        if change.kind is ChangeKind.TYPING:
            self._stream.tell("typing", {"person": who})
        elif change.kind is ChangeKind.ANSWERED:
            if change.note:
                self._stream.tell("toast", {"person": who, "text": change.note, "alert": change.alert})
        elif change.message is not None:
            message = change.message
            place = (message.chat_id, message.id)
            if change.kind is not ChangeKind.EDITED:
                self._sent[place] = self._now()
            elif self._words.get(place) != message.text:
                self._edited[place] = self._now()
            self._words[place] = message.text
            self._stream.tell("chat", {"person": who, "kind": change.kind.value, "message": self._drawn(message)})

    def _await_keeping(self, person: Person) -> None:
        """The newest message of a person bears one tick until the bot has confirmed its update, then two."""
        pending = tuple(self._bot.updates.pending)
        newest = self._messenger.private_chat(self._bot, person).last_id
        if pending and pending[-1].lane == person.id:
            self._unkept[(person.id, newest)] = pending[-1].update_id

    async def _watch_keeping(self) -> None:
        while True:
            await asyncio.sleep(LOOKS_EVERY)
            if not self._unkept:
                continue
            waiting = {one.update_id for one in self._bot.updates.pending}
            for (chat_id, message_id), update_id in tuple(self._unkept.items()):
                if update_id in waiting:
                    continue
                del self._unkept[(chat_id, message_id)]
                chat = self._messenger.private[(self._bot.id, chat_id)]
                if (message := chat.messages.get(message_id)) is not None:
                    self._stream.tell(
                        "chat", {"person": self._keys[chat_id], "kind": "kept", "message": self._drawn(message)}
                    )

    def _drawn(self, message: Message) -> Json:
        place = (message.chat_id, message.id)
        edited = self._edited.get(place) if message.edited_at is not None else None
        text, opened = message.text, None
        if text.startswith("/start "):  # nobody types it, and the deep link's token is nobody's to read
            stairs = next((part.stairs for part in self._parts if part.person_id == message.chat_id), "")
            text, opened = "", "stairwell" if stairs else "card"
        return {
            "id": message.id,
            "mine": not message.from_bot,
            "text": text,
            "entities": [one.json() for one in message.entities if one.offset < len(text)],
            "buttons": [
                [{"text": one.text, "callback": one.callback_data, "url": one.url} for one in row]
                for row in message.buttons
            ],
            "at": self._sent.get(place, self._now()).isoformat(),
            "edited_at": edited.isoformat() if edited else None,
            "reply_to": message.reply_to,
            "media": _media(message),
            "kept": place not in self._unkept,
            "service": message.service is not None,
            "opened": opened,
        }


def _media(message: Message) -> Json | None:
    if message.location is not None:
        return {"kind": "location", "latitude": message.location.latitude, "longitude": message.location.longitude}
    if message.contact is not None:
        return {"kind": "contact", "name": message.contact.first_name, "phone": message.contact.phone_number}
    if message.media is None:
        return None
    media = message.media
    drawn: Json = {"kind": media.kind.value, "url": f"/demo/file/{media.file.path}", "name": media.file.name}
    if media.kind in (MediaKind.PHOTO, MediaKind.VIDEO):
        drawn |= {"width": media.width, "height": media.height}
    if media.kind in (MediaKind.VOICE, MediaKind.VIDEO):
        drawn["duration"] = media.duration
    return drawn
