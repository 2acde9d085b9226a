"""What does docs/noise.md say? The tables as they were counted, and how to count them again."""

from collections.abc import Sequence
from pathlib import Path

from tests.noise.people import A_WORD, ANSWERS, SLOW
from tests.noise.simulation import A_WEEK, Counted
from tests.noise.words import hours_of_the_day

REPORT = Path(__file__).parents[2] / "docs" / "noise.md"

_HEAD = """\
# How often a telephone rings

Written by `make load`; no figure here is typed by hand. The real actions, clocks, lists and choice of delivery run on a
database of their own, with telephones that only count. {a_week} cases a week in each compound of 600 households, sent
at the hours of {stream}. Desks sign and go there in their own hours, {slow:.0%} of the cases are left lying,
{word:.0%} of the raisers get a word from the desk, {answers:.0%} answer whether it is solved.

A push makes a sound. An edited card does not, a card that was asked for by a tap does not count, and the pictures below
a card come without one. *Urgent aside*: without emergencies, urgent and sealed matters, which may not wait for a
list; that column never goes over the budget. *Over*: days above the budget, whatever rang. A resident's *urgent aside*
is what we ring for in a case that was never returned, without what a desk writes; a question and its one reminder
count once.
"""


def write_report(counted: Sequence[Counted]) -> None:
    """docs/noise.md says what was counted."""
    _, stream = hours_of_the_day()
    parts = [_HEAD.format(a_week=A_WEEK, stream=stream, slow=SLOW, word=A_WORD, answers=ANSWERS)]
    for one in counted:
        named = "One compound" if one.compounds == 1 else f"{one.compounds} compounds"
        parts.append(
            f"\n## {named}, {one.days} days\n\n{one.table}\n\nA building head: {one.head_a_month:.2f} a month.\n"
        )
    REPORT.write_text("".join(parts), encoding="utf-8")
