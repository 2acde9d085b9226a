"""When does a span end, and when is somebody at the desk? Aware moments in, UTC out (domain C0).

The town works its office week: not on `off` dates, and on `on` dates (调休) by Monday's hours. A desk with hours of its
own works its own week, on public holidays only where it says so. An opening that ends at or before its beginning runs
past midnight. Past `known_until` the plain week goes on: no promise is refused for want of a calendar; see `covers`.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.rules.policy import Calendar, Counting, Hours, Span

_DAY = timedelta(days=1)
_NONE = timedelta()
_MONDAY = 0


def after(start: datetime, span: Span, calendar: Calendar, hours: Hours | None = None) -> datetime:
    """The moment `span` after `start`; work that ends with the working day is due at closing time, not next morning.

    `hours` None: the town's. ValueError for a moment without a zone.
    """
    start = _utc(start)
    if span.counting is Counting.WALL:
        return start + span.length
    left = span.length
    for opens, closes in _openings(start, calendar, hours):
        begins = max(opens, start)
        if left <= closes - begins:
            return begins + left
        left -= closes - begins
    # Nobody ever works there: the calendar of a desk that has no hours is the wall's, so that a date still exists.
    return start + left


def working_span(begins: datetime, ends: datetime, calendar: Calendar, hours: Hours | None = None) -> timedelta:
    """How much working time lies between the two; zero when `ends` is not later."""
    begins, ends = _utc(begins), _utc(ends)
    total = _NONE
    for opens, closes in _openings(begins, calendar, hours):
        if opens >= ends:
            break
        total += max(_NONE, min(closes, ends) - max(opens, begins))
    return total


def is_working(moment: datetime, calendar: Calendar, hours: Hours | None = None) -> bool:
    """Whether somebody is at the desk; at closing time nobody is any more."""
    moment = _utc(moment)
    for opens, closes in _openings(moment, calendar, hours):
        if moment < closes:
            return opens <= moment
    return False


def working_day(day: date, calendar: Calendar, hours: Hours | None = None) -> tuple[datetime, datetime] | None:
    """From when until when somebody is at the desk on that day of the town, breaks not looked at; None: not at all."""
    own = hours if hours is not None and any(hours.week.values()) else None
    spans = _spans_on(day, calendar, own)
    if not spans:
        return None
    ends = (at_clock(day if first < last else day + _DAY, last, calendar.zone) for first, last in spans)
    return at_clock(day, spans[0][0], calendar.zone), max(ends)


def covers(calendar: Calendar, moment: datetime) -> bool:
    """Whether the holiday table reaches that day; where it does not, a date is told as provisional."""
    return _utc(moment).astimezone(calendar.zone).date() <= calendar.known_until


def next_opening(moment: datetime, quiet: tuple[time, time], zone: ZoneInfo) -> datetime:
    """`moment` itself, or the end of the quiet hours it falls in (from `quiet[0]`, up to but not at `quiet[1]`)."""
    begins, ends = quiet
    local = _utc(moment).astimezone(zone)
    clock = local.time()
    past_midnight = ends < begins
    if past_midnight and clock >= begins:
        return at_clock(local.date() + _DAY, ends, zone)
    if clock < ends and (past_midnight or clock >= begins):
        # An hour that the clocks repeat in autumn is over already when its second turn comes.
        return max(_utc(moment), at_clock(local.date(), ends, zone))
    return _utc(moment)


def _openings(moment: datetime, calendar: Calendar, hours: Hours | None) -> Iterator[tuple[datetime, datetime]]:
    """Openings in order, none overlapping, from the one that holds or ended at `moment`; none at all without a week."""
    own = hours if hours is not None and any(hours.week.values()) else None
    if own is None and not any(calendar.hours.week.values()):
        return
    day = moment.astimezone(calendar.zone).date() - _DAY  # yesterday's night shift may still be on
    reached = datetime.min.replace(tzinfo=UTC)
    while True:
        for first, last in _spans_on(day, calendar, own):
            opens = max(reached, at_clock(day, first, calendar.zone))
            closes = at_clock(day if first < last else day + _DAY, last, calendar.zone)
            # The hour a zone skips in spring may swallow an opening whole.
            if opens < closes:
                reached = closes
                if closes >= moment:
                    yield opens, closes
        day += _DAY


def _spans_on(day: date, calendar: Calendar, own: Hours | None) -> tuple[tuple[time, time], ...]:
    worked = day in calendar.on  # a day named in both lists is worked: the make-up day is the later word
    holiday = day in calendar.off and not worked
    if own is not None:
        return () if holiday and not own.holidays else _in_order(own, day.weekday())
    return () if holiday else _in_order(calendar.hours, _MONDAY if worked else day.weekday())


def _in_order(hours: Hours, weekday: int) -> tuple[tuple[time, time], ...]:
    return tuple(sorted(hours.week.get(weekday, ())))


def at_clock(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The moment at which the zone's clocks show that time on that day."""
    return datetime.combine(day, clock, zone).astimezone(UTC)


def _utc(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError("a moment without a zone is no moment")
    return moment.astimezone(UTC)
