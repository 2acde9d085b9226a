"""Which nouns is a town made of? Frozen types that `models.town` fills from a folder and every rule reads.

Nothing here decides; see `lifecycle`, `routing`, `ladder`, `working_time` and `access` for what follows from it.
Terms are those of the field: compound 小区, community 社区, subdistrict or street 街道, building head 楼栋长.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import IntEnum, StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from models.rules.numbering import label_number


class Role(StrEnum):
    """In what capacity somebody acts. `BOT` and `CLOCK` are the system's own hands."""

    RESIDENT = "resident"
    HEAD = "head"  # 楼栋长: a neighbour and volunteer
    PROPERTY = "property"  # 物业服务台
    COMMITTEE = "committee"  # 业委会 or another self-governing body
    COMMUNITY = "community"  # 社区
    STREET = "street"  # 街道专班
    DISTRICT = "district"  # 区专班
    BOT = "bot"
    CLOCK = "clock"


class Level(IntEnum):
    """How high a case stands (domain C4). L5, the departments, answers whistles and never owns a case."""

    BUILDING = 1
    COMPOUND = 2
    COMMUNITY = 3
    STREET = 4
    DISTRICT = 6


class Tier(StrEnum):
    """Where a category starts (domain C1)."""

    BUILDING = "L1"
    PROPERTY = "L2P"
    COMMITTEE = "L2C"
    COMMUNITY = "L3"
    STREET = "L4"


class Party(StrEnum):
    """Who may be the accused of a category, and is then kept away from the raiser's identity (domain C1 `fw`)."""

    NEIGHBOUR = "N"
    PROPERTY = "P"
    COMMITTEE = "C"
    HEAD = "H"


class Sla(StrEnum):
    """Service class (domain C0): P0 emergency … P4 deliberation, Q question, S suggestion."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"
    Q = "Q"
    S = "S"


class Counting(StrEnum):
    """Whether a span runs round the clock or only in working hours."""

    WALL = "wall"
    WORK = "work"


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time and how it is counted: `Span(timedelta(hours=7), WORK)` is 7 working hours (7wh)."""

    length: timedelta
    counting: Counting


class Milestone(StrEnum):
    """What a clock waits for; reaching it stops every clock that waits for it."""

    SIGNED = "signed"  # 签收
    CONTACTED = "contacted"  # 已联系居民
    ON_SCENE = "on_scene"  # somebody stands there (domain C0, P0); a word sent from a desk does not reach it
    SAFE = "safe"  # nobody is in danger any more (domain M46); a repair that is done is safe too
    CLAIMED = "claimed"  # the handler says it is done
    ANSWERED = "answered"  # the resident said whether it is solved
    CLOSED = "closed"


class Effect(StrEnum):
    """What silence does when a rung is reached."""

    REMIND = "remind"  # one push to the accountable desk, once a case
    COPY = "copy"  # the level above gets the card; the accountable desk stays
    LEAD = "lead"  # the level above leads; the former desk stays and helps (首接负责)
    ASSIST = "assist"  # the head's assistant is asked in turn; nobody says a word to the head (M04)
    ASK_AGAIN = "ask_again"  # one reminder to the resident that the question waits
    CALL = "call"  # a person telephones the resident
    RESUME = "resume"  # the desk's question was not answered: the clocks go on
    REVIEW = "review"  # the case comes back to the top of the ladder; repeats


@dataclass(frozen=True, slots=True)
class Rung:
    """After `after` without `until`, `effect` happens, at level `to` (None: the next level above the present one)."""

    code: str  # unique in the town, e.g. "P2-4wh"; kept on the clock row
    sla: Sla | None  # None: for every class (the rungs of `claimed` and of the review at the top)
    after: Span
    until: Milestone
    effect: Effect
    to: Level | None = None
    every: Span | None = None  # the rung rings again after this long, until its milestone is reached


@dataclass(frozen=True, slots=True)
class Promise:
    """What a service class promises the resident (domain C0); None where the class promises nothing of the kind."""

    sla: Sla
    acknowledge: Span
    contact: Span | None
    resolve: Span | None
    extend: Span | None = None  # how far the day may move at most, once (C0 extend_once_max)


@dataclass(frozen=True, slots=True)
class Category:
    """One sub-category of domain C1."""

    code: str  # "C03-2"
    zh: str
    en: str
    tier: Tier
    sla: Sla
    keywords: tuple[str, ...]
    firewall: frozenset[Party] = frozenset()
    departments: tuple[str, ...] = ()
    photo: str = "none"  # none, opt or ask
    first: str | None = (
        None  # what to do before anything else, a sentence that stands alone: 「先打110报警，人先离开。」
    )
    first_en: str | None = None  # its twin; there wherever `first` is
    wake: bool = False  # may ring a desk at night
    sealed: bool = False
    enforcement: bool = False  # only an authority can settle it: never a building head's matter (domain C2)
    short: tuple[str, ...] = ()  # read aloud, 「电梯故障」: the first, unless a title knows another by the words used
    short_en: str = ""


@dataclass(frozen=True, slots=True)
class Hours:
    """When a desk works: weekday (0 Monday … 6 Sunday) → spans; `holidays`: also on days the town has off."""

    week: Mapping[int, tuple[tuple[time, time], ...]]
    holidays: bool = False


@dataclass(frozen=True, slots=True)
class Calendar:
    """The town's working time: its zone, its office hours, and each date that differs from the weekday's rule."""

    zone: ZoneInfo
    hours: Hours
    off: frozenset[date]  # public holidays that fall on any day
    on: frozenset[date]  # make-up working days (调休)
    known_until: date  # the last date the holiday table covers


@dataclass(frozen=True, slots=True)
class Community:
    code: str
    name: str
    en: str = ""


class DeskKind(StrEnum):
    PROPERTY = "property"
    COMMITTEE = "committee"
    COMMUNITY = "community"
    STREET = "street"
    DISTRICT = "district"
    DEPARTMENT = "department"

    @property
    def level(self) -> Level | None:
        """The rung of the ladder this desk answers for; departments answer whistles and have none."""
        return _LEVELS.get(self)


_LEVELS: Mapping[DeskKind, Level] = MappingProxyType(
    {
        DeskKind.PROPERTY: Level.COMPOUND,
        DeskKind.COMMITTEE: Level.COMPOUND,
        DeskKind.COMMUNITY: Level.COMMUNITY,
        DeskKind.STREET: Level.STREET,
        DeskKind.DISTRICT: Level.DISTRICT,
    }
)


class Body(StrEnum):
    """What self-governs a compound (domain M26); only `COMMITTEE` counts in the committee rate (M25)."""

    COMMITTEE = "业委会"
    MANAGEMENT = "物业管理委员会"
    GROUP = "自管小组"
    OTHER = "其他"


@dataclass(frozen=True, slots=True)
class Desk:
    """Work belongs to a desk, authority to the persons who hold an office there. `hours` None: the town's."""

    code: str
    kind: DeskKind
    name: str
    en: str
    phone: str
    hours: Hours | None = None
    firm: str = ""  # the property firm behind a property desk; one firm may run several (domain M20)
    body: Body | None = None  # of a committee desk


@dataclass(frozen=True, slots=True)
class Period:
    """A holiday or an event with a roster of its own (domain M09); both days are part of it."""

    code: str
    name: str
    en: str
    begins_on: date
    ends_on: date
    desk: str  # whose roster is on duty
    acknowledge: Span  # how soon an urgent matter is signed for meanwhile
    categories: tuple[str, ...] = ()  # codes, or beginnings of codes, that go to it beside what is urgent


@dataclass(frozen=True, slots=True)
class Compound:
    """A residential compound. `property_desk` None: no firm (失管), its community answers in its place."""

    code: str
    name: str
    en: str
    community: str
    commercial: bool  # 商品房; the denominator of the committee rate
    aliases: tuple[str, ...] = ()
    property_desk: str | None = None
    committee_desk: str | None = None
    latitude: float | None = None  # of its gate, in degrees; None where nobody wrote it down
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Building:
    code: str  # "LC01-3"
    compound: str
    label: str  # "3栋", as people say it
    households: int


@dataclass(frozen=True, slots=True)
class Incumbent:
    """Who the register says holds an office: a head of a building, a clerk of a desk. Enrolment makes it real.

    `assistant`: a second head of the building (楼长助理), asked when the head is away or silent (M04).
    """

    role: Role
    place: str  # a building's or a desk's code
    name: str
    assistant: bool = False


LISTS = (time(8, 30), time(16))
"""When the lists of the day come, where the town does not say otherwise (domain C4 `reminders`, users.md)."""


@dataclass(frozen=True, slots=True)
class Town:
    """Everything one subdistrict decides for itself. Immutable; a change is a new edition of the folder."""

    code: str
    name: str
    en: str
    calendar: Calendar
    quiet: tuple[time, time]  # no pushes but P0 and `wake` matters
    consent_version: str
    street_desk: str
    categories: Mapping[str, Category]
    communities: Mapping[str, Community]
    compounds: Mapping[str, Compound]
    buildings: Mapping[str, Building]
    desks: Mapping[str, Desk]
    community_desks: Mapping[str, str]  # community code → desk code
    promises: Mapping[Sla, Promise]
    ladder: tuple[Rung, ...]
    incumbents: tuple[Incumbent, ...]
    danger_words: tuple[str, ...] = ()
    care_words: tuple[str, ...] = ()
    district_desk: str | None = None
    firms: tuple[str, ...] = ()
    periods: tuple[Period, ...] = ()  # in order, none overlapping
    lists: tuple[time, ...] = LISTS  # when a desk reads what waits, in order; a property desk has the first only
    edition: str = ""  # sha256 of the folder it was read from

    def compound_of(self, building: str) -> Compound:
        """The compound a building stands in; KeyError for a building that is not in the register."""
        return self.compounds[self.buildings[building].compound]

    def place_name(self, building: str, *, lang: str = "zh") -> str:
        """「丰泽花园3栋」, in the register's words; "Fengze Garden, No.3" in English."""
        compound, label = self.compound_of(building), self.buildings[building].label
        if lang == "zh":
            return f"{compound.name}{label}"
        return f"{compound.en or compound.name}, No.{label_number(label).upper()}"


UNCLASSIFIED = "K99"
"""The category of what the keywords do not understand: a person at the community sorts it (domain C1)."""
