"""What becomes of a voice? A listener at the community writes one line, and the resident says whether that was it.

Agreed, the line is the matter: its category, its desk, its head's card, with dates that count from when she spoke. Not
agreed, somebody listens again. Not answered within a working day, the community names the matter by itself (改类别).
"""

from dataclasses import dataclass
from datetime import datetime

from models.actions.filing import Draft, Reading, Urgency, reading
from models.actions.handling import acting_role, keep_sentence, may_say, one_sentence
from models.actions.leading import tell_all_but_the_lead
from models.actions.moving import (
    Facts,
    lapse_request,
    move,
    next_round,
    start_clocks,
    stop_ladder,
    stop_rung,
    take_up,
)
from models.actions.requesting import end_pause
from models.actions.telling import (
    add_desk,
    hand_lead,
    refresh_cards,
    tell_accountable,
    tell_desk,
    tell_raiser,
)
from models.queries.exchange import exchange
from models.queries.people import Speaker
from models.records import Case, Channel
from models.rules.gone import category_of
from models.rules.ladder import UNANSWERED, Due, Promised, clocks_from, promised, push_at
from models.rules.lifecycle import Event, Reader, Telling
from models.rules.pausing import pause_ends
from models.rules.policy import Desk, Level, Sla
from models.rules.refusals import NotYours, Refused, Stale
from models.rules.rereading import reread, reread_clocks
from models.turn import Work
from models.understanding.masking import masked
from models.vault import keep_many


def may_hear(work: Work, *, case_id: int, by: Speaker) -> str:
    """The case's number, if this person listens to it now; refuses `Stale` or `NotYours`. Changes nothing."""
    number = may_say(work, case_id=case_id, by=by, event=Event.HEAR)
    case = work.session.get(Case, case_id)
    if case is None or case.channel != Channel.VOICE:
        raise Refused(NotYours())
    heard = exchange(work, case_id).heard
    if heard is not None and heard.agreed is not False:
        raise Refused(Stale(number=number, state=case.state))
    return number


def hear(work: Work, *, case_id: int, by: Speaker, sentence: str) -> str:
    """The line is kept, numbers hidden, and the resident is asked whether it is what the voice said; the number.

    Refuses `NothingSaid` for a line without words, `Stale` or `NotYours`.
    """
    case = take_up(work, case_id)
    may_hear(work, case_id=case_id, by=by)
    until = pause_ends(work.now, work.town, case.desk)
    facts: Facts = {"until": until.isoformat()}
    move(work, case, Event.HEAR, actor=by.actor, role=acting_role(work, case, by), facts=facts)
    keep_sentence(work, case, "heard", one_sentence(masked(sentence)))
    start_clocks(work, case_id, [Due(UNANSWERED.code, UNANSWERED.until, until)], turn=case.version)
    work.session.flush()
    tell_raiser(work, case, Telling.HEARD)
    refresh_cards(work, case)
    return case.number


@dataclass(frozen=True, slots=True)
class Understood:
    """What follows from a yes: who will have it, and what they will read."""

    desk: Desk
    seen: str
    head_asked: bool


def meant(work: Work, case_id: int) -> Understood | None:
    """What would follow from 对 now, for the card that asks; None where nothing was written down."""
    case, heard = work.session.get(Case, case_id), exchange(work, case_id).heard
    if case is None or heard is None:
        return None
    read = _read(work, case, heard.line)
    return Understood(work.town.desks[read.route.desk], read.understanding.seen, read.head_asked)


def agree(work: Work, *, case_id: int, by: Speaker, version: int) -> Desk:
    """The line is what she said: the right desk has it, which returns; dates count from the filing, none gets later.

    Refuses `Stale` for an older line or one that was answered, `NotYours` to anybody else.
    """
    case, line = _asked(work, case_id, by, version)
    read = _read(work, case, line)
    said, way = read.understanding, read.route
    facts: Facts = {
        "category": said.category.code,
        "desk": way.desk,
        "level": int(way.level),
        "why": " ".join(way.reasons),
    }
    move(work, case, Event.AGREE, actor=by.actor, role=acting_role(work, case, by), facts=facts)
    lapse_request(work, case_id)
    former = case.desk
    _become(work, case, read)
    _dates(work, case)
    work.session.flush()
    if case.desk != former:
        add_desk(work, case, former, Reader.ABOVE)  # it listened, and has nothing more to do
        tell_accountable(work, case, Telling.ASSIGNMENT)
    tell_all_but_the_lead(work, case, way)
    refresh_cards(work, case)
    return work.town.desks[case.desk]


def disagree(work: Work, *, case_id: int, by: Speaker, version: int) -> Desk:
    """The line is not what she said: the listener is told, and listens again. Refuses as `agree` does."""
    case, _ = _asked(work, case_id, by, version)
    move(work, case, Event.DISAGREE, actor=by.actor, role=acting_role(work, case, by))
    stop_rung(work, case_id, UNANSWERED.code)
    work.session.flush()
    tell_desk(work, case, case.desk, Telling.ADDED, Reader.DESK, awaited=True)
    refresh_cards(work, case)
    return work.town.desks[case.desk]


def _asked(work: Work, case_id: int, by: Speaker, version: int) -> tuple[Case, str]:
    """The case and the line, if this answers the newest one."""
    case = take_up(work, case_id)
    if case.raiser_id != by.person:
        raise Refused(NotYours())
    heard = exchange(work, case_id).heard
    if heard is None or heard.agreed is not None or heard.version != version:
        raise Refused(Stale(number=case.number, state=case.state))
    return case, heard.line


def _read(work: Work, case: Case, line: str) -> Reading:
    """The line as if it were handed in now; what she called dangerous stays an emergency."""
    urgency = Urgency.DANGER if Sla(case.sla) is Sla.P0 else Urgency.AS_SAID
    return reading(work, Draft(line, urgency=urgency), home=case.building, raiser=case.raiser_id)


def _become(work: Work, case: Case, read: Reading) -> None:
    """The case is about what the line says, and the desk for that leads it."""
    assert case.id is not None
    said = read.understanding
    case.category, case.building, case.plain = said.category.code, read.building, said.plain
    case.sla, case.lang = said.sla, said.lang
    case.accused, case.ask_head = "".join(sorted(read.accused)), read.route.ask_head
    hand_lead(work, case, read.route.desk, Level(read.route.level))
    texts = {"seen": said.seen, "title": said.title}
    keep_many(work.session, work.keys, owner="case", owner_id=case.id, texts=texts, now=work.now)


def _dates(work: Work, case: Case) -> None:
    assert case.id is not None
    sla, category = Sla(case.sla), category_of(work.town, case.category)

    def begins(moment: datetime) -> datetime:
        return push_at(moment, sla, category, work.town)

    filed, now = begins(case.filed_at), begins(work.now)
    before = Promised(case.acknowledge_by, case.contact_by, case.resolve_by)
    dates = reread(
        before, promised(sla, filed, work.town, case.desk), promised(sla, now, work.town, case.desk), work.now
    )
    case.acknowledge_by, case.contact_by, case.resolve_by = dates.acknowledge_by, dates.contact_by, dates.resolve_by
    turn = next_round(work, case.id)
    end_pause(work, case)
    stop_ladder(work, case.id)
    stop_rung(work, case.id, UNANSWERED.code)

    def anew(start: datetime) -> tuple[Due, ...]:
        return clocks_from(sla, start, work.town, case.desk, head_asked=case.ask_head)

    dues = reread_clocks(anew(filed), anew(now), work.now)
    start_clocks(work, case.id, dues, turn=turn)
