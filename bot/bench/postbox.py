"""A messenger in a process of its own, for the echo: `python -m bot.bench.postbox`.

Lines in: "say N" (so many updates wait from now on, of a new bot's people), "stop". Lines out: its address and token;
then, for each "say", a bot's token, and at the end the seconds from its first answer to its last.
"""

import asyncio
import json
import sys

from bot.messenger.chats import BotAccount, Messenger
from bot.messenger.listening import Listener
from bot.messenger.messages import ChangeKind
from bot.messenger.server import serve

PEOPLE = 100


async def keep() -> None:
    """Serves until told to stop."""
    messenger = Messenger()
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with serve(messenger) as address:
        _tell({"base": address.base})
        number = 0
        while (line := (await reader.readline()).decode().split()) and line[0] == "say":
            number += 1
            bot = messenger.add_bot(f"echo_{number}_bot")
            many = int(line[1])
            _fill(messenger, bot, many)
            listener = messenger.listen()
            _tell({"token": bot.token})
            _tell({"seconds": await _answered(listener, bot, many)})
            listener.close()


async def _answered(listener: Listener, bot: BotAccount, many: int) -> float:
    """Seconds from the first answer of this bot to so many of them."""
    clock = asyncio.get_running_loop().time
    began = 0.0
    for number in range(many):
        while (
            (change := await listener.next()) is None or change.kind is not ChangeKind.SENT or change.bot_id != bot.id
        ):
            pass
        began = began if number else clock()
    return clock() - began


def _fill(messenger: Messenger, bot: BotAccount, many: int) -> None:
    people = [messenger.add_person() for _ in range(PEOPLE)]
    for number in range(many):
        people[number % PEOPLE].say(bot, f"第{number}句")


def _tell(facts: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(keep())
