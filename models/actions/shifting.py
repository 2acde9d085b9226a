"""Who sits at the desk's telephone? One account, several clerks: the name goes on record, sealed, with what they do.

Authority is the person's who enrolled, work is the desk's (users.md rule 4); a shift decides nothing.
"""

from sqlmodel import select

from models.records import Shift
from models.rules.presence import day_began
from models.rules.refusals import NothingSaid, Refused
from models.turn import Work
from models.understanding.reading import clean
from models.vault import keep, reveal

NAME_MOST = 20
"""Characters of a name that are kept."""


def begin_shift(work: Work, *, bot_id: int, chat_id: int, desk: str, name: str | None = None) -> int:
    """A new shift runs at this chat, and the one before has ended; its id. `name` None: not said yet."""
    end_shift(work, bot_id=bot_id, chat_id=chat_id)
    shift = Shift(bot_id=bot_id, chat_id=chat_id, desk=desk, since_at=work.now)
    work.session.add(shift)
    work.session.flush()
    assert shift.id is not None
    if name is not None:
        _name(work, shift.id, name)
    return shift.id


def sit_down(work: Work, *, bot_id: int, chat_id: int, desk: str, name: str) -> int:
    """`name` sits there: in the shift that runs without a name, else in a new one. Refuses `NothingSaid`."""
    running = _running(work, bot_id, chat_id)
    if running is None or running.id is None or running.desk != desk:
        return begin_shift(work, bot_id=bot_id, chat_id=chat_id, desk=desk, name=name)
    known = reveal(work.session, work.keys, owner="shift", owner_id=running.id, field="name")
    if known is None:
        _name(work, running.id, name)
    elif known != one_name(name):
        return begin_shift(work, bot_id=bot_id, chat_id=chat_id, desk=desk, name=name)
    return running.id


def sit_today(work: Work, *, bot_id: int, chat_id: int, desk: str, name: str) -> None:
    """`name` sits there since today: nobody is asked who they are before another day begins."""
    running = _running(work, bot_id, chat_id)
    if running is None or running.since_at < day_began(work.now, work.town.calendar, work.town.desks[desk].hours):
        begin_shift(work, bot_id=bot_id, chat_id=chat_id, desk=desk, name=name)


def end_shift(work: Work, *, bot_id: int, chat_id: int) -> bool:
    """Nobody in particular sits there any more; False where nobody did."""
    running = _running(work, bot_id, chat_id)
    if running is None:
        return False
    running.ended_at = work.now
    work.session.flush()  # the old one ends before the new one begins: one shift a telephone
    return True


def one_name(said: str) -> str:
    """What of these words is a name; refuses `NothingSaid` where there is none."""
    name = " ".join(clean(said).split())[:NAME_MOST]
    if not any(character.isalpha() for character in name):
        raise Refused(NothingSaid())
    return name


def _running(work: Work, bot_id: int, chat_id: int) -> Shift | None:
    return work.session.exec(
        select(Shift).where(Shift.bot_id == bot_id, Shift.chat_id == chat_id, Shift.ended_at == None)  # noqa: E711
    ).one_or_none()


def _name(work: Work, shift: int, name: str) -> None:
    keep(work.session, work.keys, owner="shift", owner_id=shift, field="name", text=one_name(name), now=work.now)
