"""Who is speaking, and who can be told?"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from models.rules.access import Actor, Held
from models.rules.policy import Role
from models.store import Statement
from models.turn import Work
from models.vault import reveal


@dataclass(frozen=True, slots=True)
class Speaker:
    """A person at one chat. `home`: the building bound by its stairwell's link, or None.

    `given_up`: the last notice to this chat found nobody; who speaks again can be reached again.
    `shift`: who sits at this chat's desk, since when. `away_until`: on leave (休假), and nothing rings until then.
    """

    person: int
    lang: str
    home: str | None
    consent: str | None
    held: tuple[Held, ...]
    given_up: bool = False
    behind: bool = False  # another chat of theirs is tried before this one
    shift: int | None = None
    shift_since: datetime | None = None
    away_until: datetime | None = None

    @property
    def actor(self) -> Actor:
        return Actor(person=self.person, held=self.held, shift=self.shift)

    @property
    def staff(self) -> bool:
        """Whether this person holds any office: their free words are answers, not complaints."""
        return bool(self.held)

    def moved_to(self, building: str) -> "Speaker":
        """The same person as they will be once the stairwell's link is taken."""
        return replace(self, home=building)


def stranger_at(building: str, lang: str) -> Speaker:
    """Somebody who is about to be met through the stairwell's link of a building."""
    return Speaker(person=0, lang=lang, home=building, consent=None, held=())


@dataclass(frozen=True, slots=True)
class Way:
    """One chat in which a person can be told something now."""

    person: int
    bot_id: int
    chat_id: int
    lang: str


_SPEAKER = Statement("""
    SELECT p.id, p.lang, p.consent_version, h.building, r.blocked_at, s.id AS shift, s.since_at,
        (SELECT max(l.ended_at) FROM leave l WHERE l.person_id = p.id AND l.since_at <= :now AND l.ended_at > :now)
            AS away_until,
        EXISTS (SELECT 1 FROM reach e WHERE e.person_id = r.person_id AND (e.rank, e.id) < (r.rank, r.id)) AS behind
    FROM reach r JOIN person p ON p.id = r.person_id
    LEFT JOIN home h ON h.person_id = p.id AND h.ended_at IS NULL
    LEFT JOIN shift s ON s.bot_id = r.bot_id AND s.chat_id = r.chat_id AND s.ended_at IS NULL
    WHERE r.bot_id = :bot_id AND r.chat_id = :chat_id
""")
_HELD = Statement("""
    SELECT role, place, since_at, ended_at FROM office
    WHERE person_id = :person AND since_at <= :now AND (ended_at IS NULL OR ended_at > :now) ORDER BY id
""")
_WAYS_OF_PERSON = Statement("""
    SELECT r.person_id, r.bot_id, r.chat_id, p.lang
    FROM reach r JOIN person p ON p.id = r.person_id
    WHERE r.person_id = :person AND r.blocked_at IS NULL ORDER BY r.rank, r.id LIMIT 1
""")
_WAYS_OF_PLACE = Statement("""
    SELECT o.person_id, r.bot_id, r.chat_id, p.lang
    FROM office o JOIN person p ON p.id = o.person_id JOIN reach r ON r.person_id = p.id
    WHERE o.place = :place AND o.since_at <= :at AND (o.ended_at IS NULL OR o.ended_at > :at) AND r.blocked_at IS NULL
        AND NOT EXISTS (
            SELECT 1 FROM leave l WHERE l.person_id = o.person_id AND l.since_at <= :at AND l.ended_at > :at)
    ORDER BY o.id, r.rank, r.id
""")


def speaker(work: Work, *, bot_id: int, chat_id: int) -> Speaker | None:
    """The person behind a private chat, with every office held now; None for somebody never met."""
    row = _SPEAKER.one(work.session, bot_id=bot_id, chat_id=chat_id, now=work.now)
    if row is None:
        return None
    return Speaker(
        person=row.id,
        lang=row.lang,
        home=row.building,
        consent=row.consent_version,
        held=held_by(work, row.id),
        given_up=row.blocked_at is not None,
        behind=bool(row.behind),
        shift=row.shift,
        shift_since=row.since_at,
        away_until=row.away_until,
    )


def held_by(work: Work, person: int) -> tuple[Held, ...]:
    """The offices a person holds at this moment, oldest first."""
    rows = _HELD.all(work.session, person=person, now=work.now)
    return tuple(Held(Role(row.role), row.place, row.since_at, row.ended_at) for row in rows)


def way_to(work: Work, person: int) -> Way | None:
    """The first chat of this person that did not refuse the last notice; None: only a telephone call is left."""
    row = _WAYS_OF_PERSON.one(work.session, person=person)
    return None if row is None else Way(*row)


_FIRST = Statement("""
    SELECT person_id FROM office WHERE place = :place AND since_at <= :now AND (ended_at IS NULL OR ended_at > :now)
    ORDER BY id LIMIT 1
""")


def first_at(work: Work, place: str) -> int | None:
    """Who has held an office there longest: a building's head, beside whom the others assist (M04)."""
    row = _FIRST.one(work.session, place=place, now=work.now)
    return None if row is None else int(row.person_id)


_ONCE_AT_A_DESK = Statement("SELECT max(ended_at) AS ended_at FROM office WHERE person_id = :person")


def office_ended_at(work: Work, *, person: int) -> datetime | None:
    """When the last office of somebody who holds none any more ended; None where they never held one."""
    row = _ONCE_AT_A_DESK.one(work.session, person=person)
    return None if row is None else row.ended_at


def ways_to_place(work: Work, place: str, *, but: int | None = None, at: datetime | None = None) -> tuple[Way, ...]:
    """One chat for each person who holds an office at this desk or building; empty: nobody can be reached there.

    Who is on leave is left out. `but`: the raiser of the case it is about, who may not act on it (M28).
    `at`: the moment the telephone rings, when that is not now: whose office has ended or whose leave has begun by then
    would not hear it.
    """
    ways: dict[int, Way] = {}
    for row in _WAYS_OF_PLACE.all(work.session, place=place, at=max(at, work.now) if at else work.now):
        if row.person_id != but:
            ways.setdefault(row.person_id, Way(*row))
    return tuple(ways.values())


_AWAY = Statement(
    "SELECT 1 AS away FROM leave WHERE person_id = :person AND since_at <= :now AND ended_at > :now LIMIT 1"
)


def is_away(work: Work, person: int) -> bool:
    """Whether this person is on leave now: nothing rings for them."""
    return _AWAY.one(work.session, person=person, now=work.now) is not None


_LANG = Statement("SELECT lang FROM person WHERE id = :person")


def language_of(work: Work, person: int) -> str:
    """The language a person is answered in; Chinese for somebody unknown."""
    row = _LANG.one(work.session, person=person)
    return "zh" if row is None else str(row.lang)


_HOME = Statement("SELECT building FROM home WHERE person_id = :person AND ended_at IS NULL")


def home_of(work: Work, person: int) -> str | None:
    """The building a person lives in; None where nobody knows."""
    row = _HOME.one(work.session, person=person)
    return None if row is None else str(row.building)


_LINK = Statement("""
    SELECT place FROM invitation
    WHERE token_hash = :token_hash AND role = 'resident' AND (expires_at IS NULL OR expires_at > :now)
""")


def link_to_home(work: Work, *, token: str) -> str | None:
    """The building a stairwell's link stands for; None for every other link."""
    row = _LINK.one(work.session, token_hash=token_hash(token), now=work.now)
    return None if row is None else str(row.place)


def token_hash(token: str) -> str:
    """What is kept of a token. Unsalted: 192 random bits cannot be guessed from their hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def phone_of(work: Work, person: int) -> str | None:
    """The telephone number this person left for when messages do not arrive; None where there is none."""
    return reveal(work.session, work.keys, owner="person", owner_id=person, field="phone")


def has_number(work: Work, *, bot_id: int, chat_id: int) -> bool:
    """Whether the person behind this chat left a telephone number."""
    known = speaker(work, bot_id=bot_id, chat_id=chat_id)
    return known is not None and phone_of(work, known.person) is not None
