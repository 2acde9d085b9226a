"""Which case carries this number: ours, or another office's?"""

import re

from models.queries.reading import reader_of
from models.rules.lifecycle import Reader
from models.store import Statement
from models.turn import Work

_NUMBERS = re.compile(r"[#\s]*([0-9A-Za-z][0-9A-Za-z-]*(?: [0-9A-Za-z-]+)*)\s*号?")
_OURS_MOST = 9  # digits; longer than any number of ours will be

_EXTERNAL = Statement('SELECT id FROM "case" WHERE external_number = :number ORDER BY id DESC LIMIT 1')


def numbers_only(text: str) -> str | None:
    """The number, of digits and letters, if these words are nothing else; the longest where there are several."""
    found = _NUMBERS.fullmatch(text.strip()[:80])
    if found is None or not any(character.isdigit() for character in found[1]):
        return None
    return max(found[1].split(), key=len).upper()


def find_case(work: Work, *, number: str, person: int) -> int | None:
    """The case of that number which this person may read by an office they hold; None for every other number."""
    ours = int(number) if number.isascii() and number.isdigit() and len(number) <= _OURS_MOST else 0
    theirs = _EXTERNAL.one(work.session, number=number)
    for case_id in (theirs.id if theirs else 0, ours):
        if case_id and reader_of(work, case_id, person) not in (None, Reader.RAISER, Reader.FAMILY):
            return int(case_id)
    return None
