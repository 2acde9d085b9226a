"""In what is a backup sealed? A stream of frames, each AES-256-GCM, that shows every changed, lost or added byte.

The head: a name, a salt, a proof of the secret, a checksum. Then frames of 256 KiB: the nonce is the frame's number and
whether it is the last one, so none can be moved, left out or added (the STREAM construction, Hoang et al. 2015). The
key is made by scrypt of what is in HUIYIN_BACKUP_KEY_FILE and a salt of this archive's own.
"""

import errno
import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models.store import DatabaseRefused
from models.store.aside import aside

FRAME = 256 * 1024
"""Bytes of a frame before it is sealed."""
SECRET_AT_LEAST = 20
"""Characters of a passphrase: what `openssl rand -base64 32` gives has 44."""

_NAME = b"huiyin-backup-1\n"
_SALT, _PROOF, _CHECK, _TAG = 16, 16, 8, 16
_HEAD = len(_NAME) + _SALT + _PROOF + _CHECK


class BackupRefused(DatabaseRefused):
    """A backup cannot be written, or this is not one that can be used; the message says why and never a secret."""


class Damaged(BackupRefused):
    """Bytes of an archive are not those that were written."""


def read_secret(path: Path | None, *, keys: Path) -> bytes:
    """What backups are sealed with; BackupRefused for a file others may read, a short one, or that of the keys."""
    if path is None:
        raise BackupRefused(
            "HUIYIN_BACKUP_KEY_FILE: no file is named. Make one, and keep a copy of it away from this machine and "
            "from the backups: (umask 077; openssl rand -base64 32 > backup.key)"
        )
    try:
        mode, secret = stat.S_IMODE(path.stat().st_mode), path.read_bytes().strip()
        same = keys.exists() and keys.samefile(path)
    except OSError as error:
        raise BackupRefused(f"{path}: {type(error).__name__}") from None
    if mode & 0o077:
        raise BackupRefused(f"{path}: others may read it (mode {mode:04o}); chmod 600 it")
    if same or b"\nmac " in secret:
        raise BackupRefused(f"{path}: it is the file of keys; a backup is sealed with a secret of its own")
    if len(secret) < SECRET_AT_LEAST:
        raise BackupRefused(f"{path}: it needs at least {SECRET_AT_LEAST} characters")
    return secret


class Sealer:
    """Writes an archive; what `tarfile` may write to."""

    def __init__(self, file: BinaryIO, secret: bytes) -> None:
        salt = secrets.token_bytes(_SALT)
        key, proof = _keys(secret, salt)
        head = _NAME + salt + proof
        self._file, self._head, self._box = file, head + hashlib.sha256(head).digest()[:_CHECK], AESGCM(key)
        self._buffer, self._number = bytearray(), 0
        file.write(self._head)

    def write(self, content: bytes) -> int:
        """It will be in the archive."""
        self._buffer += content
        while len(self._buffer) > FRAME:
            self._frame(bytes(self._buffer[:FRAME]), last=False)
            del self._buffer[:FRAME]
        return len(content)

    def finish(self) -> None:
        """The last frame is written; the file is the caller's to sync and close."""
        self._frame(bytes(self._buffer), last=True)

    def _frame(self, content: bytes, *, last: bool) -> None:
        self._file.write(self._box.encrypt(_nonce(self._number, last=last), content, self._head))
        self._number += 1


class Opener:
    """Reads an archive; what `tarfile` may read from. Damaged says which bytes of the file are not what was written."""

    def __init__(self, file: BinaryIO, secret: bytes) -> None:
        """BackupRefused where it is none, or was sealed with another secret."""
        head = file.read(_HEAD)
        if head[: len(_NAME)] != _NAME:
            raise BackupRefused("it is not a backup, or its first bytes are damaged")
        if len(head) < _HEAD or hashlib.sha256(head[:-_CHECK]).digest()[:_CHECK] != head[-_CHECK:]:
            raise Damaged(f"its head is damaged (bytes 0 to {_HEAD - 1})")
        key, proof = _keys(secret, head[len(_NAME) : len(_NAME) + _SALT])
        if not hmac.compare_digest(proof, head[len(_NAME) + _SALT : -_CHECK]):
            raise BackupRefused("it was sealed with another secret than the one in HUIYIN_BACKUP_KEY_FILE")
        self._file, self._head, self._box = file, head, AESGCM(key)
        self._number, self._ahead, self._buffer, self._ended = 0, file.read(FRAME + _TAG), bytearray(), False

    def read(self, size: int) -> bytes:
        """So many bytes, fewer only at the end."""
        while len(self._buffer) < size and not self._ended:
            self._buffer += self._frame()
        told = bytes(self._buffer[:size])
        del self._buffer[:size]
        return told

    def drain(self) -> None:
        """Everything to the end was looked at."""
        while not self._ended:
            self._frame()

    def _frame(self) -> bytes:
        frame, self._ahead = self._ahead, self._file.read(FRAME + _TAG)
        self._ended = not self._ahead
        number, self._number = self._number, self._number + 1
        try:
            return self._box.decrypt(_nonce(number, last=self._ended), frame, self._head)
        except (InvalidTag, ValueError):
            first = _HEAD + number * (FRAME + _TAG)
            if self._ended and self._opens(number, frame):
                raise Damaged(f"it ends too early, after byte {first + len(frame) - 1}") from None
            raise Damaged(f"it is damaged in bytes {first} to {first + max(len(frame), 1) - 1}") from None

    def _opens(self, number: int, frame: bytes) -> bool:
        try:
            self._box.decrypt(_nonce(number, last=False), frame, self._head)
        except (InvalidTag, ValueError):
            return False
        return True


def _keys(secret: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """The key of an archive, and what proves that it is known; 32 MiB and some 0.1 s for each guess."""
    made = hashlib.scrypt(secret, salt=salt, n=2**15, r=8, p=1, maxmem=2**26, dklen=64)
    return made[:32], hmac.digest(made[32:], b"proof", "sha256")[:_PROOF]


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def write_whole(path: Path, write: Callable[[BinaryIO], object]) -> int:
    """The file is there, whole and on the disk, or not at all; its size. BackupRefused where one was before."""
    if path.exists():
        raise BackupRefused(f"{path}: it is there already, and a backup never replaces another")
    try:
        with aside(path) as half, half.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
            _name(half, path)
    except FileExistsError:
        raise BackupRefused(f"{path}: it is there already, and a backup never replaces another") from None
    except OSError as error:
        raise BackupRefused(f"{path}: it could not be written: {error.strerror or type(error).__name__}") from error
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return size


def _name(half: Path, path: Path) -> None:
    """The file has its name, and took it from nobody."""
    try:
        os.link(half, path)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS) or path.exists():
            raise
        half.rename(path)  # a disk without links, as many that are carried away have it
