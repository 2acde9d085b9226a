"""How do tests start, kill and bury real children? One forker for the session, one `Life` for each child."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
KILLED = -signal.SIGKILL


class Life:
    """One child; `end` is its exit code, negative for the signal that ended it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.end: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    @property
    def over(self) -> bool:
        return self.end.done()

    async def stop(self) -> int:
        """Told to stop in order (SIGTERM); its exit code."""
        if not self.over:
            with contextlib.suppress(ProcessLookupError):  # it ended, and word of it is on its way
                os.kill(self.pid, signal.SIGTERM)
        return await self.end

    async def kill(self) -> int:
        """Killed, as by a power cut; its exit code."""
        if not self.over:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        return await self.end


class Nursery:
    """Bears children that run `huiyin run` with the settings they are given."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._born: asyncio.Queue[int] = asyncio.Queue()
        self._lives: dict[int, Life] = {}
        self._one_at_a_time = asyncio.Lock()
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def open(cls) -> "Nursery":
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.hostile.forker"),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        return cls(process)

    async def bear(self, environment: Mapping[str, str], log: Path, only: Sequence[str] = ()) -> Life:
        """A new child, alive; `only`: the parts it runs beside others."""
        assert self._process.stdin is not None
        async with self._one_at_a_time:
            order = json.dumps({"env": dict(environment), "log": str(log), "only": list(only)})
            self._process.stdin.write(order.encode() + b"\n")
            born = asyncio.create_task(self._born.get())
            await asyncio.wait((born, self._listening), return_when=asyncio.FIRST_COMPLETED)
            if not born.done():
                born.cancel()
                raise AssertionError("the forker bears nobody any more; it says why on its standard error")
            return self._lives[born.result()]

    async def close(self) -> None:
        """Nobody is left alive."""
        for life in self._lives.values():
            await life.kill()
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()
        self._listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._listening

    async def _listen(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            told = json.loads(line)
            if "born" in told:
                self._lives[told["born"]] = Life(told["born"])
                self._born.put_nowait(told["born"])
            else:
                self._lives[told["dead"]].end.set_result(told["code"])
