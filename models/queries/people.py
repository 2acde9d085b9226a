"""Who is speaking, and who can be told?"""

import hashlib
from dataclasses import dataclass, replace

from models.rules.access import Actor, Held
from models.rules.policy import Role
from models.store import Statement
from models.turn import Work


@dataclass(frozen=True, slots=True)
class Speaker:
    """A person at one chat. `home`: the building bound by its stairwell's link, or None.

    `given_up`: the last notice to this chat found nobody; who speaks again can be reached again.
    """

    person: int
    lang: str
    home: str | None
    consent: str | None
    held: tuple[Held, ...]
    given_up: bool = False

    @property
    def actor(self) -> Actor:
        return Actor(person=self.person, held=self.held)

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
    SELECT p.id, p.lang, p.consent_version, h.building, r.blocked_at
    FROM reach r JOIN person p ON p.id = r.person_id
    LEFT JOIN home h ON h.person_id = p.id AND h.ended_at IS NULL
    WHERE r.bot_id = :bot_id AND r.chat_id = :chat_id
""")
_HELD = Statement("SELECT role, place FROM office WHERE person_id = :person AND ended_at IS NULL ORDER BY id")
_WAYS_OF_PERSON = Statement("""
    SELECT r.person_id, r.bot_id, r.chat_id, p.lang
    FROM reach r JOIN person p ON p.id = r.person_id
    WHERE r.person_id = :person AND r.blocked_at IS NULL ORDER BY r.id LIMIT 1
""")
_WAYS_OF_PLACE = Statement("""
    SELECT o.person_id, r.bot_id, r.chat_id, p.lang
    FROM office o JOIN person p ON p.id = o.person_id JOIN reach r ON r.person_id = p.id
    WHERE o.place = :place AND o.ended_at IS NULL AND r.blocked_at IS NULL
    ORDER BY o.person_id, r.id
""")


def speaker(work: Work, *, bot_id: int, chat_id: int) -> Speaker | None:
    """The person behind a private chat, with every office held now; None for somebody never met."""
    row = _SPEAKER.one(work.session, bot_id=bot_id, chat_id=chat_id)
    if row is None:
        return None
    return Speaker(
        person=row.id,
        lang=row.lang,
        home=row.building,
        consent=row.consent_version,
        held=held_by(work, row.id),
        given_up=row.blocked_at is not None,
    )


def held_by(work: Work, person: int) -> tuple[Held, ...]:
    """The offices a person holds at this moment, oldest first."""
    return tuple(Held(Role(row.role), row.place) for row in _HELD.all(work.session, person=person))


def way_to(work: Work, person: int) -> Way | None:
    """The first chat of this person that did not refuse the last notice; None: only a telephone call is left."""
    row = _WAYS_OF_PERSON.one(work.session, person=person)
    return None if row is None else Way(*row)


def ways_to_place(work: Work, place: str, *, but: int | None = None) -> tuple[Way, ...]:
    """One chat for each person who holds an office at this desk or building; empty: nobody can be reached there.

    `but`: the raiser of the case it is about, who may not act on it (M28).
    """
    ways: dict[int, Way] = {}
    for row in _WAYS_OF_PLACE.all(work.session, place=place):
        if row.person_id != but:
            ways.setdefault(row.person_id, Way(*row))
    return tuple(ways.values())


_LANG = Statement("SELECT lang FROM person WHERE id = :person")


def language_of(work: Work, person: int) -> str:
    """The language a person is answered in; Chinese for somebody unknown."""
    row = _LANG.one(work.session, person=person)
    return "zh" if row is None else str(row.lang)


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
