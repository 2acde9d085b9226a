"""Spoils one place of a folder, and reads what was found there."""

from collections.abc import Callable
from pathlib import Path

import pytest

from models.town import TownErrors, load_town

Found = tuple[str, int, str]


def findings(folder: Path) -> list[Found]:
    with pytest.raises(TownErrors) as caught:
        load_town(folder)
    return [(error.file, error.row, error.reason) for error in caught.value.errors]


def put(old: str, new: str) -> Callable[[bytes], bytes]:
    """Replaces the only place that says `old`."""

    def change(body: bytes) -> bytes:
        assert body.count(old.encode()) == 1, f"{old} stands {body.count(old.encode())} times"
        return body.replace(old.encode(), new.encode())

    return change


def add(line: str) -> Callable[[bytes], bytes]:
    return lambda body: body + line.encode() + b"\n"
