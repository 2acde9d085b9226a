"""Does a spoilt table say its row, as Excel counts it, and the reason?"""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.towns.spoiling import add, findings, put

HOURS = "望汐名邸物业服务台,Wangxi Residence Property Desk,0595-00000112,望和物业服务有限公司,,周一至周五 18:30-12:00"
NAMELESS = ",Lijiang Subdistrict Grievance Desk,0595-00000101,,,,always"


@pytest.mark.parametrize(
    ("file", "change", "expected"),
    [
        pytest.param(
            "communities.csv",
            put("code,name,en,desk", "code,name,en"),
            [(1, "column «desk» is missing")],
            id="a missing column, and not one finding a row for what hangs on it",
        ),
        pytest.param(
            "compounds.csv",
            put("鹭栖雅苑,Luqi Court,PW", "鹭栖雅苑,Luqi Court,ZZ"),
            [(3, "«ZZ» is not in communities.csv")],
            id="an unknown community",
        ),
        pytest.param(
            "compounds.csv",
            put("PW,是,鹭栖,WY-02", "PW,是,鹭栖,WY-99"),
            [(3, "«WY-99» is not in desks.csv")],
            id="an unknown property desk",
        ),
        pytest.param(
            "compounds.csv",
            put("PW,是,鹭栖,WY-02", "PW,是,鹭栖,SQ-PW"),
            [(3, "desk «SQ-PW» is no property desk")],
            id="a community's desk for a firm's",
        ),
        pytest.param(
            "compounds.csv",
            put("PW,是,鹭栖,WY-02", "PW,也许,鹭栖,WY-02"),
            [(3, "«commercial» must be 是 or 否")],
            id="neither yes nor no",
        ),
        pytest.param(
            "compounds.csv",
            put("WY-02,YW-02,24.9291,118.5733", "WY-02,YW-02,北纬24度,118.5733"),
            [(3, "«latitude» must be degrees like 24.9106")],
            id="degrees in words",
        ),
        pytest.param(
            "compounds.csv",
            put("WY-02,YW-02,24.9291,118.5733", "WY-02,YW-02,118.5733,24.9291"),
            [(3, "«latitude» must be degrees like 24.9106")],
            id="latitude and longitude in each other's place",
        ),
        pytest.param(
            "compounds.csv",
            put("WY-02,YW-02,24.9291,118.5733", "WY-02,YW-02,24.9291,"),
            [(3, "«longitude» must not be empty")],
            id="half a place on the map",
        ),
        pytest.param(
            "compounds.csv",
            put("code,name,en,community", "code,name,en,区域,community"),
            [(1, "unknown column «区域»")],
            id="a column nobody reads",
        ),
        pytest.param(
            "compounds.csv",
            put("code,name,en,community", "code,name,name,community"),
            [(1, "column «name» stands twice")],
            id="a column twice",
        ),
        pytest.param(
            "buildings.csv",
            add("LC01-3,LC01,9栋,20"),
            [(116, "«LC01-3» stands twice, first in row 4")],
            id="a building's code twice",
        ),
        pytest.param(
            "buildings.csv",
            add("LC01-9,LC01,3栋,20"),
            [(116, "«3栋» stands twice, first in row 4")],
            id="two buildings called alike in one compound",
        ),
        pytest.param(
            "buildings.csv",
            add("LC99-1,LC99,1栋,20"),
            [(116, "«LC99» is not in compounds.csv")],
            id="an unknown compound",
        ),
        pytest.param(
            "buildings.csv", add("LC01-9,LC01,9栋,many"), [(116, "«households» must be a whole number")], id="no number"
        ),
        pytest.param(
            "buildings.csv",
            add("LC 9,LC01,9栋,20"),
            [(116, "«code» must be at most 24 letters, digits, - or _")],
            id="a code with a blank",
        ),
        pytest.param(
            "buildings.csv",
            add("LC01-9,LC01,9栋,20,x"),
            [(116, "has 5 cells, the header names 4")],
            id="a cell too many",
        ),
        pytest.param(
            "buildings.csv",
            add('LC01-9,LC01,"9栋,20'),
            [(116, "not a table: unexpected end of data")],
            id="a quotation mark that never ends",
        ),
        pytest.param(
            "desks.csv",
            put("0595-00000103", "call us"),
            [(4, "«phone» must be a number a telephone can dial")],
            id="a telephone nobody can dial",
        ),
        pytest.param(
            "desks.csv",
            put("WY-01,property", "WY-01,firm"),
            [(11, "«kind» must be one of property, committee, community, street, district, department")],
            id="an unknown kind of desk",
        ),
        pytest.param(
            "desks.csv",
            put(
                HOURS.replace("18:30-12:00", "08:30-12:00"),
                HOURS,
            ),
            [(13, "«hours» must be like 周一至周五 08:30-12:00 14:30-18:00;周六 09:00-12:00")],
            id="hours that end before they begin",
        ),
        pytest.param(
            "desks.csv",
            put("鲤江街道小区诉求专班,Lijiang Subdistrict Grievance Desk,0595-00000101,,,,", NAMELESS),
            [(2, "«holidays» must be 是 or 否"), (2, "«name» must not be empty")],
            id="two faults in one row",
        ),
        pytest.param(
            "incumbents.csv",
            add("head,LC01-3,陈某某"),
            [(184, "«LC01-3» stands twice, first in row 4")],
            id="two heads of one building",
        ),
        pytest.param(
            "incumbents.csv",
            add("head,LC01-33,陈某某"),
            [(184, "«LC01-33» is not in buildings.csv")],
            id="a head of no building",
        ),
        pytest.param(
            "incumbents.csv",
            add("assistant,LC01-3,陈某某\nassistant,LC01-3,陈某某"),
            [(185, "«陈某某» stands twice, first in row 184")],
            id="the same assistant twice",
        ),
        pytest.param(
            "incumbents.csv",
            add("property,SQ-PW,陈某某"),
            [(184, "desk «SQ-PW» is no property desk")],
            id="a firm's clerk at the community's desk",
        ),
        pytest.param(
            "incumbents.csv",
            add("mayor,JD,陈某某"),
            [(184, "«role» must be one of head, assistant, property, committee, community, street, district")],
            id="an unknown role",
        ),
        pytest.param(
            "calendar.csv",
            add("2026-02-30,off,x"),
            [(83, "«date» must be a date like 2026-10-01")],
            id="a day that is not",
        ),
        pytest.param(
            "calendar.csv",
            add("2026-10-01,work,x"),
            [(83, "«2026-10-01» stands twice, first in row 76")],
            id="a day both off and on",
        ),
        pytest.param(
            "calendar.csv", add("2026-12-31,maybe,x"), [(83, "«day» must be work or off")], id="neither work nor off"
        ),
        pytest.param(
            "calendar.csv",
            lambda _: b"date,day,name\n",
            [(0, "the table has a header and no rows")],
            id="a header alone",
        ),
        pytest.param(
            "desks.csv",
            lambda body: body.decode().encode("gb18030"),
            [(0, "the file is not UTF-8: save it as «CSV UTF-8»")],
            id="what Excel saves by itself in China",
        ),
    ],
)
def test_a_spoilt_table_says_its_row_and_reason(
    folder: Path, file: str, change: Callable[[bytes], bytes], expected: list[tuple[int, str]]
) -> None:
    path = folder / file
    path.write_bytes(change(path.read_bytes()))
    assert [(row, reason) for name, row, reason in findings(folder) if name == file] == expected
