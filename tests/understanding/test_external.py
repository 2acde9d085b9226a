"""A line about another office's case: its number, and the day."""

from datetime import date

import pytest

from models.understanding.external import External, external_in, of_a_person

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("line", "number", "by", "why"),
    [
        ("12345 2026112400123 11月30日", "2026112400123", date(2026, 11, 30), "as a clerk copies it"),
        ("2026112400123", "2026112400123", None, "no day is fine"),
        ("工单号：ＱＺ2026-0088，11/30前", "QZ2026-0088", date(2026, 11, 30), "full width, and a slash"),
        ("编号 20261124001 期限2026年12月3日", "20261124001", date(2026, 12, 3), "with the year"),
        ("20261124001 2026-12-03", "20261124001", date(2026, 12, 3), "as machines write it"),
        ("20261124001 1月5日", "20261124001", date(2027, 1, 5), "the next fifth of January"),
        ("20261124001 11月20日", "20261124001", date(2026, 11, 20), "a day just missed is still that day"),
        ("20261124001 2月30日", "20261124001", None, "no such day"),
        ("qz-00123", "QZ-00123", None, "letters count as they are printed"),
    ],
)
def test_the_number_and_the_day_are_read(line: str, number: str, by: date | None, why: str) -> None:
    assert external_in(line, today=TODAY) == External(number, by), why


@pytest.mark.parametrize("line", ["", "没有编号", "11月30日", "abc", "12 34", "😀" * 90])
def test_a_line_without_a_number_is_none(line: str) -> None:
    assert external_in(line, today=TODAY) is None


@pytest.mark.parametrize(
    ("line", "personal"),
    [
        ("12345 13805951234 12月30日", True),
        ("12345 138 0595 1234", True),
        ("电话138-0595-1234", True),
        ("0595-22881234", True),
        ("身份证35050219870312402X", True),
        ("银行卡6222021234567890123", True),
        ("他家3-502", True),
        ("12345 2026112400123", False),
        ("2026112400123 经办人13805951234", False),
        ("QZ-00123", False),
        ("工单号QZ2026-0088", False),
    ],
)
def test_a_telephone_an_identity_or_a_room_is_no_office_s_number(line: str, personal: bool) -> None:
    found = external_in(line, today=TODAY)
    assert found is not None
    assert of_a_person(found.number) is personal, found
