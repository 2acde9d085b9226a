"""Is `huiyin run` alive? The child process: started, asked over a socket, really killed, started again."""

import asyncio
import json
import os
import signal
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

RESTART_AFTER = 1.5  # seconds, long enough to be seen
READY_WITHIN = 60.0  # seconds, on a slow machine with cold disks
ANSWER_WITHIN = 30.0
ENDS_WITHIN = 3.0  # then it is killed: it loses nothing by that
GIVES_UP_AFTER = 5  # starts in a row that never got ready
LINE_LIMIT = 16 * 1024 * 1024  # one answer; "behind" of a long demo is large


class Status(StrEnum):
    STARTING = "starting"
    UP = "up"
    DOWN = "down"
    GONE = "gone"  # does not start at all, or the demo ends


class ChildGone(Exception):
    """The child was not there to answer, or went away before it did."""


@dataclass(frozen=True, slots=True)
class Command:
    """What to start, with which settings, and where its own words go."""

    argv: Sequence[str]
    environment: Mapping[str, str]
    log: Path


class Child:
    """One process at a time; `watch` hears every change of status."""

    def __init__(self, command: Command, watch: Callable[[], None]) -> None:
        self.command = command
        self.status = Status.STARTING
        self.starts = 0
        self.pid: int | None = None
        self._watch = watch
        self._process: asyncio.subprocess.Process | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._last_id = 0
        self._ready = asyncio.Event()
        self._over = asyncio.Event()  # nobody will answer any more

    async def run(self) -> None:
        """Keeps a child alive until cancelled; gives up, with status GONE, on one that never gets ready."""
        failed = 0
        try:
            while failed < GIVES_UP_AFTER:
                failed = 0 if await self._live_once() else failed + 1
                self._set(Status.DOWN)
                await asyncio.sleep(RESTART_AFTER)
        finally:
            await self._end()
        print(f"huiyin run does not start; its last words are in {self.command.log}", flush=True)  # noqa: T201

    def kill(self) -> None:
        """SIGKILL, as a power cut would; `run` starts it again after a moment."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)

    async def ask(self, do: str, **facts: object) -> dict[str, Any]:
        """The child's answer; `ChildGone` when it is not there, or goes away first."""
        waits = [asyncio.ensure_future(one.wait()) for one in (self._ready, self._over)]
        try:
            await asyncio.wait(waits, timeout=ANSWER_WITHIN, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()
        if not self._ready.is_set():
            raise ChildGone(self.status)
        return await self._ask(do, **facts)

    async def _ask(self, do: str, **facts: object) -> dict[str, Any]:
        if self._writer is None:
            raise ChildGone(self.status)
        self._last_id += 1
        key = self._last_id
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[key] = answer
        try:
            self._writer.write(json.dumps({"id": key, "do": do, **facts}).encode() + b"\n")
            await self._writer.drain()
            got = await asyncio.wait_for(answer, ANSWER_WITHIN)
        except (TimeoutError, ConnectionError, OSError) as broken:
            raise ChildGone(do) from broken
        finally:
            self._waiting.pop(key, None)
        if not got.get("ok"):
            raise ChildGone(str(got.get("error", do)))
        return got

    async def _live_once(self) -> bool:
        """One life, from start to exit; whether it ever got ready."""
        self._set(Status.STARTING)
        ours, theirs = socket.socketpair()
        with theirs, self.command.log.open("ab") as log:
            os.set_inheritable(theirs.fileno(), True)
            self._process = await asyncio.create_subprocess_exec(
                *self.command.argv,
                env={**self.command.environment, "HUIYIN_CONTROL_FD": str(theirs.fileno())},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,  # Ctrl-C is for the parent, which ends its child in order
            )
        self.starts += 1
        self.pid = self._process.pid
        reader, self._writer = await asyncio.open_connection(sock=ours, limit=LINE_LIMIT)
        listening = asyncio.create_task(self._listen(reader))
        greeting = asyncio.create_task(self._greet())
        try:
            await self._process.wait()
        finally:
            greeting.cancel()
            listening.cancel()
            await asyncio.gather(greeting, listening, return_exceptions=True)
            self._writer.close()
            self._writer = None
            was_ready = self._ready.is_set()
            self._ready.clear()
            self._let_go()
        return was_ready

    async def _greet(self) -> None:
        """Ready is who answers."""
        async with asyncio.timeout(READY_WITHIN):
            while True:
                try:
                    await self._ask("clock")
                    break
                except ChildGone:
                    await asyncio.sleep(0.1)
        self._ready.set()
        self._set(Status.UP)

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            answer = json.loads(line)
            waiting = self._waiting.get(answer.get("id", 0))
            if waiting is not None and not waiting.done():
                waiting.set_result(answer)
        self._let_go()

    def _let_go(self) -> None:
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(ChildGone("went away"))

    def _set(self, status: Status) -> None:
        if status is not self.status or status is Status.STARTING:
            self.status = status
            self._watch()

    async def _end(self) -> None:
        process = self._process
        if process is not None and process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), ENDS_WITHIN)
            except TimeoutError:
                process.kill()
                await process.wait()
        self._over.set()  # a page that still asks would keep its server from closing
        self._set(Status.GONE)
