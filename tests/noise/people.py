"""How do people behave? Desks sign, go there and say what was done, in their hours; four of five residents answer."""

from datetime import datetime, timedelta
from functools import partial

from models.actions.calling import answer_call
from models.actions.confirming import confirm, deny
from models.actions.filing import Draft, submit
from models.actions.handling import answer, arrive, claim, contact, let_know, sign
from models.outbox import Promised
from models.queries.people import speaker
from models.records import Case
from models.rules.lifecycle import Event, Reader, State, Telling
from models.rules.policy import Counting, Sla, Span, Town
from models.rules.working_time import after
from models.store import Statement
from models.turn import Work
from tests.noise.words import arrivals, matter
from tests.noise.world import BOT, World

ANSWERS = 0.8
"""Of the residents (the task's own figure)."""
SLOW = 0.05
"""Of the cases: nobody signs in time, or nothing is done in time."""
A_WORD = 0.3
"""Of the cases: the desk lets the resident know when somebody comes, instead of only coming."""
CALL_ANSWERED = 0.6

_MINE = Statement("""SELECT id FROM "case" WHERE desk = :desk AND state IN ('accepted', 'reopened')""")
_TO_CALL = Statement("""
    SELECT id, version FROM "case" WHERE caller = :desk AND state IN ('claimed', 'closed_silent', 'signed', 'working')
""")


def write_in(world: World, *, days: int, a_week: float, compounds: list[str], begins: datetime) -> None:
    """Residents of these compounds write, so many a week in each."""
    buildings = {
        code: [one.code for one in world.town.buildings.values() if one.compound == code] for code in compounds
    }
    for moment in arrivals(world.chance, begins, days=days, a_week=a_week * len(compounds)):
        home = world.chance.choice(buildings[world.chance.choice(compounds)])
        world.later(moment, partial(_file, world=world, home=home, words=matter(world.chance)))


def _file(work: Work, *, world: World, home: str, words: str) -> None:
    chat = world.resident_of(work, home)
    draft = Draft(words)
    submit(work, bot_id=BOT, update_id=world.next_update(), chat_id=chat, draft=draft)


def hears(world: World, promised: Promised) -> None:
    """Whoever was rung does what people do about it."""
    chat, case = promised.chat_id, promised.case_id
    match Reader(promised.reader), Telling(promised.telling):
        case Reader.DESK, Telling.LIST:
            world.later(_soon(world, str(promised.facts["desk"])), partial(_read_list, world=world, notice=promised))
        case Reader.DESK, Telling.ASSIGNMENT | Telling.RETURNED if case is not None:
            world.later(world.now, partial(_plan_work, world=world, chat=chat, case_id=case))
        case Reader.CALLER, Telling.CALL if case is not None:
            world.later(world.now + timedelta(minutes=20), partial(_call, world=world, chat=chat, case_id=case))
        case Reader.RAISER, Telling.QUESTION if case is not None and world.chance.random() < ANSWERS:
            hours = world.chance.uniform(0.2, 12)
            world.later(world.now + timedelta(hours=hours), partial(_say, world=world, chat=chat, case_id=case))
        case Reader.HEAD, Telling.REQUEST if case is not None and world.chance.random() < 0.5:
            event = world.chance.choice((Event.LOOK, Event.BUSY))
            world.later(world.now + timedelta(hours=1), partial(_reply, chat=chat, case_id=case, event=event))


def _soon(world: World, desk: str) -> datetime:
    """Some minutes of the desk's own hours later."""
    return worked(world.now, world.town, desk, world.chance.uniform(0.05, 0.6))


def worked(start: datetime, town: Town, desk: str, hours: float) -> datetime:
    return after(start, Span(timedelta(hours=hours), Counting.WORK), town.calendar, town.desks[desk].hours)


def _read_list(work: Work, *, world: World, notice: Promised) -> None:
    """What is new is begun, who is to be telephoned is."""
    desk = str(notice.facts["desk"])
    for row in _MINE.all(work.session, desk=desk):
        _plan_work(work, world=world, chat=notice.chat_id, case_id=row.id)
    for row in _TO_CALL.all(work.session, desk=desk):
        _call(work, world=world, chat=notice.chat_id, case_id=row.id)


def _plan_work(work: Work, *, world: World, chat: int, case_id: int) -> None:
    """Signed within minutes, somebody there within hours, done within what was promised; now and then not."""
    case = work.session.get_one(Case, case_id)
    chance, urgent = world.chance, case.sla in (Sla.P0, Sla.P1)
    begun = world.now + timedelta(minutes=chance.uniform(2, 8)) if urgent else _soon(world, case.desk)
    if chance.random() < SLOW:
        begun = worked(begun, world.town, case.desk, chance.uniform(4, 12))
    there = begun + timedelta(hours=chance.uniform(0.1, 1.5)) if urgent else _worked(world, begun, case.desk, 1, 4)
    done = there + timedelta(hours=chance.uniform(1, 14)) if urgent else _worked(world, there, case.desk, 1, 14)
    if chance.random() < SLOW:
        done = worked(done, world.town, case.desk, chance.uniform(14, 30))
    world.later(begun, partial(_do, sign, chat=chat, case_id=case_id))
    if case.sla == Sla.P0:
        world.later(there, partial(_do, arrive, chat=chat, case_id=case_id))
    elif chance.random() < A_WORD:
        world.later(there, partial(_do, let_know, chat=chat, case_id=case_id, sentence="师傅在路上了"))
    else:
        world.later(there, partial(_do, contact, chat=chat, case_id=case_id))
    world.later(done, partial(_do, claim, chat=chat, case_id=case_id, sentence="修好了"))


def _worked(world: World, start: datetime, desk: str, least: float, most: float) -> datetime:
    return worked(start, world.town, desk, world.chance.uniform(least, most))


def _do(verb: object, work: Work, *, chat: int, case_id: int, **how: str) -> None:
    by = speaker(work, bot_id=BOT, chat_id=chat)
    assert callable(verb)
    verb(work, case_id=case_id, by=by, **how)


def _reply(work: Work, *, chat: int, case_id: int, event: Event) -> None:
    by = speaker(work, bot_id=BOT, chat_id=chat)
    assert by is not None
    answer(work, case_id=case_id, by=by, event=event)


def _say(work: Work, *, world: World, chat: int, case_id: int) -> None:
    """Nine of ten say it is solved."""
    by, case = speaker(work, bot_id=BOT, chat_id=chat), work.session.get_one(Case, case_id)
    assert by is not None
    drawn = world.chance.random()
    if drawn < 0.9:
        confirm(work, case_id=case_id, by=by, version=case.version)
    else:
        event = Event.DENY if drawn < 0.97 else Event.PARTLY
        deny(work, case_id=case_id, by=by, version=case.version, event=event)


def _call(work: Work, *, world: World, chat: int, case_id: int) -> None:
    by, case = speaker(work, bot_id=BOT, chat_id=chat), work.session.get_one(Case, case_id)
    assert by is not None
    spoke = world.chance.random() < CALL_ANSWERED
    event = Event.CONFIRM if spoke else Event.NO_ANSWER
    if case.state in (State.SIGNED, State.WORKING, State.ACCEPTED):
        event = Event.SPOKE
    answer_call(work, case_id=case_id, by=by, event=event, version=case.version)
