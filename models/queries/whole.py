"""What did the resident write beyond what a card has room for? Every word, with numbers, rooms and names hidden."""

from dataclasses import dataclass

from models.queries.people import Speaker
from models.queries.reading import reader_of
from models.records import Case
from models.rules.lifecycle import Reader
from models.rules.refusals import NotYours, Refused
from models.store import Statement
from models.turn import Work
from models.understanding import SEEN_MOST
from models.understanding.masking import masked
from models.understanding.reading import clean, shortened
from models.vault import reveal

READERS = frozenset({Reader.DESK, Reader.HELPING, Reader.DECIDER, Reader.CALLER, Reader.ABOVE})
"""Those whose card shows the words."""

_ADDED = Statement("""
    SELECT seq FROM case_event WHERE case_id = :case_id AND event IN ('add', 'reply') ORDER BY seq
""")


@dataclass(frozen=True, slots=True)
class Whole:
    """The letter, "" where its reader may not read the very words, and what was added to it, the oldest first."""

    number: str
    letter: str
    added: tuple[str, ...]


def whole_letter(work: Work, *, case_id: int, by: Speaker) -> Whole:
    """All that was said of the case, as far as cards show it in the resident's own words (users.md rule 1).

    Where a card reads a rewrite, so does this. Refuses `NotYours` to whoever may not read the card.
    """
    case = work.session.get(Case, case_id)
    if case is None or reader_of(work, case_id, by.person) not in READERS:
        raise Refused(NotYours())

    def words(field: str) -> str:
        return reveal(work.session, work.keys, owner="case", owner_id=case_id, field=field) or ""

    def unfolded(seen: str, own: str) -> str:
        whole = masked(clean(own))
        return whole if shortened(whole, SEEN_MOST) == seen else seen

    letter = "" if case.plain else unfolded(words("seen"), words("words"))
    seqs = [row.seq for row in _ADDED.all(work.session, case_id=case_id)]
    parts = (unfolded(words(f"added.{seq}"), words(f"said.{seq}")) for seq in seqs)
    return Whole(case.number, letter, tuple(part for part in parts if part))
