"""What happens when the resident says more of an open case? It joins the case, and the desk reads what it may read.

The desk is rung only when it waits for it: its question is answered, its own words were the last ones, somebody is in
danger, or the matter is sealed. Else its card changes without a sound (users.md, noise budget).
"""

from dataclasses import dataclass
from datetime import timedelta

from models.actions.asking import go_on
from models.actions.confirming import deny, send_back
from models.actions.handling import acting_role
from models.actions.moving import Facts, move, next_round, start_clocks, stop_ladder, take_up
from models.actions.onscene import look_again
from models.actions.requesting import end_pause
from models.actions.telling import accused, parties, refresh_cards, tell_above, tell_desk
from models.queries.doing import doing
from models.queries.exchange import added_since, album_before, desk_wrote_last, exchange
from models.queries.people import Speaker
from models.records import Case
from models.rules.gone import category_of, desk_of
from models.rules.ladder import Promised, clocks_from, promised
from models.rules.lifecycle import HELD, Event, Reader, State, Telling, move_for
from models.rules.policy import UNCLASSIFIED, Desk, Level, Role, Sla, Town
from models.rules.refusals import EnoughSaid, NothingSaid, Refused
from models.rules.rereading import earlier, still_to_reach
from models.rules.routing import desk_at
from models.store import Statement
from models.turn import Work
from models.understanding import SEEN_MOST, Understanding, name_for, plain_words, understand
from models.understanding.absence import nobody_came, not_safe
from models.understanding.masking import masked
from models.understanding.pointing import points_at_a_flat
from models.understanding.reading import clean, shortened
from models.vault import keep_many, reveal

_OFFICE = "zh"
"""What the town's desks read, in whatever language they are written to."""
MOST_ADDED, WITHIN = 20, timedelta(hours=1)
"""Additions to one case within so long: whoever has still more to say is given a telephone number."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What is said of an open case. `files`: (kind, file id at the bot); `album`: one message a picture."""

    text: str
    files: tuple[tuple[str, str], ...] = ()
    album: str = ""


@dataclass(frozen=True, slots=True)
class Joined:
    """It belongs to the case now. `seen`: what the desk reads of it, "" where it may not read the words.

    `answers`: it was the answer to the desk's question. `more`: one more picture of an album that was answered already.
    """

    number: str
    desk: Desk
    seen: str
    answers: bool = False
    danger: bool = False
    more: bool = False
    nobody: bool = False  # nobody is there, though a desk said so: it is looked into again
    hidden: bool = False  # receivers read a rewrite only, and see no pictures


def deny_saying_why(
    work: Work, *, case_id: int, by: Speaker, version: int, bot_id: int, remark: Remark
) -> tuple[bool, Joined]:
    """As `deny` and then `add`, in one step: the desk is rung once and reads why. Refuses as either does."""
    risen = deny(work, case_id=case_id, by=by, version=version)
    return risen, add(work, case_id=case_id, by=by, bot_id=bot_id, remark=remark, rung=True)


def add(work: Work, *, case_id: int, by: Speaker, bot_id: int, remark: Remark, rung: bool = False) -> Joined:
    """The words and files join the case; an answer where the desk has asked. Words of danger make it an emergency.

    Where the work is said to be done they are a No besides: what endangers somebody is not solved. `rung`: it is
    the reason of a No that rings the desk in this step: only danger rings it again, and it is never one too many.
    Refuses `NothingSaid`, `EnoughSaid`, `Stale` or `NotYours`.
    """
    case = take_up(work, case_id)
    if not (remark.files or any(character.isalnum() for character in clean(remark.text))):
        raise Refused(NothingSaid())
    said = understand(remark.text, work.town, home=case.building)
    before = exchange(work, case_id)
    answers = before.unanswered and move_for(State(case.state), Event.REPLY) is not None
    awaited = answers or desk_wrote_last(work, case_id)
    more = bool(remark.album) and remark.album == album_before(work, case_id)
    if not (more or rung) and added_since(work, case_id, work.now - WITHIN) >= MOST_ADDED:
        raise Refused(EnoughSaid(number=case.number, phone=desk_of(work.town, case.desk).phone))
    held = State(case.state) in HELD
    danger = said.danger or (held and case.safe_at is not None and not_safe(remark.text))
    nobody = held and Sla(case.sla) is Sla.P0 and nobody_came(remark.text) and doing(work, case_id).arrived
    graver = danger and Sla(case.sla) is not Sla.P0
    facts: Facts = {"files": len(remark.files), "album": remark.album, "danger": danger, "plain": case.plain}
    if nobody:
        facts = {**facts, "nobody": True}
    event = Event.REPLY if answers else Event.ADD
    move(
        work,
        case,
        event,
        actor=by.actor,
        role=acting_role(work, case, by),
        facts={**facts, **(go_on(work, case) if answers else {})},
    )
    seen = _keep(work, case, remark.text, said)
    _attach(work, case_id, bot_id, remark.files)
    undone = said.danger and move_for(State(case.state), Event.DENY) is not None
    if undone:
        case.sla = Sla.P0
        send_back(work, case, Event.DENY, actor=by.actor, role=Role.RESIDENT, facts={"danger": True})
    elif graver:
        _make_emergency(work, case)
        case.safe_at = None  # what was made safe is so no more, or never was
    elif nobody:
        look_again(work, case, since=work.now)
    work.session.flush()
    danger = danger or nobody
    _tell(work, case, awaited=awaited and not more, danger=danger, told=undone or (rung and not danger))
    refresh_cards(work, case)
    desk = desk_of(work.town, case.desk)
    return Joined(case.number, desk, seen, answers, danger and not nobody, more, nobody, hidden=case.plain)


def readable(
    town: Town, said: Understanding, text: str, *, building: str, plain: bool, lang: str, sealed: bool = False
) -> str:
    """What receivers may read of a remark: its words, numbers hidden; where they would point at a flat, place and
    matter alone, in `lang`, and "" where not even those are known. Who listens to a sealed matter reads the words.
    """
    if sealed or not (plain or (said.plain and points_at_a_flat(text))):
        return shortened(masked(clean(text)), SEEN_MOST)
    if said.plain and said.lang == lang:
        return said.seen
    if said.category.code == UNCLASSIFIED:
        return ""
    return plain_words(town, name_for(said.category, (), lang=lang), said.building or building, lang=lang)


def _keep(work: Work, case: Case, text: str, said: Understanding) -> str:
    """The resident's own words, and what others read of them, sealed under the event they came with; the latter as the
    resident is told of it.
    """
    assert case.id is not None
    if not clean(text):
        return ""
    sealed = category_of(work.town, case.category).sealed

    def read(lang: str) -> str:
        return readable(work.town, said, text, building=case.building, plain=case.plain, lang=lang, sealed=sealed)

    told, seen = read(said.lang), read(_OFFICE)
    if told == reveal(work.session, work.keys, owner="case", owner_id=case.id, field="seen"):
        seen = told = ""  # nothing that they do not know
    texts = {f"said.{case.version}": text, f"added.{case.version}": seen}
    keep_many(work.session, work.keys, owner="case", owner_id=case.id, texts=texts, now=work.now)
    return told


_ATTACH = Statement("""
    INSERT INTO attachment (case_id, bot_id, file_id, kind, tries, sent_at)
    VALUES (:case_id, :bot_id, :file_id, :kind, 0, :now)
""")


def _attach(work: Work, case_id: int, bot_id: int, files: tuple[tuple[str, str], ...]) -> None:
    """The files belong to the case; they are fetched, cleaned and shown as those it was filed with."""
    _ATTACH.many(
        work.session,
        [
            {"case_id": case_id, "bot_id": bot_id, "file_id": file_id, "kind": kind, "now": work.now}
            for kind, file_id in files
        ],
    )


def _make_emergency(work: Work, case: Case) -> None:
    """The case is an emergency from now on: its dates may only come nearer, and the emergency's clocks run."""
    assert case.id is not None
    case.sla = Sla.P0
    end_pause(work, case)
    was = Promised(case.acknowledge_by, case.contact_by, case.resolve_by)
    dates = earlier(was, promised(Sla.P0, work.now, work.town, case.desk))
    case.acknowledge_by, case.contact_by, case.resolve_by = dates.acknowledge_by, dates.contact_by, dates.resolve_by
    turn = next_round(work, case.id)
    stop_ladder(work, case.id)
    wanted = still_to_reach(State(case.state))
    dues = [due for due in clocks_from(Sla.P0, work.now, work.town, case.desk) if due.until in wanted]
    start_clocks(work, case.id, dues, turn=turn)


def _tell(work: Work, case: Case, *, awaited: bool, danger: bool, told: bool) -> None:
    """`told`: the desk has been rung for it already."""
    sealed = category_of(work.town, case.category).sealed
    if not told and (danger or awaited or sealed or Sla(case.sla) is Sla.P0):
        tell_desk(work, case, case.desk, Telling.ADDED, Reader.DESK, awaited=awaited)
    community = desk_at(work.town, case.building, Level.COMMUNITY, accused=accused(case))
    if not danger or community is None or community == case.desk:
        return
    known = dict(parties(work, case)).get(community)
    if known is None:
        tell_above(work, case, community)
    else:
        tell_desk(work, case, community, Telling.ADDED, known)
