"""What must somebody see coming, and which desk must not keep what it cannot answer for? Looked at once an hour.

The end of the holiday table, a day of a holiday without anybody on duty (domain M08b, M09); cases at a desk that stands
empty, or whose holiday is over (reliability S38).
"""

from datetime import date, datetime, time, timedelta

from models.actions.leading import take_over
from models.actions.rerouting import hand_up, led_by, stands_empty, taken_up_from
from models.actions.ringing import put_in_list
from models.actions.telling import accused, refresh_cards
from models.queries.cautions import calendar_ref, duty_ref
from models.queries.people import ways_to_place
from models.records import Alarm
from models.rules.alarms import AlarmKind
from models.rules.periods import calendar_ends, duty_days, period_at
from models.rules.policy import Level
from models.rules.ringing import next_list
from models.rules.routing import desk_at, next_desk
from models.store import Statement
from models.turn import Work

EVERY = timedelta(hours=1)

_BEGUN = Statement(
    "INSERT INTO job_run (job, due_at) VALUES ('watching', :due_at) ON CONFLICT (job, due_at) DO NOTHING"
)
_DONE = Statement("UPDATE job_run SET done_at = :now WHERE job = 'watching' AND due_at = :due_at")
_RAISED = Statement("SELECT 1 AS raised FROM alarm WHERE kind = :kind AND ref = :ref LIMIT 1")
_LEADING = Statement("""
    SELECT DISTINCT desk FROM "case" WHERE state IN ('accepted', 'signed', 'working', 'reopened') ORDER BY desk
""")

_SILENT = Statement("""
    SELECT (SELECT count(*) FROM office WHERE ended_at <= :now) AS ended,
           (SELECT count(*) FROM office o JOIN reach r ON r.person_id = o.person_id WHERE r.blocked_at IS NOT NULL)
           AS blocked
""")


def fallen_silent(work: Work) -> tuple[int, int]:
    """How many offices have ended, and how many chats of officials are shut: when that changes, a desk may be empty."""
    row = _SILENT.one(work.session, now=work.now)
    assert row is not None
    return row.ended, row.blocked


def watch(work: Work, *, hour: datetime) -> bool:
    """What must be seen coming has been looked at this hour, by this call or by another's before it: then False."""
    if not _BEGUN.run(work.session, due_at=hour):
        return False
    warn_of_calendar(work)
    warn_of_gaps(work)
    _DONE.run(work.session, due_at=hour, now=work.now)
    return True


def warn_of_calendar(work: Work) -> None:
    """The holiday table ends within thirty days: said once, to the street in its list, and as an alarm."""
    last = calendar_ends(work.town, work.now)
    if last is not None:
        _warn(work, AlarmKind.CALENDAR_ENDS, calendar_ref(last), reason="no holidays known after it")


def warn_of_gaps(work: Work) -> None:
    """A day of a holiday on which nobody will be at its desk: said once, three days ahead or as soon as it is known."""
    for period, day in duty_days(work.town, work.now):
        if not ways_to_place(work, period.desk, at=_noon(work, day)):
            _warn(work, AlarmKind.DUTY_GAP, duty_ref(period.code, day), reason="nobody on duty")


def given_up(work: Work) -> tuple[tuple[int, str], ...]:
    """Every case at a desk that cannot answer for it now, and that desk: each is to be handed on by itself."""
    desks = [row.desk for row in _LEADING.all(work.session)]
    resting = _resting(work)
    return tuple(
        (case_id, desk)
        for desk in desks
        if desk in resting or stands_empty(work, desk)
        for case_id in led_by(work, desk)
    )


def hand_on(work: Work, *, case_id: int, desk: str) -> None:
    """A desk that can answer leads the case, unless another hand was first, or there is none."""
    if desk in _resting(work):
        give_back(work, case_id=case_id, desk=desk)
    else:
        hand_up(work, case_id=case_id, desk=desk)


def give_back(work: Work, *, case_id: int, desk: str) -> None:
    """The holiday is over: what its roster still leads goes to the desk that leads at that level on ordinary days."""
    case = taken_up_from(work, case_id, desk)
    if case is None:
        return
    level, against = Level(case.level), accused(case)
    ordinary = desk_at(work.town, case.building, level, accused=against)
    step = (level, ordinary) if ordinary else next_desk(work.town, case.building, level, accused=against)
    if step is not None:
        take_over(work, case, *step, facts={"why": "period-over"})
        work.session.flush()
        refresh_cards(work, case)


def _resting(work: Work) -> set[str]:
    """The rosters of holidays that are not now."""
    on_duty = period_at(work.town, work.now)
    return {period.desk for period in work.town.periods} - ({on_duty.desk} if on_duty else set())


def _warn(work: Work, kind: AlarmKind, ref: str, *, reason: str) -> None:
    if _RAISED.one(work.session, kind=kind, ref=ref) is not None:
        return
    work.session.add(Alarm(kind=kind, ref=ref, reason=reason, raised_at=work.now))
    street = work.town.desks[work.town.street_desk]
    moment = next_list(work.now, work.town, street)
    for way in ways_to_place(work, street.code, at=moment):
        put_in_list(work, way, street.code, moment)


def _noon(work: Work, day: date) -> datetime:
    return datetime.combine(day, time(12), work.town.calendar.zone)
