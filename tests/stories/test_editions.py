"""Does a case live on when the town's folder changes under it?"""

import asyncio
import os
import shutil
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from models.queries.behind import cases_behind
from models.queries.cases import view
from models.store import Statement
from models.town import load_town, sample_town_folder
from tests.house import House
from tests.stories.living import files, in_charge, somebody_has_it_and_a_date

_RENAMED = Statement("UPDATE clock SET rung = 'P2-3wh' WHERE rung = 'P2-4wh'")


async def test_a_clock_of_an_earlier_ladder_brings_the_case_back_for_review_and_no_second_time(house: House) -> None:
    await house.staff("WY-01")
    await files(await house.resident(), "3栋楼道的灯坏了三天了")
    await house.parts.house.store.run(_RENAMED.run)
    await house.turn(timedelta(days=2))
    assert len(await house.rows("SELECT 1 AS one FROM alarm WHERE kind = 'review'")) == 1
    rang = await house.rows("SELECT rung FROM clock WHERE rang_at IS NOT NULL")
    assert "P2-3wh" in [row.rung for row in rang]
    runs = await house.rows("SELECT rung FROM clock WHERE due_at IS NOT NULL AND rung = 'review-7d'")
    assert len(runs) == 1


@pytest.fixture
def renamed(tmp_path: Path) -> Path:
    """The sample town as a new edition in which a category, a building, a desk and a rung have other codes."""
    folder = tmp_path / "renamed"
    shutil.copytree(sample_town_folder(), folder)
    for path in folder.iterdir():
        text = path.read_text(encoding="utf-8")
        for old, new in (("C11-1", "C11-9"), ("LC01-3,", "LC01-93,"), ("WY-01", "WY-91"), ("P2-4wh", "P2-3wh")):
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
    return folder


async def _huiyin(house: House, *words: str | Path) -> tuple[int | None, str]:
    """`huiyin …` beside the running house: how it ended, and what it complained of."""
    told = {f"HUIYIN_{name}": str(house._told[name.lower()]) for name in ("DATA_DIR", "DATABASE_URL")}
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *map(str, words)), env=os.environ | told, stderr=asyncio.subprocess.PIPE
    )
    _, said = await child.communicate()
    return child.returncode, said.decode()


async def test_an_edition_that_lacks_what_open_cases_name_says_all_of_it_and_is_not_loaded(
    house: House, renamed: Path
) -> None:
    assert await _huiyin(house, "town", "load", renamed) == (0, ""), "nobody has said anything yet"
    assert await _huiyin(house, "town", "load", sample_town_folder()) == (0, "")
    await files(await house.resident(), "3栋楼道的灯坏了三天了")
    code, said = await _huiyin(house, "town", "load", renamed)
    assert code == 2
    for gone in ("category C11-1", "building LC01-3", "desk WY-01", "rung P2-4wh"):
        assert f"not in this edition: {gone}, of 1 open case\n" in said
    assert len(await house.rows("SELECT 1 AS one FROM town_edition")) == 2
    code, said = await _huiyin(house, "town", "load", renamed, "--force")
    assert code == 0
    assert "not in this edition: desk WY-01, of 1 open case\n" in said, "it is a warning now"


async def test_a_case_whose_codes_are_gone_is_shown_by_them_and_climbs_on(house: House, renamed: Path) -> None:
    street = await house.staff("JD")
    await house.staff("WY-01")
    await files(await house.resident(), "3栋楼道的灯坏了三天了")
    house.town = load_town(renamed)
    await house.restart()
    seen = await house.ask(view, case_id=1)
    assert seen is not None
    assert (seen.category.zh, seen.building.label, seen.desk.name) == ("C11-1", "LC01-3", "WY-01")
    (behind,) = await house.ask(cases_behind)
    assert (behind.category, behind.leads.desk, behind.title) == ("C11-1", "WY-01", ""), "it might have been sealed"
    await house.turn(timedelta(days=7))
    assert await in_charge(house) == "JD"
    await street.taps("点开看")  # it might have been sealed
    assert street.that_says("LC01-3")
    await somebody_has_it_and_a_date(house)
    assert await house.rows("SELECT kind FROM alarm WHERE kind = 'clock-failed'") == []
