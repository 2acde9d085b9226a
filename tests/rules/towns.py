"""A town small enough to know by heart: two compounds, every kind of desk, the ladder of domain C4."""

from dataclasses import replace
from datetime import date, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from models.rules.policy import (
    UNCLASSIFIED,
    Building,
    Calendar,
    Category,
    Community,
    Compound,
    Counting,
    Desk,
    DeskKind,
    Effect,
    Hours,
    Level,
    Milestone,
    Party,
    Promise,
    Rung,
    Sla,
    Span,
    Tier,
    Town,
)

OFFICE = ((time(8, 30), time(12)), (time(14, 30), time(18)))
OFFICE_WEEK = Hours(dict.fromkeys(range(5), OFFICE))
EVERY_DAY = Hours(dict.fromkeys(range(7), ((time(8), time(20)),)), holidays=True)
WEEKENDS_TOO = Hours(dict.fromkeys(range(7), OFFICE))
NIGHT = Hours({4: ((time(22), time(6)),), 5: ((time(22), time(6)), (time(5), time(8)))})
ROUND_THE_CLOCK = Hours(dict.fromkeys(range(7), ((time(0), time(0)),)), holidays=True)
NEVER = Hours({})

SPRING_FESTIVAL = frozenset(date(2024, 2, 10) + timedelta(days=day) for day in range(8))
MADE_UP = frozenset({date(2024, 2, 4), date(2024, 2, 18)})


def calendar(zone: str = "Asia/Shanghai", hours: Hours = OFFICE_WEEK) -> Calendar:
    return Calendar(ZoneInfo(zone), hours, SPRING_FESTIVAL, MADE_UP, date(2026, 12, 31))


def wall(**length: float) -> Span:
    return Span(timedelta(**length), Counting.WALL)


def work(hours: float) -> Span:
    return Span(timedelta(hours=hours), Counting.WORK)


N, P, C, H = Party.NEIGHBOUR, Party.PROPERTY, Party.COMMITTEE, Party.HEAD


def _category(
    code: str,
    zh: str,
    tier: Tier,
    sla: Sla,
    *against: Party,
    wake: bool = False,
    sealed: bool = False,
    enforcement: bool = False,
) -> Category:
    return Category(
        code, zh, zh, tier, sla, (zh,), frozenset(against), wake=wake, sealed=sealed, enforcement=enforcement
    )


LIFT_TRAPPED = _category("C03-1", "电梯困人", Tier.PROPERTY, Sla.P0, wake=True)
LIFT_STOPPED = _category("C03-2", "电梯停运", Tier.PROPERTY, Sla.P1, P)
BLOCKED_LANE = _category("C01-1", "堵塞消防通道", Tier.PROPERTY, Sla.P1, N, enforcement=True)
NO_WATER = _category("C04-1", "停水", Tier.PROPERTY, Sla.P1, wake=True)
LEAK = _category("C04-3", "楼上漏水", Tier.BUILDING, Sla.P2, N)
DOGS = _category("C12-2", "养犬", Tier.BUILDING, Sla.P2, N, enforcement=True)
LAMP = _category("C11-1", "楼道灯", Tier.PROPERTY, Sla.P2)
FEES = _category("C09-2", "物业费", Tier.COMMITTEE, Sla.P3, P)
FUND = _category("C10-3", "维修资金", Tier.COMMITTEE, Sla.P4)
ATTITUDE = _category("C09-1", "服务态度", Tier.COMMUNITY, Sla.P2, P)
POWERS = _category("C10-4", "小微权力", Tier.STREET, Sla.P3, C, P, H, N, sealed=True)
VIOLENCE = _category("C12-4", "家暴", Tier.COMMUNITY, Sla.P0, N, P, C, H, wake=True, sealed=True, enforcement=True)
QUESTION = _category("K00", "咨询", Tier.PROPERTY, Sla.Q)
UNKNOWN = _category(UNCLASSIFIED, "待人工分类", Tier.COMMUNITY, Sla.P2)
CATEGORIES = (
    *(LIFT_TRAPPED, LIFT_STOPPED, BLOCKED_LANE, NO_WATER, LEAK, DOGS, LAMP, FEES, FUND, ATTITUDE, POWERS, VIOLENCE),
    *(QUESTION, UNKNOWN),
)


def _rungs() -> tuple[Rung, ...]:
    signed, contacted, claimed = Milestone.SIGNED, Milestone.CONTACTED, Milestone.CLAIMED
    remind, copy, lead = Effect.REMIND, Effect.COPY, Effect.LEAD
    rows: list[Rung] = [
        Rung("P0-10m", Sla.P0, wall(minutes=10), signed, copy, Level.STREET),
        Rung("P0-2h", Sla.P0, wall(hours=2), Milestone.ON_SCENE, copy, Level.DISTRICT),
        Rung("P0-24h", Sla.P0, wall(hours=24), claimed, lead, Level.STREET),
        Rung("P1-30m", Sla.P1, wall(minutes=30), signed, copy, Level.COMMUNITY),
        Rung("P1-4h", Sla.P1, wall(hours=4), contacted, lead, Level.COMMUNITY),
        Rung("P1-24h", Sla.P1, wall(hours=24), claimed, lead, Level.STREET),
        Rung("P1-72h", Sla.P1, wall(hours=72), claimed, copy, Level.DISTRICT),
    ]
    for sla, blue, yellow in ((Sla.P2, 16, 21), (Sla.P3, 52, 70)):
        rows += [
            Rung(f"{sla}-4wh", sla, work(4), signed, copy),
            Rung(f"{sla}-7wh", sla, work(7), contacted, lead),
            Rung(f"{sla}-{blue}wh", sla, work(blue), claimed, remind),
            Rung(f"{sla}-{yellow}wh", sla, work(yellow), claimed, lead),
            Rung(f"{sla}-105wh", sla, work(105), claimed, lead, Level.DISTRICT),
        ]
    rows += [
        Rung("P4-21wh", Sla.P4, work(21), contacted, lead, Level.COMMUNITY),
        Rung("P4-30d", Sla.P4, wall(days=30), claimed, remind, every=wall(days=30)),
        Rung("Q-7wh", Sla.Q, work(7), claimed, lead),
        Rung("S-35wh", Sla.S, work(35), claimed, remind),
        Rung("claimed-24h", None, wall(hours=24), Milestone.ANSWERED, Effect.ASK_AGAIN),
        Rung("claimed-72h", None, wall(hours=72), Milestone.ANSWERED, Effect.CALL),
        Rung("weekly", None, wall(days=7), Milestone.CLOSED, Effect.REVIEW, every=wall(days=7)),
    ]
    return tuple(rows)


PROMISES = {
    Sla.P0: Promise(Sla.P0, wall(minutes=10), wall(hours=2), wall(hours=24)),
    Sla.P1: Promise(Sla.P1, wall(minutes=30), wall(hours=4), wall(hours=24)),
    Sla.P2: Promise(Sla.P2, work(2), work(7), work(21)),
    Sla.P3: Promise(Sla.P3, work(2), work(7), work(70)),
    Sla.P4: Promise(Sla.P4, work(2), work(7), None),
    Sla.Q: Promise(Sla.Q, wall(seconds=5), None, work(7)),
    Sla.S: Promise(Sla.S, wall(seconds=5), None, work(35)),
}


def _desk(code: str, kind: DeskKind, hours: Hours | None = None) -> Desk:
    return Desk(code, kind, code, code, "0595-00000000", hours)


GARDEN, OLD_YARD = "garden-1", "yard-1"
"""A building with a firm, a committee and a desk for each; and one that has nobody below its community."""


def town() -> Town:
    """Every level is there."""
    return Town(
        code="tiny",
        name="小镇",
        en="Tiny",
        calendar=calendar(),
        quiet=(time(21, 30), time(8)),
        consent_version="1",
        street_desk="street",
        categories=MappingProxyType({category.code: category for category in CATEGORIES}),
        communities={"east": Community("east", "东"), "west": Community("west", "西")},
        compounds={
            "garden": Compound("garden", "花园", "Garden", "east", True, (), "firm", "committee"),
            "yard": Compound("yard", "老院", "Yard", "west", False),
        },
        buildings={GARDEN: Building(GARDEN, "garden", "1栋", 60), OLD_YARD: Building(OLD_YARD, "yard", "1栋", 12)},
        desks={
            desk.code: desk
            for desk in (
                _desk("firm", DeskKind.PROPERTY, WEEKENDS_TOO),
                _desk("committee", DeskKind.COMMITTEE),
                _desk("east", DeskKind.COMMUNITY),
                _desk("west", DeskKind.COMMUNITY),
                _desk("street", DeskKind.STREET),
                _desk("district", DeskKind.DISTRICT),
            )
        },
        community_desks={"east": "east", "west": "west"},
        promises=PROMISES,
        ladder=_rungs(),
        incumbents=(),
        district_desk="district",
    )


def without_district() -> Town:
    """The street is the top."""
    return replace(town(), district_desk=None)


def without_communities() -> Town:
    """A register whose communities have no desk yet: nothing may fall between."""
    return replace(town(), community_desks={})
