"""A lock on one machine is one process's, however fast it goes from hand to hand."""

import fcntl
import os
from collections.abc import Coroutine
from pathlib import Path

import pytest

from models.store.locks import FileLocks, is_at


def test_an_open_file_is_at_its_name_until_another_is_there(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.touch()
    lock = os.open(path, os.O_RDWR)
    assert is_at(lock, path)
    path.rename(tmp_path / "aside")
    assert not is_at(lock, path)
    path.touch()
    assert not is_at(lock, path), "another file of that name"
    os.close(lock)


@pytest.mark.parametrize("another_comes", [True, False])
async def test_who_opened_the_file_just_before_it_was_taken_away_holds_no_lock_on_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, another_comes: bool
) -> None:
    """Between opening and locking, whoever had it drops it, and perhaps somebody else takes it."""
    first, late, another = (FileLocks(tmp_path) for _ in range(3))
    assert await first.take("one")
    really = fcntl.flock

    def meanwhile(lock: int, how: int) -> None:
        monkeypatch.setattr(fcntl, "flock", really)
        _at_once(first.drop("one"))
        if another_comes:
            assert _at_once(another.take("one"))
        really(lock, how)

    monkeypatch.setattr(fcntl, "flock", meanwhile)
    assert await late.take("one") is not another_comes
    assert await another.take("one") is False
    for one in (late, another):
        await one.close()
    assert await first.take("one"), "and nothing stays behind"
    await first.close()


def _at_once(work: Coroutine[object, None, bool | None]) -> bool | None:
    """A step of another process, which waits for nothing."""
    with pytest.raises(StopIteration) as ended:
        work.send(None)
    told: bool | None = ended.value.value
    return told
