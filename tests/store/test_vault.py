"""Are people's words sealed where they lie, and useless anywhere else?"""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models import vault
from models.files import DiskFiles
from models.store import DoesNotOpen, Keys, KeysRefused, Statement, Store

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
WORDS = "三栋电梯又停了，我妈八十岁爬不动"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(WORDS, id="Chinese"),
        pytest.param("", id="nothing"),
        pytest.param("\ud800\x00\u202e", id="a lone surrogate, a NUL, a direction override"),
        pytest.param("x" * 50_000, id="long"),
    ],
)
async def test_what_was_kept_is_revealed_as_it_was(store: Store, keys: Keys, text: str) -> None:
    await store.run(vault.keep, keys, owner="case", owner_id=1, field="words", text=text, now=NOW)
    assert await store.read(vault.reveal, keys, owner="case", owner_id=1, field="words") == text


async def test_keeping_again_takes_the_place_of_what_was_there(store: Store, keys: Keys) -> None:
    for text in ("old", "new"):
        await store.run(vault.keep, keys, owner="case", owner_id=1, field="words", text=text, now=NOW)
    await store.run(vault.keep_many, keys, owner="case", owner_id=1, texts={"seen": "a", "title": "b"}, now=NOW)
    assert await store.read(vault.reveal, keys, owner="case", owner_id=1, field="words") == "new"


async def test_a_database_knows_the_keys_it_met_first_and_no_others(store: Store, keys: Keys) -> None:
    assert not await store.read(vault.is_sealed)
    assert not await store.read(vault.knows, keys)
    for _ in range(2):
        await store.run(vault.remember, keys, now=NOW)
    assert await store.read(vault.is_sealed)
    assert await store.read(vault.knows, keys)
    for refuses in (store.read(vault.knows, Keys.fresh()), store.run(vault.remember, Keys.fresh(), now=NOW)):
        with pytest.raises(KeysRefused):
            await refuses


async def test_keys_are_known_after_a_rotation_and_not_with_another_mac(store: Store, tmp_path: Path) -> None:
    await store.run(vault.remember, Keys.generate(tmp_path / "old"), now=NOW)
    Keys.generate(tmp_path / "new")
    old, new = ((tmp_path / name).read_text("ascii").splitlines() for name in ("old", "new"))
    rotated, foreign = tmp_path / "rotated", tmp_path / "foreign"
    for path, mac in ((rotated, old[-1]), (foreign, new[-1])):
        path.write_text("\n".join([new[-2], old[-2], mac]), encoding="ascii")
        path.chmod(0o600)
    assert await store.read(vault.knows, Keys.from_file(rotated))
    with pytest.raises(KeysRefused):
        await store.read(vault.knows, Keys.from_file(foreign))


@pytest.mark.parametrize(
    ("move", "owner", "owner_id", "field"),
    [
        pytest.param("owner_id = 2", "case", 2, "words", id="to another case"),
        pytest.param("field = 'seen'", "case", 1, "seen", id="to a field others may read"),
        pytest.param("owner = 'person'", "person", 1, "words", id="to another table"),
    ],
)
async def test_a_row_that_was_moved_does_not_open(
    store: Store, keys: Keys, move: str, owner: str, owner_id: int, field: str
) -> None:
    await store.run(vault.keep, keys, owner="case", owner_id=1, field="words", text=WORDS, now=NOW)
    await store.run(Statement(f"UPDATE secret SET {move}").run)
    with pytest.raises(DoesNotOpen):
        await store.read(vault.reveal, keys, owner=owner, owner_id=owner_id, field=field)


async def test_words_are_nowhere_in_the_database_file(sqlite_store: Store, keys: Keys, tmp_path: Path) -> None:
    await sqlite_store.run(vault.keep, keys, owner="case", owner_id=1, field="words", text=WORDS, now=NOW)
    await sqlite_store.close()
    for path in tmp_path.iterdir():
        assert WORDS[:4].encode() not in path.read_bytes()


def test_a_changed_text_does_not_open(keys: Keys) -> None:
    sealed = keys.seal(b"words", at="case:1:words")
    for place in (0, 5, -1):
        broken = bytearray(sealed)
        broken[place] ^= 1
        with pytest.raises(DoesNotOpen):
            keys.open(bytes(broken), at="case:1:words")
    with pytest.raises(DoesNotOpen):
        keys.open(sealed[:10], at="case:1:words")


def test_a_text_is_never_sealed_the_same_way_twice(keys: Keys) -> None:
    assert keys.seal(b"x", at="a") != keys.seal(b"x", at="a")


def test_new_keys_are_written_for_their_owner_alone_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    sealed = Keys.generate(path).seal(b"x", at="a")
    assert path.stat().st_mode & 0o777 == 0o600
    assert Keys.from_file(path).open(sealed, at="a") == b"x"
    with pytest.raises(FileExistsError):
        Keys.generate(path)


def test_after_a_rotation_the_new_key_seals_and_the_old_one_still_opens(tmp_path: Path) -> None:
    first, second, both = tmp_path / "1", tmp_path / "2", tmp_path / "both"
    old, new = Keys.generate(first), Keys.generate(second)
    before = old.seal(b"old", at="a")
    lines = {line.split()[0]: line for line in first.read_text().splitlines() if not line.startswith("#")}
    fresh = next(line for line in second.read_text().splitlines() if line.startswith("key"))
    both.touch(0o600)
    both.write_text(f"{fresh}\n{lines['key']}\n{lines['mac']}\n")
    rotated = Keys.from_file(both)
    assert rotated.open(before, at="a") == b"old"
    assert new.open(rotated.seal(b"new", at="a"), at="a") == b"new"
    assert rotated.mac("button") == old.mac("button")


def test_each_purpose_has_its_own_signing_key(keys: Keys) -> None:
    assert len({keys.mac("button"), keys.mac("link"), Keys.fresh().mac("button")}) == 3
    assert len(keys.mac("button")) == 32


@pytest.mark.parametrize(
    ("content", "mode", "why"),
    [
        pytest.param(None, 0o644, "others may read", id="readable by all"),
        pytest.param(None, 0o640, "others may read", id="readable by a group"),
        pytest.param("", 0o600, "at least one", id="empty"),
        pytest.param("key zz zz\n", 0o600, "line 1", id="not hex"),
        pytest.param("key 00000000 YWJj\n", 0o600, "line 1", id="too short"),
        pytest.param("password hunter2\n", 0o600, "line 1", id="something else"),
    ],
)
def test_a_bad_file_of_keys_is_refused_without_showing_it(
    tmp_path: Path, content: str | None, mode: int, why: str
) -> None:
    path = tmp_path / "keys"
    Keys.generate(path)
    if content is not None:
        path.write_text(content)
    path.chmod(mode)
    with pytest.raises(KeysRefused, match=why) as refused:
        Keys.from_file(path)
    assert "hunter2" not in str(refused.value)


def test_a_missing_file_of_keys_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeysRefused, match="FileNotFoundError"):
        Keys.from_file(tmp_path / "none")


def test_keys_do_not_show_themselves(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    shown = f"{Keys.generate(path)!r} {Keys.from_file(path)}"
    assert not any(part in shown for line in path.read_text().splitlines() for part in line.split() if len(part) > 40)


def test_a_file_is_named_by_its_content_and_lies_sealed(tmp_path: Path, keys: Keys) -> None:
    files = DiskFiles(tmp_path / "files", keys)
    photo = b"\xff\xd8 a photo"
    digest = files.put(photo)
    assert files.put(photo) == digest
    assert files.get(digest) == photo
    (path,) = (path for path in (tmp_path / "files").rglob("*") if path.is_file())
    assert photo not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "digest",
    [
        pytest.param("0" * 64, id="never put"),
        pytest.param("../../etc/passwd", id="a path"),
        pytest.param("0" * 63 + "G", id="not hex"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_is_no_file_of_ours_is_not_found(tmp_path: Path, keys: Keys, digest: str) -> None:
    with pytest.raises(KeyError):
        DiskFiles(tmp_path, keys).get(digest)


def test_a_file_put_in_anothers_place_does_not_open(tmp_path: Path, keys: Keys) -> None:
    files = DiskFiles(tmp_path, keys)
    one, two = files.put(b"one"), files.put(b"two")
    (tmp_path / two[:2] / two).write_bytes((tmp_path / one[:2] / one).read_bytes())
    with pytest.raises(DoesNotOpen):
        files.get(two)


def test_what_a_killed_process_left_half_written_is_taken_away_and_nothing_else(tmp_path: Path) -> None:
    keys = Keys.fresh()
    digest = DiskFiles(tmp_path, keys).put(b"whole")
    old, new = tmp_path / digest[:2] / ".dead", tmp_path / digest[:2] / ".alive"
    for half in (old, new):
        half.write_bytes(b"half")
    os.utime(old, (1_000_000_000, 1_000_000_000))
    os.utime(tmp_path / digest[:2] / digest, (1_000_000_000, 1_000_000_000))
    files = DiskFiles(tmp_path, keys)
    assert not old.exists()
    assert new.exists()
    assert files.get(digest) == b"whole"
