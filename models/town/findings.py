"""What is wrong with a town's folder? Every finding names the file, the row a person sees in Excel, and one reason."""

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What can be wrong; the value is the sentence, `what` and `wanted` are filled in."""

    MISSING_FILE = "the file is missing"
    EMPTY_FILE = "the file is empty"
    NO_ROWS = "the table has a header and no rows"
    NOT_UTF8 = "the file is not UTF-8: save it as «CSV UTF-8»"
    BAD_YAML = "not YAML: %(what)s"
    BAD_CSV = "not a table: %(what)s"
    NOT_A_LIST = "must be a list of entries"
    NOT_A_MAPPING = "must be names and values"
    TOO_MANY_CELLS = "has %(what)s cells, the header names %(wanted)s"
    UNKNOWN_COLUMN = "unknown column «%(what)s»"
    MISSING_COLUMN = "column «%(what)s» is missing"
    DOUBLE_COLUMN = "column «%(what)s» stands twice"
    MISSING_VALUE = "«%(what)s» must not be empty"
    BAD_VALUE = "«%(what)s» must be %(wanted)s"
    DUPLICATE = "«%(what)s» stands twice, first in row %(wanted)s"
    UNKNOWN = "«%(what)s» is not in %(wanted)s"
    WRONG_DESK = "desk «%(what)s» is no %(wanted)s desk"
    NO_DESK = "no desk answers for «%(what)s»: its community has none"
    NO_RUNG = "the ladder has no rung that %(wanted)s for %(what)s"
    NO_PROMISE = "nothing is promised for %(what)s"
    ENDS_BEFORE = "ends on %(what)s, before it begins on %(wanted)s"
    OVERLAPS = "«%(what)s» begins before «%(wanted)s» has ended"
    NO_UNCLASSIFIED = "category «%(what)s» is missing: what nobody understands goes there"


@dataclass(frozen=True, slots=True)
class TownError:
    """One finding. `row` is counted as Excel (or an editor, for YAML) counts it; 0 is the file as a whole."""

    file: str
    row: int
    fault: Fault
    what: str = ""
    wanted: str = ""

    @property
    def reason(self) -> str:
        """The finding as one English sentence; `handlers.words` may word `fault` in another language."""
        return self.fault.value % {"what": self.what, "wanted": self.wanted}

    def __str__(self) -> str:
        place = f"{self.file}:{self.row}" if self.row else self.file
        return f"{place}: {self.reason}"


class TownErrors(Exception):
    """The folder was not loaded; `errors` holds every finding, not only the first, in the order of the files."""

    def __init__(self, errors: tuple[TownError, ...]) -> None:
        super().__init__("\n".join(str(error) for error in errors))
        self.errors = errors
