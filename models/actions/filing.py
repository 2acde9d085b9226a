"""How does what somebody said become a case? One verb: from a draft to a number, a desk, dates and every notice."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from models.actions.moving import GENESIS, append, start_clocks
from models.actions.telling import tell_above, tell_accountable, tell_head, tell_raiser
from models.queries.people import Speaker, speaker, ways_to_place
from models.records.cases import number_of
from models.rules.access import Action, Subject, can
from models.rules.ladder import clocks_from, promised
from models.rules.lifecycle import Event, State, Telling
from models.rules.policy import UNCLASSIFIED, Party, Role
from models.rules.refusals import ConsentMissing, NothingSaid, NotYours, Refused, WhereUnknown
from models.rules.routing import Route, route
from models.store import Statement
from models.turn import Work
from models.understanding import Understanding, understand
from models.vault import keep_many


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody has said so far. `by_hand`: they asked for a person to sort it (找人工)."""

    text: str
    files: tuple[tuple[str, str], ...] = ()  # (kind, file id at the bot)
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """How a draft would be handed in: what the understanding card shows, computed as filing computes it."""

    understanding: Understanding
    building: str
    route: Route
    acknowledge_by: datetime
    contact_by: datetime | None
    resolve_by: datetime | None
    head_asked: bool
    photos_seen: int  # how many of the draft's pictures receivers will see


@dataclass(frozen=True, slots=True)
class Filed:
    """The case is on disk, with a desk and a date."""

    case_id: int
    number: str


def reading(work: Work, draft: Draft, *, home: str) -> Reading:
    """What would happen if the draft were handed in now; changes nothing. Refuses `NothingSaid` for no words."""
    if not any(character.isalnum() for character in draft.text) and not draft.files:
        raise Refused(NothingSaid())
    said = understand(draft.text, work.town, home=home)
    if draft.by_hand:
        said = replace(said, category=work.town.categories[UNCLASSIFIED])
    building = said.building or home
    has_head = bool(ways_to_place(work, building))
    way = route(said.category, building, work.town, has_head=has_head, sla=said.sla)
    dates = promised(said.sla, work.now, work.town, way.desk)
    return Reading(
        understanding=said,
        building=building,
        route=way,
        acknowledge_by=dates.acknowledge_by,
        contact_by=dates.contact_by,
        resolve_by=dates.resolve_by,
        head_asked=way.ask_head,
        photos_seen=0 if said.plain else sum(kind == "photo" for kind, _ in draft.files),
    )


_FILE = Statement("""
    INSERT INTO "case"
        (bot_id, update_id, raiser_id, building, category, sla, state, level, desk, plain, ask_head, accused, returned,
         reminded, lang, filed_at, acknowledge_by, contact_by, resolve_by, version)
    VALUES
        (:bot_id, :update_id, :raiser_id, :building, :category, :sla, :state, :level, :desk, :plain, :ask_head,
         :accused, :returned, :reminded, :lang, :filed_at, :acknowledge_by, :contact_by, :resolve_by, :version)
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
    accused: frozenset[Party] = frozenset(),
) -> Filed:
    """The draft is a case: numbered, with an accountable desk, its clocks running and every notice promised.

    Refuses `NotYours` to somebody never met, `WhereUnknown` without a home, `ConsentMissing`, `NothingSaid`.
    """
    raiser = speaker(work, bot_id=bot_id, chat_id=chat_id)
    if raiser is None:
        raise Refused(NotYours())
    if raiser.home is None:
        raise Refused(WhereUnknown())
    if raiser.consent != work.town.consent_version:
        raise Refused(ConsentMissing(version=work.town.consent_version))
    read = reading(work, draft, home=raiser.home)
    _may_submit(work, raiser, read)
    said = read.understanding
    case = _insert(
        work,
        bot_id=bot_id,
        update_id=update_id,
        raiser_id=raiser.person,
        building=read.building,
        category=said.category.code,
        sla=said.sla.value,
        state=State.ACCEPTED.value,
        level=int(read.route.level),
        desk=read.route.desk,
        plain=said.plain,
        ask_head=read.route.ask_head,
        accused="".join(sorted(accused)),
        returned=0,
        reminded=False,
        lang=raiser.lang,
        filed_at=work.now,
        acknowledge_by=read.acknowledge_by,
        contact_by=read.contact_by,
        resolve_by=read.resolve_by,
        version=2,
    )
    _keep_words(work, case.id, draft, said)
    _record(work, case.id, raiser.person, read.route)
    start_clocks(work, case.id, clocks_from(said.sla, work.now, work.town, read.route.desk))
    _ATTACH.many(
        work.session,
        [
            {"case_id": case.id, "bot_id": bot_id, "file_id": file_id, "kind": kind, "now": work.now}
            for kind, file_id in draft.files
        ],
    )
    tell_raiser(work, case, Telling.RECEIPT)
    tell_accountable(work, case, Telling.ASSIGNMENT)
    for desk in read.route.above:
        tell_above(work, case, desk)
    if read.route.ask_head:
        tell_head(work, case)
    return Filed(case.id, number_of(case.id))


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
        category=read.understanding.category.code,
    )
    if not can(raiser.actor, Action.SUBMIT, about, now=work.now).allow:
        raise Refused(NotYours())


def _keep_words(work: Work, case_id: int, draft: Draft, said: Understanding) -> None:
    """The raiser's words, what others read of them, and the short title: all sealed."""
    keep_many(
        work.session,
        work.keys,
        owner="case",
        owner_id=case_id,
        texts={"words": draft.text, "seen": said.seen, "title": said.title},
        now=work.now,
    )


def _record(work: Work, case_id: int, raiser: int, way: Route) -> None:
    """Two events: the resident handed it in, the system accepted it for a desk."""
    first = append(
        work,
        case_id=case_id,
        seq=1,
        event=Event.SUBMIT,
        frm=State.DRAFT,
        to=State.SUBMITTED,
        role=Role.RESIDENT,
        person=raiser,
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
