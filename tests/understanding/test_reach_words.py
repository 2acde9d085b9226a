"""Is a number among other words the one to call, and do few words ask for a call?"""

import pytest

from models.understanding.reach import number_in, wants_a_call


@pytest.mark.parametrize(
    ("said", "number", "why"),
    [
        ("我的电话是13859990001，下午给我打", "13859990001", "with when to call"),
        ("电话 0595-2222 3333", "059522223333", "a landline, as it is written"),
        ("＋86 138 5999 0001", "+8613859990001", "typed in full width"),
        ("打13859990001或者13859990002", "", "of two nobody knows which"),
        ("3栋501，2026年", "", "a flat and a year are no number"),
        ("110", "", "nor is a hotline"),
    ],
)
def test_a_number_among_other_words_is_found(said: str, number: str, why: str) -> None:
    assert number_in(said) == number, why


@pytest.mark.parametrize(
    ("said", "wants"),
    [
        ("不我耳朵不好，能不能打电话给我", True),
        ("我要找人说话", True),
        ("13859990001，打给我吧", True),
        ("please call me", True),
        ("电话打不通", False),
        ("物业电话没人接", False),
    ],
)
def test_few_words_ask_for_a_call(said: str, wants: bool) -> None:
    assert wants_a_call(said) is wants
