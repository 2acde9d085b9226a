"""How does what somebody said become a case? One verb: from a draft to a number, a desk, dates and every notice."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from models.actions.calling import Call, ask_person, call_on
from models.actions.leading import answered, tell_all_but_the_lead
from models.actions.moving import append, start_clocks
from models.actions.reaching import leave_phone
from models.actions.telling import tell_accountable, tell_raiser
from models.queries.people import Speaker, speaker, ways_to_place
from models.queries.pursued import closed_before
from models.records import Channel
from models.records.cases import number_of
from models.rules.access import Action, Subject, can
from models.rules.chain import GENESIS
from models.rules.ladder import Promised, clocks_from, promised, push_at
from models.rules.lifecycle import Event, State, Telling
from models.rules.policy import UNCLASSIFIED, Level, Milestone, Party, Role, Sla, Town
from models.rules.refusals import ConsentMissing, NothingSaid, NotYours, Refused, WhereUnknown
from models.rules.rereading import earlier
from models.rules.routing import Route, came_back, next_desk, presumed_accused, route
from models.store import Statement
from models.turn import Work
from models.understanding import SEEN_MOST, Understanding, understand
from models.understanding.masking import masked
from models.understanding.reading import clean, shortened
from models.vault import keep_many


class Urgency(StrEnum):
    """How urgent the raiser says it is."""

    AS_SAID = ""  # the words decide
    DANGER = "danger"
    CALM = "calm"  # no danger, whatever the words seem to say: urgent at most, else the matter's own class


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody has said so far. `by_hand`: they asked for a person to sort it (找人工).

    `building`, `category`, `urgency`: what they corrected, and it stands over what the words say. `for_head`: how the
    head is to call them; `patrol`: 请社区巡查时一并处理.
    """

    text: str
    files: tuple[tuple[str, str], ...] = ()  # (kind, file id at the bot)
    by_hand: bool = False
    nowhere: bool = False  # nobody knows the place yet: the street has it, and asks
    building: str = ""
    category: str = ""
    urgency: Urgency = Urgency.AS_SAID
    for_head: str = ""
    patrol: bool = False

    @property
    def only_voice(self) -> bool:
        """A voice and no word: somebody at the community listens to it (users.md rule 2)."""
        return any(kind == "voice" for kind, _ in self.files) and not clean(self.text)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a draft would be handed in: what the understanding card shows, computed as filing computes it."""

    understanding: Understanding
    building: str
    route: Route
    starts_at: datetime  # when somebody is rung: no clock runs against a desk that sleeps
    dates: Promised
    accused: frozenset[Party]
    head_asked: bool
    by_hand: bool  # a person will sort it, because the raiser asked
    photos_seen: int  # how many of the draft's pictures receivers will see
    relapse_of: int | None = None  # 反弹: the same matter at the same place, closed within the year
    only_voice: bool = False  # there are no words yet: the community listens first
    films: int = 0  # how many of its files are kept and shown to nobody else
    for_head: str = ""  # how the head will call the raiser; "": hidden
    may_patrol: bool = False
    patrol: bool = False
    call: Call | None = None  # who asked for a person left a number


@dataclass(frozen=True, slots=True)
class Filed:
    """The case is on disk, with a desk and a date."""

    case_id: int
    number: str


def home_for(draft: Draft, raiser: Speaker) -> str:
    """The building that is meant where the words name none; "" where nobody knows and the street is to ask.

    Refuses `WhereUnknown`.
    """
    home = "" if draft.nowhere else raiser.home or draft.building
    if not home and not draft.nowhere:
        raise Refused(WhereUnknown())
    return home


def reading(work: Work, draft: Draft, *, home: str, raiser: int | None = None) -> Reading:
    """What would happen if `raiser` handed the draft in now; changes nothing. Refuses `NothingSaid` for no words."""
    if not any(character.isalnum() for character in draft.text) and not draft.files:
        raise Refused(NothingSaid())
    said = understood(draft, work.town, home=home)
    building = said.building or home
    accused = presumed_accused(said.category)
    if draft.by_hand or draft.only_voice:
        said, way = for_a_person(work, draft, said, building)
    else:
        has_head = bool(ways_to_place(work, building, but=raiser))
        way = route(said.category, building, work.town, accused=accused, has_head=has_head, sla=said.sla)
    before = _before(work, said, building) if not (draft.by_hand or draft.only_voice) else None
    if before is not None:
        way = came_back(way, building, work.town, accused=accused)
    may_patrol = not (draft.by_hand or draft.only_voice) and _may_patrol(said)
    patrol = may_patrol and draft.patrol
    if patrol:
        said, way = on_a_round(work.town, said, building)
    sealed = said.category.sealed or said.care
    way = answered(work, way, said.category, building, sla=said.sla, sealed=sealed, accused=accused, raiser=raiser)
    starts = push_at(work.now, said.sla, said.category, work.town)
    dates = promised(said.sla, starts, work.town, way.desk)
    call: Call | None = None
    if draft.by_hand and not draft.only_voice:  # who asks for a person waits no longer for it
        own = route(said.category, building, work.town, accused=accused, has_head=False, sla=said.sla)
        dates = earlier(promised(said.sla, starts, work.town, own.desk), dates)
        call = call_on(work, draft.text, building=building, sla=said.sla, category=said.category, raiser=raiser)
    if patrol and dates.resolve_by is not None:
        dates = replace(dates, contact_by=None)  # nobody comes to the raiser's door
    return Reading(
        understanding=said,
        building=building,
        route=way,
        starts_at=starts,
        dates=dates,
        accused=accused,
        head_asked=way.ask_head,
        by_hand=draft.by_hand or draft.only_voice,
        only_voice=draft.only_voice,
        relapse_of=before,
        photos_seen=0 if said.plain else sum(kind == "photo" for kind, _ in draft.files),
        films=sum(kind not in ("photo", "voice") for kind, _ in draft.files),
        for_head=draft.for_head if way.ask_head else "",
        may_patrol=may_patrol,
        patrol=patrol,
        call=call,
    )


def _may_patrol(said: Understanding) -> bool:
    """Whether it points at a neighbour's flat and can wait for a round (users.md rule 1)."""
    neighbour = said.plain and Party.NEIGHBOUR in said.category.firewall
    return neighbour and not said.category.sealed and said.sla is not Sla.P0


def on_a_round(town: Town, said: Understanding, building: str) -> tuple[Understanding, Route]:
    """The community deals with it on a round: no firm and no head hears of it, and nobody that somebody complained."""
    level, desk = next_desk(town, building, Level.COMPOUND) or (Level.STREET, town.street_desk)
    return replace(said, seen=said.title), Route(desk, level, ask_head=False, reasons=("patrol",))


def _before(work: Work, said: Understanding, building: str) -> int | None:
    """The case that has come back with this one; never of what nobody understood, nor of a sealed matter."""
    if not building or said.care or said.category.sealed or said.category.code == UNCLASSIFIED:
        return None
    return closed_before(work, building=building, category=said.category.code)


def understood(draft: Draft, town: Town, *, home: str | None) -> Understanding:
    """What the words say, with what their speaker corrected; a correction the town does not know is passed over."""
    said = understand(
        draft.text,
        town,
        home=home,
        at=draft.building if draft.building in town.buildings else None,
        chosen=town.categories.get(draft.category),
    )
    if draft.urgency is Urgency.DANGER:
        return replace(said, danger=True, sla=Sla.P0)
    if draft.urgency is Urgency.CALM and not said.care:
        return replace(said, danger=False, sla=Sla.P1 if said.category.sla is Sla.P0 else said.category.sla)
    return said


def for_a_person(work: Work, draft: Draft, said: Understanding, building: str) -> tuple[Understanding, Route]:
    """找人工: the community's desk reads the masked words themselves and sorts them; nothing promised gets later."""
    words = shortened(masked(clean(draft.text)), SEEN_MOST)
    unsorted = work.town.categories[UNCLASSIFIED]
    return replace(said, seen=words, plain=False), route(unsorted, building, work.town, has_head=False, sla=said.sla)


_FILE = Statement("""
    INSERT INTO "case"
        (bot_id, update_id, raiser_id, building, category, sla, state, level, desk, plain, ask_head, accused, returned,
         reminded, lang, channel, tells_head, patrol, asked, transfers, extended, raised_to, caller, calls, filed_at,
         acknowledge_by, contact_by, resolve_by, version, relapse_of)
    VALUES
        (:bot_id, :update_id, :raiser_id, :building, :category, :sla, :state, :level, :desk, :plain, :ask_head,
         :accused, 0, :no, :lang, :channel, :tells_head, :patrol, :no, 0, :no, 0, '', 0, :filed_at,
         :acknowledge_by, :contact_by, :resolve_by, :version, :relapse_of)
    RETURNING id
""")
_ATTACH = Statement("""
    INSERT INTO attachment (case_id, bot_id, file_id, kind, tries, sent_at)
    VALUES (:case_id, :bot_id, :file_id, :kind, 0, :now)
""")


def submit(
    work: Work,
    *,
    bot_id: int,
    update_id: int,
    chat_id: int,
    draft: Draft,
    first: Callable[[Work], object] | None = None,
) -> Filed:
    """The draft is a case: numbered, with an accountable desk, its clocks running and every notice promised.

    `first`: what must be on disk before, a home or a consent given this moment. Refuses `NotYours` to somebody never
    met, `WhereUnknown` without a home or a chosen place, `ConsentMissing`, `NothingSaid`.
    """
    if first is not None:
        first(work)
    raiser = speaker(work, bot_id=bot_id, chat_id=chat_id)
    if raiser is None:
        raise Refused(NotYours())
    read = reading(work, draft, home=home_for(draft, raiser), raiser=raiser.person)
    urgent = read.understanding.danger or read.understanding.care  # a life waits for no signature (PIPL art. 13)
    if raiser.consent != work.town.consent_version and not urgent:
        raise Refused(ConsentMissing(version=work.town.consent_version))
    _may_submit(work, raiser, read)
    case = write(work, draft, read, bot_id=bot_id, update_id=update_id, raiser=raiser.person)
    if draft.by_hand and not draft.only_voice:
        if read.call:
            leave_phone(work, bot_id=bot_id, chat_id=chat_id, lang=raiser.lang, phone=read.call.phone)
        ask_person(work, case_id=case.id, by=raiser)
    tell_raiser(work, case, Telling.RECEIPT)
    return Filed(case.id, number_of(case.id))


@dataclass(frozen=True, slots=True)
class EnteredBy:
    """Who wrote down what was said at the counter or by telephone; `shift`: who sat there."""

    person: int
    role: Role
    shift: int | None = None


def write(
    work: Work,
    draft: Draft,
    read: Reading,
    *,
    bot_id: int,
    update_id: int,
    raiser: int,
    channel: Channel = Channel.CHAT,
    entered_by: EnteredBy | None = None,
) -> "_Written":
    """The case is on disk as it was read, its clocks run, and everybody but the raiser is told.

    `entered_by`: a clerk, for a raiser who stands at the counter; else the raiser handed it in.
    """
    said = read.understanding
    case = _insert(
        work,
        bot_id=bot_id,
        update_id=update_id,
        raiser_id=raiser,
        building=read.building,
        category=said.category.code,
        sla=said.sla.value,
        state=State.ACCEPTED.value,
        level=int(read.route.level),
        desk=read.route.desk,
        plain=said.plain,
        ask_head=read.route.ask_head,
        accused="".join(sorted(read.accused)),
        lang=said.lang,
        channel=Channel.VOICE.value if draft.only_voice else channel.value,
        tells_head=bool(read.for_head),
        patrol=read.patrol,
        no=False,
        filed_at=work.now,
        acknowledge_by=read.dates.acknowledge_by,
        contact_by=read.dates.contact_by,
        resolve_by=read.dates.resolve_by,
        version=2,
        relapse_of=read.relapse_of,
    )
    _keep_words(work, case.id, draft, read)
    _record(work, case.id, raiser, read.route, entered_by)
    clocks = clocks_from(said.sla, read.starts_at, work.town, read.route.desk, head_asked=read.route.ask_head)
    if read.patrol and read.dates.contact_by is None:
        clocks = tuple(due for due in clocks if due.until is not Milestone.CONTACTED)
    start_clocks(work, case.id, clocks)
    _ATTACH.many(
        work.session,
        [
            {"case_id": case.id, "bot_id": bot_id, "file_id": file_id, "kind": kind, "now": work.now}
            for kind, file_id in draft.files
        ],
    )
    tell_accountable(work, case, Telling.ASSIGNMENT)
    tell_all_but_the_lead(work, case, read.route)
    return case


@dataclass(frozen=True, slots=True)
class _Written:
    """The case as it was written this moment; building the row's own class would cost as much as all of its SQL."""

    id: int
    raiser_id: int
    building: str
    category: str
    sla: str
    level: int
    desk: str
    accused: str
    version: int


_TOLD = tuple(field.name for field in fields(_Written) if field.name != "id")


def _insert(work: Work, **columns: Any) -> _Written:
    row = _FILE.one(work.session, **columns)
    assert row is not None
    return _Written(row.id, *(columns[name] for name in _TOLD))


def _may_submit(work: Work, raiser: Speaker, read: Reading) -> None:
    about = Subject(
        state=State.DRAFT,
        raiser=raiser.person,
        building=read.building,
        lead=read.route.desk,
        helping=(),
        above=(),
        level=read.route.level,
        accused=read.accused,
    )
    if not can(raiser.actor, Action.SUBMIT, about, now=work.now).allow:
        raise Refused(NotYours())


def _keep_words(work: Work, case_id: int, draft: Draft, read: Reading) -> None:
    """The raiser's words, what others read of them, the short title, and the name for the head: all sealed."""
    said = read.understanding
    keep_many(
        work.session,
        work.keys,
        owner="case",
        owner_id=case_id,
        texts={
            "words": draft.text,
            "seen": said.seen,
            "title": said.title,
            **({"for_head": read.for_head} if read.for_head else {}),
        },
        now=work.now,
    )


def _record(work: Work, case_id: int, raiser: int, way: Route, entered_by: EnteredBy | None) -> None:
    """Two events: the resident handed it in, or a clerk wrote it down; the system accepted it for a desk."""
    first = append(
        work,
        case_id=case_id,
        seq=1,
        event=Event.SUBMIT if entered_by is None else Event.ENTER,
        frm=State.DRAFT,
        to=State.SUBMITTED,
        role=Role.RESIDENT if entered_by is None else entered_by.role,
        person=raiser if entered_by is None else entered_by.person,
        facts={"shift": entered_by.shift} if entered_by is not None and entered_by.shift is not None else None,
        after=GENESIS,
    )
    append(
        work,
        case_id=case_id,
        seq=2,
        event=Event.ACCEPT,
        frm=State.SUBMITTED,
        to=State.ACCEPTED,
        role=Role.BOT,
        person=None,
        facts={"desk": way.desk, "level": int(way.level), "why": " ".join(way.reasons)},
        after=first,
    )
