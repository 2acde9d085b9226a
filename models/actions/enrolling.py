"""How does somebody become known? By a link made here: a stairwell's for residents, a single-use one for staff."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import col, or_, select

from models.actions.locating import locate
from models.actions.ways import WAY, take_way
from models.queries.people import token_hash
from models.records import Home, Invitation, Office, Person, Reach
from models.rules.policy import Desk, Role
from models.rules.refusals import LinkUnknown, Refused
from models.store import Statement
from models.turn import Work

INVITATION_LIVES = timedelta(days=30)
"""How long a printed invitation card may wait in a drawer before it must be printed anew."""

TOKEN_BYTES = 24
"""192 bits, 32 characters: over the 128 of I13, under Telegram's 64 characters for a deep link."""


@dataclass(frozen=True, slots=True)
class Joined:
    """What a link did: `role` at `place` belongs to `person` from now on, up to `ends_at` where they are a deputy."""

    person: int
    role: Role
    place: str
    ends_at: datetime | None = None
    way: bool = False  # it is only the chat that belongs to them, and nothing else


def invite(work: Work, *, role: Role, place: str, ends_at: datetime | None = None) -> str:
    """The token of a new deep link, of which only the hash is kept; KeyError where no such office is at `place`.

    A resident's is for the whole stairwell and stays valid; an office's works once, for 30 days. `ends_at`: a
    deputy's, whose office and link both end at that minute.
    """
    resident = role is Role.RESIDENT
    if resident or role is Role.HEAD:
        exists = place in work.town.buildings
    else:
        exists = place in work.town.desks and work.town.desks[place].kind == role.value
    if not exists:
        raise KeyError(place)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    work.session.add(
        Invitation(
            token_hash=token_hash(token),
            role=role,
            place=place,
            made_at=work.now,
            expires_at=None
            if resident
            else min(work.now + INVITATION_LIVES, ends_at or datetime.max.replace(tzinfo=UTC)),
            uses_left=None if resident else 1,
            office_ends_at=ends_at,
        )
    )
    return token


_MEET = Statement("""
    INSERT INTO person (lang, met_at) VALUES (:lang, :now) RETURNING id
""")
_KNOWN = Statement("SELECT person_id FROM reach WHERE bot_id = :bot_id AND chat_id = :chat_id")
_UNBLOCK = Statement("""
    UPDATE reach SET blocked_at = NULL
    WHERE bot_id = :bot_id AND chat_id = :chat_id AND blocked_at IS NOT NULL
""")
_FOREMOST = Statement("""
    UPDATE reach SET rank = (SELECT min(e.rank) FROM reach e WHERE e.person_id = reach.person_id) - 1
    WHERE bot_id = :bot_id AND chat_id = :chat_id AND EXISTS (
        SELECT 1 FROM reach e WHERE e.person_id = reach.person_id AND (e.rank, e.id) < (reach.rank, reach.id))
""")


def meet(work: Work, *, bot_id: int, chat_id: int, lang: str) -> int:
    """The person behind a private chat: met now, or known before. Who speaks can be reached again."""
    known = _KNOWN.one(work.session, bot_id=bot_id, chat_id=chat_id)
    if known is not None:
        _UNBLOCK.run(work.session, bot_id=bot_id, chat_id=chat_id)
        return int(known.person_id)
    met = _MEET.one(work.session, lang=lang, now=work.now)
    assert met is not None
    work.session.add(Reach(person_id=met.id, bot_id=bot_id, chat_id=chat_id))
    work.session.flush()
    return int(met.id)


def reachable_again(work: Work, *, bot_id: int, chat_id: int) -> None:
    """A person unblocked the bot, or speaks from here again: notices go to this chat first."""
    _UNBLOCK.run(work.session, bot_id=bot_id, chat_id=chat_id)
    _FOREMOST.run(work.session, bot_id=bot_id, chat_id=chat_id)


def join(work: Work, *, token: str, bot_id: int, chat_id: int, lang: str) -> Joined:
    """The link's holder lives there or holds the office; refuses `LinkUnknown` alike for wrong, used and expired.

    A link to a second way may refuse `ChatTaken` besides.
    """
    link = work.session.exec(
        select(Invitation).where(Invitation.token_hash == token_hash(token)).with_for_update()
    ).one_or_none()
    if link is None or link.uses_left == 0 or (link.expires_at is not None and link.expires_at <= work.now):
        raise Refused(LinkUnknown())
    if link.uses_left is not None:
        link.uses_left -= 1
    if link.role == WAY:
        return Joined(take_way(work, place=link.place, bot_id=bot_id, chat_id=chat_id), Role.RESIDENT, "", way=True)
    person = meet(work, bot_id=bot_id, chat_id=chat_id, lang=lang)
    role = Role(link.role)
    if role is Role.RESIDENT:
        _live_at(work, person, link.place)
    else:
        _hold(work, person, role, link.place, link.office_ends_at)
    return Joined(person, role, link.place, link.office_ends_at)


def consent(work: Work, *, bot_id: int, chat_id: int, lang: str) -> int:
    """The person has read the consent card of the version in force, in `lang`, and is answered in it; the person."""
    person = work.session.get_one(Person, meet(work, bot_id=bot_id, chat_id=chat_id, lang=lang))
    person.consent_version, person.consented_at, person.lang = work.town.consent_version, work.now, lang
    assert person.id is not None
    return person.id


_SPEAK = Statement("""
    UPDATE person SET lang = :lang
    WHERE id = (SELECT person_id FROM reach WHERE bot_id = :bot_id AND chat_id = :chat_id)
""")


def speak(work: Work, *, bot_id: int, chat_id: int, lang: str) -> None:
    """From now on this person is told everything in `lang`; nothing is kept of somebody never met."""
    _SPEAK.run(work.session, bot_id=bot_id, chat_id=chat_id, lang=lang)


def live_at(work: Work, *, building: str, bot_id: int, chat_id: int, lang: str) -> Desk | None:
    """The person behind this chat lives in the building, as they said themselves; KeyError where there is none.

    The desk that has what they cried for before anybody knew where; None where nothing waited for it.
    """
    return _live_at(work, meet(work, bot_id=bot_id, chat_id=chat_id, lang=lang), work.town.buildings[building].code)


def _live_at(work: Work, person: int, building: str) -> Desk | None:
    home = work.session.exec(select(Home).where(Home.person_id == person, Home.ended_at == None)).one_or_none()  # noqa: E711
    if home is not None:
        if home.building == building:
            return locate(work, person=person, building=building)
        home.ended_at = work.now
        work.session.flush()  # the old home ends before the new one begins: one home a person
    work.session.add(Home(person_id=person, building=building, bound_at=work.now))
    work.session.flush()
    return locate(work, person=person, building=building)


def _hold(work: Work, person: int, role: Role, place: str, ends_at: datetime | None) -> None:
    """The office is theirs, at least up to `ends_at`; None: for good. A second link never shortens it."""
    held = work.session.exec(
        select(Office).where(
            Office.person_id == person,
            Office.role == role,
            Office.place == place,
            or_(col(Office.ended_at).is_(None), col(Office.ended_at) > work.now),
        )
    ).first()
    if held is None:
        work.session.add(Office(person_id=person, role=role, place=place, since_at=work.now, ended_at=ends_at))
    elif held.ended_at is not None:
        held.ended_at = max(held.ended_at, ends_at) if ends_at else None
