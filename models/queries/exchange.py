"""What has gone back and forth between the resident and the desk, and which card or question is it about?"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.queries.doing import said_by
from models.records import Case, Channel
from models.rules.gone import category_of
from models.rules.lifecycle import HELD, Event, State
from models.rules.policy import UNCLASSIFIED, Desk
from models.store import Row, Statement
from models.turn import Work
from models.vault import reveal

EARLIER_MOST = 6
"""Additions to an emergency that its card shows beside the newest one."""


@dataclass(frozen=True, slots=True)
class Added:
    """What the resident said last, as receivers may read it; `seen` "": only that something was said."""

    seen: str
    files: int  # pictures and papers that came with it
    answers: bool  # it answers the desk's question
    danger: bool  # it told of danger
    nobody: bool  # that nobody is there, though a desk said so
    hidden: bool  # receivers read a rewrite only, and see no pictures


@dataclass(frozen=True, slots=True)
class Heard:
    """What a listener wrote down of a voice. `agreed` None: the resident has not said yet whether that was it."""

    line: str
    agreed: bool | None
    version: int  # of the case when it was written down
    until: datetime  # so long the community waits for the resident's yes


@dataclass(frozen=True, slots=True)
class Exchange:
    """Each newest piece; None where nothing of the kind was said."""

    question: str | None = None
    asker: Desk | None = None  # which desk put it
    unanswered: bool = False  # the question waits
    added: Added | None = None
    earlier: tuple[str, ...] = ()  # what was added before that, as receivers may read it, the oldest first
    answer: str = ""  # to the question, as the desk may read it
    heard: Heard | None = None


NOTHING = Exchange()

_TALK = Statement("""
    SELECT seq, event, facts FROM case_event
    WHERE case_id = :case_id AND event IN ('add', 'reply', 'ask', 'hear', 'agree', 'disagree', 'sort')
    ORDER BY seq
""")


def exchange(work: Work, case_id: int, *, urgent: bool = False, own: bool = False) -> Exchange:
    """What was said last by each side. `urgent`: and what was added before, for in an emergency every word counts.

    `own`: in the resident's own words, nothing hidden; only for whoever is to go to somebody in despair.
    """
    kept = "said" if own else "added"
    rows = _TALK.all(work.session, case_id=case_id)
    last = {Event(row.event): row for row in rows}
    if not last:
        return NOTHING

    def sealed(field: str) -> str:
        return reveal(work.session, work.keys, owner="case", owner_id=case_id, field=field) or ""

    def words(field: str, event: Event) -> str:
        return sealed(f"{field}.{last[event].seq}")

    def earlier() -> tuple[str, ...]:
        before = [row.seq for row in rows if row.event == Event.ADD and row.seq != last[said].seq]
        found = (sealed(f"{kept}.{seq}") for seq in before[-EARLIER_MOST:])
        return tuple(text for text in found if text)

    def seq(event: Event) -> int:
        return last[event].seq if event in last else 0

    said = max((Event.ADD, Event.REPLY), key=seq)
    added = heard = None
    if said in last:
        facts = json.loads(last[said].facts)
        added = Added(
            words(kept, said),
            facts.get("files", 0),
            answers=said is Event.REPLY,
            danger=facts.get("danger", False),
            nobody=facts.get("nobody", False),
            hidden=facts.get("plain", False),
        )
    if seq(Event.HEAR) > seq(Event.SORT):  # whoever names the matter asks no more what was heard
        answer = max((Event.HEAR, Event.AGREE, Event.DISAGREE), key=seq)
        agreed = None if answer is Event.HEAR else answer is Event.AGREE
        until = datetime.fromisoformat(json.loads(last[Event.HEAR].facts)["until"])
        heard = Heard(words("heard", Event.HEAR), agreed, seq(Event.HEAR), until)
    return Exchange(
        question=words("question", Event.ASK) if Event.ASK in last else None,
        asker=said_by(work, last[Event.ASK].facts) if Event.ASK in last else None,
        unanswered=seq(Event.ASK) > seq(Event.REPLY),
        added=added,
        earlier=earlier() if urgent and said in last else (),
        answer=words(kept, Event.REPLY) if Event.REPLY in last else "",
        heard=heard,
    )


@dataclass(frozen=True, slots=True)
class Open:
    """An open case of the speaker's. `held`: a desk has it in hand; else the resident is asked whether it is solved."""

    id: int
    number: str
    category: str
    held: bool
    sealed: bool
    unanswered: bool  # the desk's question waits
    listens: bool  # it is a voice, and whoever has it listens to voices


_CARD = Statement("""
    SELECT k.case_id FROM card k JOIN "case" c ON c.id = k.case_id
    WHERE k.bot_id = :bot_id AND k.chat_id = :chat_id AND k.message_id = :message_id AND c.raiser_id = :person
        AND c.closed_at IS NULL AND c.state <> 'withdrawn'
""")
_ASKED = Statement("""
    SELECT c.id FROM "case" c
    WHERE c.raiser_id = :person AND c.asked AND c.state IN ('accepted', 'signed', 'working', 'reopened')
        AND (SELECT max(seq) FROM case_event e WHERE e.case_id = c.id AND e.event = 'ask')
            > coalesce((SELECT max(seq) FROM case_event e WHERE e.case_id = c.id AND e.event = 'reply'), 0)
    ORDER BY c.id LIMIT 2
""")
_CLAIMED = Statement("""SELECT id FROM "case" WHERE raiser_id = :person AND state = 'claimed' ORDER BY id LIMIT 2""")
_DESK_WROTE = Statement("""
    SELECT field FROM secret
    WHERE owner = 'case' AND owner_id = :case_id
        AND (field LIKE 'word.%' OR field LIKE 'safe.%' OR field LIKE 'added.%') ORDER BY id
""")
_RECENT = Statement("""
    SELECT count(*) AS many FROM case_event
    WHERE case_id = :case_id AND event IN ('add', 'reply') AND happened_at > :since
""")
_LAST_ALBUM = Statement("""
    SELECT facts FROM case_event WHERE case_id = :case_id AND event IN ('add', 'reply') ORDER BY seq DESC LIMIT 1
""")


def case_of_card(work: Work, *, bot_id: int, chat_id: int, message_id: int, person: int) -> int | None:
    """The person's own open case that this message of ours shows; None for any other message."""
    row = _CARD.one(work.session, bot_id=bot_id, chat_id=chat_id, message_id=message_id, person=person)
    return None if row is None else int(row.case_id)


def asked_of(work: Work, *, person: int) -> tuple[int | None, int | None]:
    """The one case in which a desk waits for this person's answer, and the one of which they are asked whether it is
    solved; None for none or several.
    """
    answers, questions = _ASKED.all(work.session, person=person), _CLAIMED.all(work.session, person=person)
    return _only(answers), _only(questions)


_TOLD = Statement("""
    SELECT c.id FROM "case" c JOIN notice n ON n.case_id = c.id AND n.person_id = :person
    WHERE c.raiser_id = :person AND c.state IN ('accepted', 'signed', 'working', 'reopened')
        AND (n.telling = 'word' OR n.telling = 'changed' AND c.safe_at IS NOT NULL)
        AND n.reader = 'raiser' AND n.edits IS NULL AND n.state = 'sent' AND n.sent_at > :since
    ORDER BY n.sent_at DESC, n.id DESC LIMIT 1
""")
ANSWERED_WITHIN = timedelta(days=1)
"""So long after a desk let somebody know something, their few words are taken to answer it."""


def told_lately(work: Work, *, person: int) -> int | None:
    """The case of which a desk has let this person know something last, also that it is safe, within a day; or None."""
    row = _TOLD.one(work.session, person=person, since=work.now - ANSWERED_WITHIN)
    return None if row is None else int(row.id)


def _only(rows: list[Row]) -> int | None:
    return int(rows[0].id) if len(rows) == 1 else None


def open_case(work: Work, case_id: int) -> Open | None:
    """The case while it is open; None for any other."""
    case = work.session.get(Case, case_id)
    if case is None or not State(case.state).open:
        return None
    sealed = category_of(work.town, case.category).sealed
    held, unanswered = State(case.state) in HELD, case.asked and exchange(work, case_id).unanswered
    listens = case.channel == Channel.VOICE and case.category == UNCLASSIFIED
    return Open(case_id, case.number, case.category, held, sealed, held and unanswered, listens)


def desk_wrote_last(work: Work, case_id: int) -> bool:
    """Whether the newest words are the desk's: then it waits for what the resident says to them."""
    rows = _DESK_WROTE.all(work.session, case_id=case_id)
    return bool(rows) and max(rows, key=lambda row: int(row.field.split(".")[1])).field.startswith(("word.", "safe."))


def added_since(work: Work, case_id: int, since: object) -> int:
    """How often the resident has said more since that moment."""
    row = _RECENT.one(work.session, case_id=case_id, since=since)
    return 0 if row is None else int(row.many)


def album_before(work: Work, case_id: int) -> str:
    """The album the newest addition belongs to; "" for none."""
    row = _LAST_ALBUM.one(work.session, case_id=case_id)
    return "" if row is None else str(json.loads(row.facts).get("album") or "")
