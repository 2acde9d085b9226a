"""What does the street read in its list beside its cases? What somebody must see coming, for one day."""

from dataclasses import dataclass
from datetime import date, timedelta

from models.rules.alarms import AlarmKind
from models.rules.policy import Period
from models.store import Statement
from models.turn import Work

SHOWN_FOR = timedelta(days=1)
"""A warning stands in the lists of one day; the alarm stays."""

_RECENT = Statement(f"""
    SELECT kind, ref FROM alarm
    WHERE kind IN ('{AlarmKind.CALENDAR_ENDS}', '{AlarmKind.DUTY_GAP}') AND raised_at > :since ORDER BY id
""")  # noqa: S608 the pieces are constants


@dataclass(frozen=True, slots=True)
class CalendarEnds:
    """No holidays are known after this day."""

    last: date


@dataclass(frozen=True, slots=True)
class DutyGap:
    """Nobody is on duty on this day of the period."""

    period: Period
    day: date


Caution = CalendarEnds | DutyGap


def cautions(work: Work) -> tuple[Caution, ...]:
    """What was seen coming since yesterday, oldest first; what the town's present edition does not know is left out."""
    found: list[Caution] = []
    for row in _RECENT.all(work.session, since=work.now - SHOWN_FOR):
        _, *code, day = row.ref.split(" ")
        if row.kind == AlarmKind.CALENDAR_ENDS:
            found.append(CalendarEnds(date.fromisoformat(day)))
        elif period := next((one for one in work.town.periods if one.code in code), None):
            found.append(DutyGap(period, date.fromisoformat(day)))
    return tuple(found)


def calendar_ref(last: date) -> str:
    """What an alarm about the end of the holiday table names."""
    return f"calendar {last.isoformat()}"


def duty_ref(period: str, day: date) -> str:
    """What an alarm about a day without anybody on duty names."""
    return f"duty {period} {day.isoformat()}"
