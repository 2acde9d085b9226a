"""Does a drill show that a backup brings everything back, leave nothing behind, and say so where it does not?"""

import tempfile
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clocks import MachineClock
from bot.operations.backup import backup
from bot.operations.doctor import doctor
from bot.operations.drill import drill
from models.actions import keeping
from models.queries.alarms import open_alarms
from models.store import Keys
from tests.conftest import Opens
from tests.house import House
from tests.keeping.place import kept, something_to_lose


@pytest.fixture
async def house(open_house: Opens, engine: str) -> House:
    opened = await open_house(engine=engine)
    await something_to_lose(opened)
    return opened


@pytest.fixture
def aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary things go, of this test alone: others have drills of their own."""
    folder = tmp_path / "aside"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_a_drill_brings_it_all_back_aside_and_a_grievance_goes_through(
    house: House, tmp_path: Path, aside: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings, file = kept(house, tmp_path), tmp_path / "backup"
    await backup(settings, file)
    said = len(house.line.messenger.people)
    told = await drill(settings, file)
    assert told.failed == ""
    assert "--lift" not in caplog.text, "nobody is to do anything about a copy that is gone again"
    lines = list(told.told(MachineClock().now()))
    assert [line.split("  ")[-1].split(":")[0] for line in lines[:3]] == [
        "restored and verified",
        "opened " + lines[1].split("opened ")[1],
        "a grievance went through",
    ]
    assert lines[-1] == "the drill went well: this backup brings it back"
    assert list(aside.iterdir()) == []
    assert await house.number_of("case") == 2, "the running service was not touched"
    assert len(house.line.messenger.people) == said, "nobody of the real messenger heard of it"
    last = await house.parts.house.store.read(keeping.last_done, keeping.DRILL)
    assert last is not None
    assert MachineClock().now() - last < timedelta(minutes=1)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_a_drill_without_the_keys_fails_and_is_not_noted_as_done(house: House, tmp_path: Path) -> None:
    settings, file = kept(house, tmp_path), tmp_path / "backup"
    await backup(settings, file)
    Keys.generate(tmp_path / "other.keys")
    other = settings.model_copy(update={"keys_file": tmp_path / "other.keys"})
    told = await drill(other, file)
    assert told.failed.endswith("the database was sealed with other keys")
    nowhere = settings.model_copy(update={"keys_file": tmp_path / "nowhere"})
    assert "without the file of keys nobody can read a word" in (await drill(nowhere, file)).failed
    assert await house.parts.house.store.read(keeping.last_done, keeping.DRILL) is None
    (alarm,) = await house.parts.house.store.read(open_alarms)
    assert (alarm.kind, alarm.ref) == ("drill-failed", "drill")
    assert "without the file of keys nobody can read a word" in alarm.reason
    lines = {line.what: line.said for line in await doctor(settings)}
    assert "1 × drill-failed" in lines["alarms"]
    assert (await drill(settings, file)).failed == ""
    assert await house.parts.house.store.read(open_alarms) == (), "the next one that goes well takes it away"
    assert await house.number_of("job_run") > 0
