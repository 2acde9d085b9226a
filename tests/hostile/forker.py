"""How does a real child start fast? This process imports everything once; each child is a fork that is `huiyin run`.

A line of JSON in, {"env": …, "log": path, "only": […]}, is one child; lines out say {"born": pid} or {"dead": pid,
"code": code}. It ends, and its children with it, when nobody writes any more.
"""

import gc
import json
import os
import select
import signal
import sys
from pathlib import Path
from typing import NoReturn

LOOKS_EVERY_S = 0.01


def serve() -> None:
    """Bears children until standard input ends."""
    _warm_up()
    alive: set[int] = set()
    waiting = b""
    while True:
        if select.select([0], [], [], LOOKS_EVERY_S)[0]:
            read = os.read(0, 65536)
            if not read:
                break
            *orders, waiting = (waiting + read).split(b"\n")
            for order in orders:
                child = _bear(order)
                alive.add(child)
                _say({"born": child})
        while alive:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                break
            alive.discard(pid)
            _say({"dead": pid, "code": os.waitstatus_to_exitcode(status)})
    for child in alive:
        os.kill(child, signal.SIGKILL)


def _warm_up() -> None:
    """Everything a house would only meet in its first seconds is here before the first child is born."""
    import anyio.lowlevel
    import asyncpg
    import h11
    import httpcore
    import httpx
    import telegram.ext
    import uvicorn

    from bot.telegram.types_later import import_aiogram

    import_aiogram()

    import aiogram.types
    from aiogram.methods import AnswerCallbackQuery, EditMessageReplyMarkup, EditMessageText, SendMessage, SetMyCommands
    from aiogram.methods.base import Response

    import bot.logs
    import bot.telegram.fetches
    import bot.telegram.notices
    import bot.telegram.session
    import bot.telegram.worker
    import bot.wiring
    import handlers.cards.draw
    import handlers.chat.dispatcher
    import models.migrations
    import models.store.postgres
    import scheduler.housekeeping
    import scheduler.listing
    import scheduler.metronome
    import scheduler.overdue
    import scheduler.watching

    assert all((anyio, asyncpg, h11, httpcore, httpx, telegram.ext, uvicorn, bot, handlers, models, scheduler))
    aiogram.types.Update.model_rebuild()
    for method in (AnswerCallbackQuery, EditMessageReplyMarkup, EditMessageText, SendMessage, SetMyCommands):
        method.model_rebuild()
        Response[method.__returning__].model_rebuild()  # type: ignore[name-defined]
    gc.freeze()


def _bear(order: bytes) -> int:
    child = os.fork()
    if not child:
        _live(order)
    return child


def _live(order: bytes) -> NoReturn:
    """The life of `python -m bot run`, from its first line on; the imports are behind it."""
    asked = json.loads(order)
    log = os.open(Path(asked["log"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDWR)
    for fd, instead in ((0, nothing), (1, log), (2, log)):
        os.dup2(instead, fd)
    os.environ.update(asked["env"])
    sys.argv = ["huiyin", "run", *(f"--only={part}" for part in asked["only"])]
    code: object = 0
    try:
        from bot.cli import main

        main()
    except SystemExit as end:
        code = end.code
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1)


def _say(line: dict[str, int]) -> None:
    os.write(1, json.dumps(line).encode() + b"\n")


if __name__ == "__main__":
    serve()
