"""Is a folder judged as a whole: everything at once, nothing twice, and not for what Excel does to a table?"""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from models.town import TownErrors, load_town
from tests.towns.spoiling import findings, put


def test_a_compound_that_no_desk_answers_for_is_said_at_the_compound(folder: Path) -> None:
    path = folder / "communities.csv"
    path.write_bytes(put("LP,芦坪社区,Luping Community,SQ-LP", "LP,芦坪社区,Luping Community,")(path.read_bytes()))
    assert findings(folder) == [
        ("compounds.csv", row, f"no desk answers for «{name}»: its community has none")
        for row, name in ((18, "聚穗大厦"), (19, "平芜佳园"), (24, "教工新村"), (25, "芦坪安置小区"))
    ]


@pytest.mark.parametrize(
    "file",
    [
        "town.yaml",
        "categories.yaml",
        "promises.yaml",
        "ladder.yaml",
        "communities.csv",
        "compounds.csv",
        "buildings.csv",
        "desks.csv",
        "incumbents.csv",
        "calendar.csv",
    ],
)
def test_a_missing_file_is_one_finding_not_one_a_row(folder: Path, file: str) -> None:
    (folder / file).unlink()
    assert findings(folder) == [(file, 0, "the file is missing")]


def test_a_folder_that_is_not_there_misses_every_file(tmp_path: Path) -> None:
    found = findings(tmp_path / "nowhere")
    assert len(found) == 10
    assert {reason for _, _, reason in found} == {"the file is missing"}


def test_everything_wrong_is_said_at_once_and_each_on_its_line(folder: Path) -> None:
    for file, old, new in (
        ("town.yaml", "zone: Asia/Shanghai", "zone: Asia/Atlantis"),
        ("buildings.csv", "LC01-2,LC01", "LC01-2,LC77"),
        ("desks.csv", "0595-00000103", ""),
    ):
        path = folder / file
        path.write_bytes(put(old, new)(path.read_bytes()))
    with pytest.raises(TownErrors) as caught:
        load_town(folder)
    assert str(caught.value).splitlines() == [
        "desks.csv:4: «phone» must not be empty",
        "buildings.csv:3: «LC77» is not in compounds.csv",
        "town.yaml:6: «zone» must be a time zone like Asia/Shanghai",
    ]


def test_rows_are_counted_as_excel_counts_them(folder: Path) -> None:
    """A blank row counts; a cell of two lines is one row."""
    path = folder / "incumbents.csv"
    path.write_text('role,place,name\n,,\n\nhead,LC01-1,"林\n某某"\nhead,LC01-77,陈某某\n', "utf-8")
    assert findings(folder) == [("incumbents.csv", 5, "«LC01-77» is not in buildings.csv")]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda body: b"\xef\xbb\xbf" + body, id="Excel begins with a byte order mark"),
        pytest.param(lambda body: body.replace(b"\n", b"\r\n"), id="and ends lines as Windows does"),
        pytest.param(lambda body: body.replace(b"\n", b",,\n"), id="and leaves empty columns behind"),
        pytest.param(lambda body: body + b"\n\n,,,\n", id="and empty rows"),
    ],
)
@pytest.mark.parametrize("file", ["buildings.csv", "desks.csv", "calendar.csv", "incumbents.csv"])
def test_what_excel_does_to_a_table_is_no_fault(folder: Path, file: str, change: Callable[[bytes], bytes]) -> None:
    path = folder / file
    path.write_bytes(change(path.read_bytes()))
    assert len(load_town(folder).buildings) == 114


def test_a_date_as_excel_writes_it_is_read(folder: Path) -> None:
    path = folder / "calendar.csv"
    path.write_bytes(put("2026-10-01,", "2026/10/1,")(path.read_bytes()))
    assert date(2026, 10, 1) in load_town(folder).calendar.off


def test_a_keyword_may_stand_in_two_categories(folder: Path) -> None:
    path = folder / "categories.yaml"
    path.write_bytes(put("keywords: [高空抛物,", "keywords: [高空抛物, 电梯停运,")(path.read_bytes()))
    town = load_town(folder)
    assert "电梯停运" in town.categories["C02-4"].keywords
    assert "电梯停运" in town.categories["C03-2"].keywords


def test_a_desk_called_no_is_a_desk_and_not_a_no(folder: Path) -> None:
    for file, old, new in (
        ("desks.csv", "JD,street", "NO,street"),
        ("town.yaml", "street_desk: JD", "street_desk: NO"),
    ):
        path = folder / file
        path.write_bytes(put(old, new)(path.read_bytes()))
    people = folder / "incumbents.csv"
    people.write_text(people.read_text("utf-8").replace("street,JD,", "street,NO,"), "utf-8")
    assert load_town(folder).street_desk == "NO"
