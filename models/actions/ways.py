"""How does a person get a second way to be reached? By a link made in the first, taken once in another chat.

Whoever takes it is that person from then on, so it lives an hour and works once. A chat in which somebody else already
lives, works or has a case stays theirs.
"""

import secrets
from datetime import timedelta

from models.queries.people import token_hash
from models.records import Invitation
from models.rules.refusals import ChatTaken, Refused
from models.store import Statement
from models.turn import Work

WAY = "way"
"""What such an invitation says in place of a role; its place is `person:ID`."""

LINK_LIVES = timedelta(hours=1)
"""The other telephone or the other program is at hand, or it is asked for again."""

TOKEN_BYTES = 24  # 192 bits, as of every other link

_KNOWN = Statement("SELECT person_id FROM reach WHERE bot_id = :bot_id AND chat_id = :chat_id")
_ROOTED = Statement("""
    SELECT 1 AS rooted WHERE EXISTS (SELECT 1 FROM home WHERE person_id = :person)
        OR EXISTS (SELECT 1 FROM office WHERE person_id = :person)
        OR EXISTS (SELECT 1 FROM "case" WHERE raiser_id = :person)
""")
_REBIND = Statement("""
    UPDATE reach SET person_id = :person, rank = 0, blocked_at = NULL WHERE bot_id = :bot_id AND chat_id = :chat_id
""")
_BIND = Statement("""
    INSERT INTO reach (person_id, bot_id, chat_id, rank) VALUES (:person, :bot_id, :chat_id, 0)
""")
_BOTS = Statement("SELECT id, username FROM bot ORDER BY id")


def offer_way(work: Work, *, person: int) -> str:
    """The token of a link that makes another chat this person's too; only its hash is kept."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    work.session.add(
        Invitation(
            token_hash=token_hash(token),
            role=WAY,
            place=f"person:{person}",
            made_at=work.now,
            expires_at=work.now + LINK_LIVES,
            uses_left=1,
        )
    )
    return token


def take_way(work: Work, *, place: str, bot_id: int, chat_id: int) -> int:
    """The chat is one of the person's from now on; returns the person. Refuses `ChatTaken` where it is another's."""
    person = int(place.removeprefix("person:"))
    chat = {"bot_id": bot_id, "chat_id": chat_id}
    known = _KNOWN.one(work.session, **chat)
    if known is None:
        _BIND.run(work.session, person=person, **chat)
    elif known.person_id != person:
        if _ROOTED.one(work.session, person=known.person_id) is not None:
            raise Refused(ChatTaken())
        _REBIND.run(work.session, person=person, **chat)
    return person


def doors(work: Work) -> dict[int, str]:
    """Every bot of this house by its name: through each of them a person can be reached."""
    return {int(row.id): str(row.username) for row in _BOTS.all(work.session) if row.username}
