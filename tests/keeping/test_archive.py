"""Is every byte of an archive the one that was written, and is it only written whole?"""

import io
import resource
import secrets
from pathlib import Path

import pytest

from bot.operations.archive import FRAME, BackupRefused, Damaged, Opener, Sealer, read_secret, write_whole
from models.store import Keys
from models.store.aside import aside

SECRET = b"correct horse battery staple"
CONTENT = secrets.token_bytes(2 * FRAME + 1000)
HEAD, SEALED = 56, FRAME + 16


def sealed(content: bytes = CONTENT) -> bytes:
    file = io.BytesIO()
    sealer = Sealer(file, SECRET)
    for first in range(0, len(content), 100_000):
        sealer.write(content[first : first + 100_000])
    sealer.finish()
    return file.getvalue()


def opened(archive: bytes, secret: bytes = SECRET) -> bytes:
    opener = Opener(io.BytesIO(archive), secret)
    content = opener.read(len(CONTENT) * 2)
    opener.drain()
    return content


WHOLE = sealed()


@pytest.mark.parametrize("size", [0, 1, FRAME - 1, FRAME, FRAME + 1])
def test_what_was_sealed_is_opened(size: int) -> None:
    content = CONTENT[:size]
    assert opened(sealed(content)) == content


def test_two_archives_of_the_same_have_nothing_in_common() -> None:
    assert len(WHOLE) == HEAD + len(CONTENT) + 3 * 16
    again = sealed()
    assert all(WHOLE[at : at + 16] != again[at : at + 16] for at in range(16, len(WHOLE) - 16, 9973))
    assert CONTENT[:64] not in WHOLE


@pytest.mark.parametrize(
    ("at", "told"),
    [
        pytest.param(0, "not a backup", id="the name"),
        pytest.param(20, r"its head is damaged \(bytes 0 to 55\)", id="the salt"),
        pytest.param(40, r"its head is damaged", id="the proof of the secret"),
        pytest.param(55, r"its head is damaged", id="the checksum"),
        pytest.param(HEAD, f"in bytes {HEAD} to {HEAD + SEALED - 1}", id="the first byte sealed"),
        pytest.param(HEAD + SEALED - 1, f"in bytes {HEAD} to {HEAD + SEALED - 1}", id="a tag"),
        pytest.param(HEAD + SEALED + 999, f"in bytes {HEAD + SEALED} to {HEAD + 2 * SEALED - 1}", id="in the middle"),
        pytest.param(len(WHOLE) - 1, f"in bytes {HEAD + 2 * SEALED} to {len(WHOLE) - 1}", id="the very last byte"),
    ],
)
def test_a_flipped_bit_anywhere_is_found_and_named(at: int, told: str) -> None:
    spoilt = bytearray(WHOLE)
    spoilt[at] ^= 1 << (at % 8)
    with pytest.raises(BackupRefused, match=told):
        opened(bytes(spoilt))


@pytest.mark.parametrize(
    ("archive", "told"),
    [
        pytest.param(
            WHOLE[: HEAD + SEALED], f"ends too early, after byte {HEAD + SEALED - 1}", id="cut between frames"
        ),
        pytest.param(WHOLE[:-1], "it is damaged in bytes", id="cut within one"),
        pytest.param(WHOLE[:HEAD], "it is damaged in bytes", id="nothing but a head"),
        pytest.param(WHOLE + b"x", "it is damaged in bytes", id="a byte more"),
        pytest.param(WHOLE + WHOLE[HEAD:], "it is damaged in bytes", id="everything twice"),
        pytest.param(
            WHOLE[:HEAD] + WHOLE[HEAD + SEALED : HEAD + 2 * SEALED] + WHOLE[HEAD : HEAD + SEALED],
            "it is damaged in bytes",
            id="frames in another order",
        ),
    ],
)
def test_what_is_cut_added_or_moved_is_found(archive: bytes, told: str) -> None:
    with pytest.raises(Damaged, match=told):
        opened(archive)


def test_another_secret_is_called_that_and_not_damage() -> None:
    with pytest.raises(BackupRefused, match="sealed with another secret") as refused:
        opened(WHOLE, b"incorrect horse battery staple")
    assert not isinstance(refused.value, Damaged)


def secret_file(folder: Path, content: str, mode: int = 0o600) -> Path:
    path = folder / "secret"
    path.write_text(content)
    path.chmod(mode)
    return path


def test_a_secret_of_its_own_is_read(tmp_path: Path) -> None:
    assert read_secret(secret_file(tmp_path, f"{SECRET.decode()}\n"), keys=tmp_path / "keys") == SECRET


def test_a_weak_a_shared_or_the_wrong_secret_is_refused(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    Keys.generate(keys)
    with pytest.raises(BackupRefused, match="no file is named"):
        read_secret(None, keys=keys)
    with pytest.raises(BackupRefused, match="FileNotFoundError"):
        read_secret(tmp_path / "nowhere", keys=keys)
    with pytest.raises(BackupRefused, match="at least 20 characters"):
        read_secret(secret_file(tmp_path, "hunter2"), keys=keys)
    with pytest.raises(BackupRefused, match="others may read it"):
        read_secret(secret_file(tmp_path, SECRET.decode(), 0o640), keys=keys)
    with pytest.raises(BackupRefused, match="it is the file of keys"):
        read_secret(keys, keys=keys)
    with pytest.raises(BackupRefused, match="it is the file of keys"):
        read_secret(secret_file(tmp_path, keys.read_text()), keys=tmp_path / "elsewhere")


def test_s44_a_full_disk_leaves_no_half_file(tmp_path: Path) -> None:
    """A limit on the size of a file is as good as a full disk to whoever writes."""
    path, before = tmp_path / "backup", resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(BackupRefused, match="it could not be written: File too large"):
            write_whole(path, lambda file: file.write(WHOLE))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_a_backup_replaces_no_other(tmp_path: Path) -> None:
    path = tmp_path / "backup"
    assert write_whole(path, lambda file: file.write(b"first")) == 5
    with pytest.raises(BackupRefused, match="it is there already"):
        write_whole(path, lambda file: file.write(b"second"))
    assert path.read_bytes() == b"first"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_whoever_fails_while_writing_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        write_whole(tmp_path / "backup", lambda file: 1 // file.write(b""))
    assert list(tmp_path.iterdir()) == []


def test_what_somebody_is_writing_is_left_alone_and_what_the_dead_left_is_not(tmp_path: Path) -> None:
    left, other = tmp_path / ".old.huiyin.0a1b2c3d", tmp_path / ".old.tar.0a1b2c3d"
    for path in (left, other):
        path.write_bytes(b"half")
    with aside(tmp_path / "one.huiyin") as first, aside(tmp_path / "two.huiyin") as second:
        assert sorted(tmp_path.iterdir()) == sorted([first, second, other])
        assert first.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [other]
