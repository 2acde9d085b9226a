"""Who lives in a test? A running house reached only by telephone, people with phones, and an office clock to turn.

Everything is real but the hour: the messenger speaks HTTP, aiogram answers, python-telegram-bot delivers, the store is
on disk. Nothing waits for a span: `settle` returns when there is nothing left to do.
"""

import asyncio
import contextlib
import itertools
import json
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from bot.clocks import MachineClock
from bot.messenger.chats import BotAccount, Messenger
from bot.messenger.messages import Message
from bot.messenger.people import Person
from bot.messenger.stage import Stage
from bot.parts import Parts
from bot.settings import Settings
from bot.wiring import run
from models.actions.enrolling import consent, invite
from models.actions.housing import turn_office
from models.actions.shifting import begin_shift
from models.rules.policy import Role, Town
from models.store import Row, Statement, StoreClosed
from tests.walked import walk

T = TypeVar("T")

TUESDAY_MORNING = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
"""09:00 in Licheng: an ordinary working day, with a working week behind it."""
BUILDING = "LC01-3"
"""Where people live unless told otherwise: a compound with a firm, a committee and a head."""

_houses = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Line:
    """The messenger and where it is reached."""

    messenger: Messenger
    stage: Stage
    base: str


class House:
    """One running house with its own bot and database."""

    def __init__(self, line: Line, town: Town, url: str, folder: Path, /, *, by: str = "polling", **told: str) -> None:
        """`told`: further settings."""
        self.line, self.town, self.by = line, town, by
        number = next(_houses)
        self.bot: BotAccount = line.messenger.add_bot(f"huiyin_{number}_bot")
        settings: dict[str, str] = {
            "bot_api": line.base,
            "bot_token": self.bot.token,
            "database_url": url,
            "data_dir": str(folder / f"house-{number}"),
            "pace": "lenient",
        }
        if by == "webhook":
            port = free_port()
            settings |= {
                "public_url": f"http://127.0.0.1:{port}",
                "webhook_port": str(port),
                "webhook_secret": secrets.token_hex(32),
            }
        self.url = url
        self._told = {**settings, **told}
        self._living = contextlib.AsyncExitStack()
        self._links: dict[str, str] = {}
        self.parts: Parts

    # opening and closing

    async def open(self, *, at: datetime | None = TUESDAY_MORNING) -> None:
        """The house is running and answers its phone; `at` None: the office clock stands where it stood."""
        ours, theirs = socket.socketpair()
        settings = Settings.model_validate({**self._told, "control_fd": theirs.detach()})
        ready: asyncio.Future[Parts] = asyncio.get_running_loop().create_future()
        stop = asyncio.Event()
        living = asyncio.create_task(run(settings, town=self.town, stop=stop, started=ready.set_result))
        self._living.push_async_callback(_end, living, stop)
        self._hears, self._asks = await asyncio.open_connection(sock=ours, limit=2**20)
        self._living.push_async_callback(self._asks.wait_closed)
        self._living.callback(self._asks.close)
        await asyncio.wait((ready, living), return_when=asyncio.FIRST_COMPLETED)
        if living.done():
            self._asks.close()
            living.result()  # it could not start, and says why
        self.parts = ready.result()
        while self.by == "webhook" and self.bot.webhook is None:
            await asyncio.sleep(0.002)
        if at is not None:
            ahead = at - MachineClock().now()
            self.parts.house.office.ahead = ahead
            await self.do(turn_office, ahead_seconds=ahead.total_seconds())

    async def close(self) -> None:
        """Nothing runs any more; what was not done is still on disk."""
        with contextlib.suppress(StoreClosed):  # closed before
            for row in await self.rows("SELECT DISTINCT from_state, event FROM case_event"):
                walk(row.from_state, row.event)
        await self._living.aclose()

    async def restart(self) -> None:
        """The house was closed and opened again on the same database, keys and hour."""
        await self.close()
        await self.open(at=None)

    @property
    def settings(self) -> Settings:
        """What the running house was told."""
        return self.parts.house.settings

    # what time is it

    @property
    def now(self) -> datetime:
        """The office's moment."""
        return self.parts.house.office.now()

    async def turn(self, span: timedelta) -> None:
        """The office clock stands so much later, having stopped at every due moment on the way."""
        await self._control(do="turn", seconds=span.total_seconds())
        await self.settle()

    async def turn_next(self) -> datetime:
        """The office clock stands at the next due moment, which it returns."""
        answer = await self._control(do="turn_next")
        await self.settle()
        return datetime.fromisoformat(answer["now"])

    async def _control(self, **asked: Any) -> dict[str, Any]:
        self._asks.write(json.dumps(asked).encode() + b"\n")
        answer: dict[str, Any] = json.loads(await self._hears.readline())
        assert answer["ok"], answer
        return answer

    async def settle(self) -> None:
        """Whatever was said is kept, answered and delivered; TimeoutError where that never comes to rest."""
        async with asyncio.timeout(30):
            while self.bot.updates.pending:  # the messenger rings no bell when an update is confirmed
                await asyncio.sleep(0.001)
            await self.parts.quiet()

    # what is kept

    async def do(self, action: Callable[..., T], **how: Any) -> T:
        """The action, as any other part of the house would run it."""
        return await self.parts.house.store.run(lambda session: action(self.parts.house.work(session), **how))

    async def ask(self, query: Callable[..., T], **how: Any) -> T:
        """What the query finds."""
        return await self.parts.house.store.read(lambda session: query(self.parts.house.work(session), **how))

    async def rows(self, sql: str, **params: Any) -> list[Row]:
        """Rows as they are on disk, whatever the engine."""
        return await self.parts.house.store.read(Statement(sql).all, **params)

    async def number_of(self, table: str) -> int:
        """How many rows a table has."""
        return int((await self.rows(f'SELECT count(*) AS many FROM "{table}"'))[0].many)

    # who is there

    def stranger(self, name: str = "王阿姨", *, speaks: str = "zh-hans") -> "Phone":
        """Somebody with a phone the house has never heard of."""
        return Phone(self, self.line.messenger.add_person(name, language_code=speaks))

    async def link(self, role: Role, place: str) -> str:
        """A new deep link's token."""
        return await self.do(invite, role=role, place=place)

    async def resident(
        self, building: str = BUILDING, *, name: str = "王阿姨", speaks: str = "zh-hans", agreed: bool = True
    ) -> "Phone":
        """Somebody who has scanned the stairwell's QR; `agreed`: and read the consent card once before."""
        if building not in self._links:
            self._links[building] = await self.link(Role.RESIDENT, building)
        phone = self.stranger(name, speaks=speaks)
        await phone.starts(self._links[building])
        if agreed:
            lang = "en" if speaks.startswith("en") else "zh"
            await self.do(consent, bot_id=self.bot.id, chat_id=phone.person.id, lang=lang)
        return phone

    async def staff(self, desk: str, *, name: str = "值班", sits: bool = True) -> "Phone":
        """Somebody enrolled at a desk; `sits`: and said today who sits there, so that nobody asks."""
        phone = self.stranger(name)
        await phone.starts(await self.link(Role(self.town.desks[desk].kind), desk))
        if sits:
            await self.do(begin_shift, bot_id=self.bot.id, chat_id=phone.person.id, desk=desk, name=name)
        return phone

    async def head(self, building: str = BUILDING, *, name: str = "林楼长") -> "Phone":
        """The building's head, enrolled."""
        phone = self.stranger(name)
        await phone.starts(await self.link(Role.HEAD, building))
        return phone


class Phone:
    """One person's chat with the house's bot. Each act returns when everybody has heard what follows from it."""

    def __init__(self, house: House, person: Person) -> None:
        self._house, self.person = house, person
        self._seen = 0

    # acts

    async def starts(self, token: str = "") -> None:
        """Opens the bot's chat, by a link when there is a token."""
        self.person.start(self._house.bot, token)
        await self._house.settle()

    async def says(self, text: str, **how: Any) -> None:
        self.person.say(self._house.bot, text, **how)
        await self._house.settle()

    async def shows(self, picture: bytes, caption: str = "") -> None:
        """Sends a photo."""
        self.person.send_photo(self._house.bot, picture, caption)
        await self._house.settle()

    async def taps(self, *labels: str) -> str:
        """Taps the newest button with one of these labels; the toast that comes back."""
        return await self.presses(self.with_button(*labels), *labels)

    async def presses(self, message: Message, *labels: str, forged: str | None = None) -> str:
        """Taps a button of that very message, as it looked then; the toast that comes back."""
        label = next((one.text for row in message.buttons for one in row if one.text in labels), None)
        query = self.person.tap(message, label, callback_data=forged)
        await self._house.settle()
        return self._house.line.messenger.callback(query).note

    # looks

    @property
    def messages(self) -> list[Message]:
        """The bot's messages, oldest first, as they read now."""
        return [one for one in self.person.inbox(self._house.bot) if one.from_bot]

    @property
    def texts(self) -> list[str]:
        return [one.text for one in self.messages]

    @property
    def last(self) -> Message:
        """The bot's newest message."""
        return self.messages[-1]

    @property
    def news(self) -> list[str]:
        """What the bot has sent since the last look; edits are no news."""
        new = [one.text for one in self.messages if one.id > self._seen]
        self._seen = max((one.id for one in self.messages), default=0)
        return new

    def with_button(self, *labels: str) -> Message:
        """The newest message with such a button; LookupError says what can be tapped."""
        for message in reversed(self.messages):
            if any(one in labels for one in buttons(message)):
                return message
        raise LookupError(f"none of {labels} can be tapped; there are {[buttons(one) for one in self.messages]}")

    def that_says(self, words: str) -> Message:
        """The newest message with these words in it."""
        for message in reversed(self.messages):
            if words in message.text:
                return message
        raise LookupError(f"nobody said {words!r}; said was {self.texts}")


def buttons(message: Message) -> list[str]:
    """The labels under a message."""
    return [one.text for row in message.buttons for one in row]


async def _end(living: "asyncio.Task[None]", stop: asyncio.Event) -> None:
    stop.set()
    await living


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
