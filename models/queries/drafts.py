"""What was a case made of, when it has to be a draft again?"""

from dataclasses import dataclass

from models.records import Case
from models.rules.gone import category_of
from models.store import Statement
from models.turn import Work
from models.vault import reveal


@dataclass(frozen=True, slots=True)
class SaidAtFirst:
    """The raiser's own words and files, and the building it was about; for the raiser alone."""

    text: str
    files: tuple[tuple[str, str], ...]
    building: str


_FILES = Statement("SELECT kind, file_id FROM attachment WHERE case_id = :case_id AND bot_id = :bot_id ORDER BY id")


def said_at_first(work: Work, *, case_id: int, person: int) -> SaidAtFirst | None:
    """What the raiser handed in; None to anybody else, for a sealed matter, and where no words are kept."""
    case = work.session.get(Case, case_id)
    if case is None or case.raiser_id != person or category_of(work.town, case.category).sealed:
        return None
    text = reveal(work.session, work.keys, owner="case", owner_id=case_id, field="words")
    if not text:
        return None
    files = tuple((row.kind, row.file_id) for row in _FILES.all(work.session, case_id=case_id, bot_id=case.bot_id))
    return SaidAtFirst(text, files, case.building)
