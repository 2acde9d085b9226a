"""How does `huiyin demo` come up? The messenger and the page at once, then the people's enrolment, then the child."""

import asyncio
import contextlib
import errno
import gc
import os
import secrets
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from importlib import import_module
from pathlib import Path

from bot.demo.child import Command
from bot.demo.routes import routes
from bot.demo.scene import Scene
from bot.messenger.chats import Messenger
from bot.messenger.flood import LENIENT
from bot.messenger.server import serve
from bot.messenger.stage import Stage
from models.town import load_town, sample_town_folder

BOT_USERNAME = "huiyin_demo_bot"
CHILD = (sys.executable, "-m", "bot", "run")

Enrolment = Callable[[Mapping[str, str]], Awaitable[Mapping[str, str]]]


async def demo(port: int, data: Path | None) -> None:
    """Serves the demo on 127.0.0.1:`port` until interrupted; without `data` its files are thrown away at the end."""
    stop = asyncio.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(one, stop.set)
    try:
        async with on_stage(port, data) as (base, _):
            print(f"回音 Huiyin: {base}", flush=True)  # noqa: T201 the one line an operator waits for
            await stop.wait()
    except OSError as taken:
        if taken.errno != errno.EADDRINUSE:
            raise
        raise SystemExit(f"port {port} is in use; choose another: huiyin demo --port {port + 1}") from None
    finally:
        gc.freeze()  # all of it goes with the process: looking through it for garbage first took a third of a second


@contextlib.asynccontextmanager
async def on_stage(
    port: int, data: Path | None, *, argv: tuple[str, ...] = CHILD, enrolment: Enrolment | None = None
) -> AsyncIterator[tuple[str, Scene]]:
    """The address of the page, and what is behind it; on leaving, the child is ended and nothing is left running."""
    with contextlib.ExitStack() as kept:
        folder = data or Path(kept.enter_context(tempfile.TemporaryDirectory(prefix="huiyin-demo-")))
        folder.mkdir(parents=True, exist_ok=True)
        messenger = Messenger(flood=LENIENT)
        stage = Stage(messenger)
        bot = messenger.add_bot(BOT_USERNAME, _token(folder))
        bot.first_name = "回音"
        bot.updates.jump(int(messenger.clock()))  # a kept folder has seen the ids of the last demo
        environment: dict[str, str] = {}
        scene = Scene(
            messenger,
            stage,
            bot,
            load_town(sample_town_folder()),
            Command(argv, environment, folder / "huiyin.log"),
            fresh=not (folder / "huiyin.db").exists(),
        )
        async with serve(messenger, stage, "127.0.0.1", port, extra_routes=routes(scene)) as address:
            environment |= _environment(folder, address.base, bot.token)
            watching = [asyncio.create_task(one) for one in (scene.phones.watch(), scene.watch_faults())]
            living = asyncio.create_task(_live(scene, environment, enrolment or _enrolment))
            try:
                yield address.base, scene
            finally:
                for task in (living, *watching):
                    task.cancel()
                await asyncio.gather(living, *watching, return_exceptions=True)
                scene.stream.close()


async def _live(scene: Scene, environment: Mapping[str, str], enrolment: Enrolment) -> None:
    """The people are enrolled while the child comes to life: its imports take longer than anything else here."""
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(scene.child.run())
            scene.phones.enrol(await enrolment(environment))
    except Exception as broken:
        print(f"huiyin demo: {type(broken).__name__}: {broken}", file=sys.stderr, flush=True)  # noqa: T201
        raise


async def _enrolment(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Deep links for everyone, made by the real thing; its imports let the page be served and the child be started."""
    await asyncio.to_thread(import_module, "bot.house")
    from bot.house import prepare_demo
    from bot.settings import Settings

    return await prepare_demo(Settings.of(environment))


def _environment(folder: Path, base: str, token: str) -> dict[str, str]:
    return {
        **os.environ,
        "HUIYIN_BOT_API": base,
        "HUIYIN_BOT_TOKEN": token,
        "HUIYIN_DATABASE_URL": f"sqlite:///{folder / 'huiyin.db'}",
        "HUIYIN_KEYS_FILE": str(folder / "keys"),
        "HUIYIN_DATA_DIR": str(folder),
        "HUIYIN_PACE": "lenient",
        "HUIYIN_TOWN": "sample",
    }


def _token(folder: Path) -> str:
    """The demo bot's token, the same for a kept folder: its people are reached by (bot, chat)."""
    path = folder / "demo-token"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(f"7100000001:{secrets.token_urlsafe(26)}", encoding="ascii")
    return path.read_text(encoding="ascii")
