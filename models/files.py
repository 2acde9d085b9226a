"""Where do photos and voices lie? On disk, sealed, named by what is in them."""

import contextlib
import hashlib
import os
import re
import secrets
from pathlib import Path

from models.rules.failpoints import failpoint
from models.store import Keys

_DIGEST = re.compile(r"[0-9a-f]{64}")
_WRITTEN_WITHIN_S = 600
"""Nobody is still writing a file that has not changed for so long."""


class DiskFiles:
    """A `ports.FileStore` in a folder: written aside, synced, then renamed, so that a name is a whole file."""

    def __init__(self, folder: Path, keys: Keys) -> None:
        self._folder = folder
        self._keys = keys
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _take_away_halves(folder)

    def put(self, content: bytes) -> str:
        """The content's SHA-256; it is on the disk when this returns. The same content twice is one file."""
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(digest)
        if path.exists():
            return digest
        path.parent.mkdir(mode=0o700, exist_ok=True)
        aside = path.parent / f".{secrets.token_hex(8)}"
        try:
            with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(self._keys.seal(content, at=f"file:{digest}"))
                file.flush()
                os.fsync(file.fileno())
            failpoint("files.before_rename")
            aside.replace(path)
            failpoint("files.after_rename")
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
        _sync(path.parent)
        _sync(self._folder)
        return digest

    def get(self, digest: str) -> bytes:
        """The content; KeyError if there is none, DoesNotOpen if the file was changed."""
        try:
            sealed = self._path(digest).read_bytes()
        except FileNotFoundError:
            raise KeyError(digest) from None
        return self._keys.open(sealed, at=f"file:{digest}")

    def drop(self, digest: str) -> None:
        """The content is off the disk; nothing happens where there is none."""
        path = self._path(digest)
        path.unlink(missing_ok=True)
        if path.parent.exists():
            _sync(path.parent)

    def _path(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise KeyError(digest)
        return self._folder / digest[:2] / digest


def _take_away_halves(folder: Path) -> None:
    """What whoever was killed had only half written is gone; what somebody writes at this moment stays."""
    mark = folder / f".{secrets.token_hex(8)}"
    mark.touch(mode=0o600)
    now = mark.stat().st_mtime  # by the clock the others were written by
    mark.unlink()
    for aside in folder.glob("??/.*"):
        with contextlib.suppress(FileNotFoundError):  # another process tidies as well
            if now - aside.stat().st_mtime > _WRITTEN_WITHIN_S:
                aside.unlink()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
