"""Which keys seal what people said? AES-256-GCM, bound to the place the text belongs to (reliability §4.2)."""

import base64
import hashlib
import hmac
import os
import secrets
import stat
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_ID = 4  # bytes of a key's name in front of every sealed text
_NONCE = 12  # bytes; what NIST SP 800-38D names for GCM

_HEAD = """\
# The keys of one town. Whoever has this file and the database can read what people said; whoever loses it cannot.
# The first `key` seals, every `key` opens; `mac` signs buttons and hashes links, and must stay when keys are rotated.
"""


class KeysRefused(Exception):
    """The file of keys is missing, readable by others, or not one."""


class DoesNotOpen(Exception):
    """A sealed text was changed, moved to another place, or sealed with a key that is not here."""


class Keys:
    """Seals and opens. Never shows itself: its repr names the current key and no more."""

    def __init__(self, keys: dict[bytes, bytes], mac: bytes) -> None:
        """`keys`: id → 32 bytes, the current one first."""
        self._boxes = {name: AESGCM(key) for name, key in keys.items()}
        self._current = next(iter(keys))
        self._mac = mac

    @classmethod
    def fresh(cls) -> "Keys":
        """New keys that live only as long as this object; what a test needs."""
        return cls({secrets.token_bytes(_ID): secrets.token_bytes(32)}, secrets.token_bytes(32))

    @classmethod
    def generate(cls, path: Path) -> "Keys":
        """Writes a new file of keys, mode 0600, whole and durable when it appears, and reads it.

        FileExistsError if there is one.
        """
        key, mac = secrets.token_bytes(32), secrets.token_bytes(32)
        lines = f"{_HEAD}key {secrets.token_hex(_ID)} {_text(key)}\nmac {_text(mac)}\n"
        draft = path.with_name(f"{path.name}.{secrets.token_hex(_ID)}")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
                file.write(lines)
                file.flush()
                os.fsync(file.fileno())
            os.link(draft, path)  # unlike a rename it never replaces the keys another process has just made
        finally:
            draft.unlink(missing_ok=True)
        return cls.from_file(path)

    @classmethod
    def at(cls, path: Path) -> "Keys":
        """The keys in that file, made now where there are none yet, whichever process comes first; or KeysRefused."""
        if not path.exists():
            try:
                return cls.generate(path)
            except FileExistsError:
                pass
            except OSError as error:
                raise KeysRefused(f"{path}: cannot be written: {type(error).__name__}") from None
        return cls.from_file(path)

    @classmethod
    def from_file(cls, path: Path) -> "Keys":
        """Reads a file of keys; KeysRefused says what is wrong with it, never what is in it."""
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
            lines = path.read_text("ascii").splitlines()
        except (OSError, UnicodeError) as error:
            raise KeysRefused(f"{path}: {type(error).__name__}") from None
        if mode & 0o077:
            raise KeysRefused(f"{path}: others may read it (mode {mode:04o}); chmod 600 it")
        keys: dict[bytes, bytes] = {}
        mac = b""
        for number, line in enumerate(lines, start=1):
            match line.split():
                case []:
                    continue
                case [word, *_] if word.startswith("#"):
                    continue
                case ["key", name, text]:
                    keys[_bytes(name, 16, _ID, path, number)] = _bytes(text, 64, 32, path, number)
                case ["mac", text]:
                    mac = _bytes(text, 64, 32, path, number)
                case _:
                    raise KeysRefused(f"{path}: line {number} is neither a key nor the mac")
        if not keys or not mac:
            raise KeysRefused(f"{path}: it needs at least one `key` and one `mac`")
        return cls(keys, mac)

    def seal(self, text: bytes, *, at: str) -> bytes:
        """Key id, nonce and ciphertext; opens only with the same `at` ("table:row:column")."""
        nonce = os.urandom(_NONCE)
        return self._current + nonce + self._boxes[self._current].encrypt(nonce, text, _bound(at, self._current))

    def open(self, sealed: bytes, *, at: str) -> bytes:
        """What was sealed at `at`; DoesNotOpen otherwise."""
        name, nonce = sealed[:_ID], sealed[_ID : _ID + _NONCE]
        try:
            return self._boxes[name].decrypt(nonce, sealed[_ID + _NONCE :], _bound(at, name))
        except (KeyError, InvalidTag, ValueError):
            raise DoesNotOpen(at) from None

    def mac(self, purpose: str) -> bytes:
        """A 32-byte key of its own for each purpose ("button", "link"); the same for ever, also after a rotation."""
        return hmac.digest(self._mac, purpose.encode(), hashlib.sha256)

    def __repr__(self) -> str:
        return f"<Keys {self._current.hex()}>"


def _bound(at: str, name: bytes) -> bytes:
    return f"{at}:{name.hex()}".encode()


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode("ascii")


def _bytes(text: str, base: int, length: int, path: Path, number: int) -> bytes:
    try:
        value = bytes.fromhex(text) if base == 16 else base64.b64decode(text, validate=True)
    except ValueError:
        value = b""
    if len(value) != length:
        raise KeysRefused(f"{path}: line {number} does not hold {length} bytes in base {base}")
    return value
