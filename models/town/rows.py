"""How does a file of the folder become rows? CSV and YAML alike: named cells, and the row number a person sees."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from models.town.findings import Fault, TownError

# every cell as text: YAML would read a desk called NO as false, and 21:30 as 1290. The C loader is twenty times as fast
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(slots=True)
class Folder:
    """A town's folder while it is read: its files, and every finding so far."""

    path: Path
    errors: list[TownError] = field(default_factory=list)
    read: dict[str, bytes] = field(default_factory=dict)

    def wrong(self, file: str, row: int, fault: Fault, what: object = "", wanted: object = "") -> None:
        """Notes one finding and goes on."""
        self.errors.append(TownError(file, row, fault, str(what), str(wanted)))

    def text(self, file: str) -> str | None:
        """The file's text without Excel's byte order mark; None, and a finding, where there is none."""
        try:
            body = (self.path / file).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            self.wrong(file, 0, Fault.MISSING_FILE)
            return None
        self.read[file] = body
        try:
            text = body.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.wrong(file, 0, Fault.NOT_UTF8)
            return None
        if not text.strip():
            self.wrong(file, 0, Fault.EMPTY_FILE)
            return None
        return text


@dataclass(slots=True)
class Row:
    """One entry: its cells by name, where it stands, and where to complain."""

    folder: Folder
    file: str
    number: int
    cells: dict[str, Any]
    lines: dict[str, int] = field(default_factory=dict)  # of a YAML mapping that is a whole file

    def wrong(self, fault: Fault, what: object = "", wanted: object = "", *, at: str = "") -> None:
        """Notes a finding about this row."""
        self.folder.wrong(self.file, self.lines.get(at, self.number), fault, what, wanted)

    def maybe(self, name: str) -> str:
        """The cell as text without the blanks around it, or the empty string."""
        cell = self.cells.get(name)
        return "" if cell is None else str(cell).strip()

    def word(self, name: str) -> str:
        """The cell as text; a finding where it is empty."""
        text = self.maybe(name)
        if not text and name in self.cells:
            self.wrong(Fault.MISSING_VALUE, name, at=name)
        return text

    def words(self, name: str) -> tuple[str, ...]:
        """A YAML list of words, or a CSV cell of words with 、 or ; between them."""
        cell = self.cells.get(name)
        if cell is None or isinstance(cell, str):
            parts = (cell or "").replace("、", ";").replace("；", ";").split(";")
        elif isinstance(cell, list):
            parts = [str(part) for part in cell]
        else:
            self.wrong(Fault.BAD_VALUE, name, "a list of words", at=name)
            return ()
        return tuple(part.strip() for part in parts if part.strip())


def table(
    folder: Folder, file: str, required: tuple[str, ...], optional: tuple[str, ...] = (), *, bare: bool = False
) -> list[Row]:
    """The rows of a CSV file with these columns; blank rows are passed over, none at all is a finding unless `bare`."""
    text = folder.text(file)
    if text is None:
        return []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[tuple[int, list[str]]] = []
    number = 0
    try:
        for number, cells in enumerate(reader, 1):  # counts blank rows, and a cell of several lines once, as Excel does
            if any(cell.strip() for cell in cells):
                records.append((number, cells))
    except csv.Error as error:
        folder.wrong(file, number + 1, Fault.BAD_CSV, error)
        return []
    at, header = records[0][0], [cell.strip() for cell in records[0][1]]
    while header and not header[-1]:
        header.pop()
    if not _named(folder, file, at, header, required, optional):
        return []
    if len(records) == 1 and not bare:
        folder.wrong(file, 0, Fault.NO_ROWS)
    rows = []
    for number, cells in records[1:]:
        if any(cell.strip() for cell in cells[len(header) :]):
            folder.wrong(file, number, Fault.TOO_MANY_CELLS, len(cells), len(header))
            continue
        filled = cells + [""] * (len(header) - len(cells))
        rows.append(Row(folder, file, number, dict(zip(header, filled, strict=False))))
    return rows


def entries(folder: Folder, file: str, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> list[Row]:
    """The entries of a YAML list of mappings; each row number is the line the entry begins on."""
    root, loader = _yaml(folder, file)
    if root is None:
        return []
    if not isinstance(root, yaml.SequenceNode):
        folder.wrong(file, 0, Fault.NOT_A_LIST)
        return []
    rows = [_mapping(folder, file, node, loader, required, optional) for node in root.value]
    return [row for row in rows if row is not None]


def whole(folder: Folder, file: str, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> Row | None:
    """A YAML file that is one mapping; findings point at the line of the name they are about."""
    root, loader = _yaml(folder, file)
    return None if root is None else _mapping(folder, file, root, loader, required, optional)


def _yaml(folder: Folder, file: str) -> tuple[yaml.Node | None, Any]:
    text = folder.text(file)
    if text is None:
        return None, None
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or type(error).__name__
        folder.wrong(file, mark.line + 1 if mark else 0, Fault.BAD_YAML, what)
        return None, None
    if root is None:
        folder.wrong(file, 0, Fault.EMPTY_FILE)
    return root, loader


def _mapping(
    folder: Folder, file: str, node: yaml.Node, loader: Any, required: tuple[str, ...], optional: tuple[str, ...]
) -> Row | None:
    number = node.start_mark.line + 1
    if not isinstance(node, yaml.MappingNode):
        folder.wrong(file, number, Fault.NOT_A_MAPPING)
        return None
    names = [str(key.value) for key, _ in node.value]
    if not _named(folder, file, number, names, required, optional):
        return None
    try:
        cells = {str(key.value): loader.construct_document(value) for key, value in node.value}
    except (yaml.YAMLError, ValueError) as error:
        folder.wrong(file, number, Fault.BAD_YAML, getattr(error, "problem", None) or error)
        return None
    return Row(folder, file, number, cells, {str(key.value): key.start_mark.line + 1 for key, _ in node.value})


def _named(
    folder: Folder, file: str, number: int, names: list[str], required: tuple[str, ...], optional: tuple[str, ...]
) -> bool:
    faults = list(_naming(names, required, optional))
    for fault, name in faults:
        folder.wrong(file, number, fault, name)
    return not faults


def _naming(names: list[str], required: tuple[str, ...], optional: tuple[str, ...]) -> Iterator[tuple[Fault, str]]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Fault.DOUBLE_COLUMN, name
        elif name not in required and name not in optional:
            yield Fault.UNKNOWN_COLUMN, name
    for name in required:
        if name not in names:
            yield Fault.MISSING_COLUMN, name
