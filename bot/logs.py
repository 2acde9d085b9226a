"""What may a log line hold? Ids, counts and names of errors; never a token, a number to call or a person's words (I12).

Every record, ours or a library's, goes through one gate. A text passes when it stands in the code that says it, a value
when its type holds no words, a name when it is a class's or is quoted in our code; everything else is shown as «…». An
error is its class and the lines of ours it went through, never its text or its locals.
"""

import ast
import contextlib
import logging
import re
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache, lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

HIDDEN = "…"
"""What stands for everything that may not be said."""
OURS = ("bot", "handlers", "models", "scheduler")

_ROOT = Path(__file__).parents[1]
_CHATTY = ("httpx", "httpcore", "aiogram", "telegram", "apscheduler", "uvicorn", "alembic")
"""Libraries that write addresses with tokens, or a line an update, at INFO."""
_TOKEN = re.compile(r"(?:bot)?\d{5,}:[A-Za-z0-9_-]{20,}")
_PHONE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)|(?<!\d)0\d{2,3}-\d{7,8}(?!\d)")
_HOLE = re.compile(r"%(?:\.?\d+)?[sdrfgx]")
_NAME = re.compile(r"[A-Za-z_]\w{0,79}", re.ASCII)
_MOST_SOURCE = 300_000  # bytes of a module that are read to know what it says
_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}

log = logging.getLogger(__name__)


class Vouched(str):
    """A text somebody answers for: made of codes, dates and counts only."""

    __slots__ = ()


def begin(form: Literal["text", "json"] = "text", level: int = logging.INFO) -> None:
    """Our own lines from `level` up, the libraries' from WARNING up, to standard error; also what nobody caught."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines(form))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = lambda told: _uncaught(told.exc_type, told.exc_value, told.exc_traceback)


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    """The last words of a process or a thread, with nothing in them that the gate would hold back."""
    log.critical("nobody caught an error", exc_info=(kind, error or kind(), trace))


class Lines(logging.Formatter):
    """One line a record: words for a reader, or JSON for a machine. Only JSON needs structlog, a tenth of a second."""

    def __init__(self, form: Literal["text", "json"]) -> None:
        super().__init__()
        self._render: Callable[[dict[str, Any]], str] = _as_text
        if form == "json":
            from structlog.processors import JSONRenderer

            render = JSONRenderer(ensure_ascii=False)
            self._render = lambda said: str(render(None, "", said))

    def format(self, record: logging.LogRecord) -> str:
        return self._render(_said(record))


def _said(record: logging.LogRecord) -> dict[str, Any]:
    """What of a record may be said, by name."""
    said: dict[str, Any] = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "from": record.name,
        "event": HIDDEN,
    }
    template = record.msg if isinstance(record.msg, str) else ""
    sentences = _sentences(record.pathname)
    if isinstance(template, Vouched) or template in sentences.plain:
        said["event"] = _belt(template)
        if values := [_passed(one, sentences) for one in _values(record.args)]:
            said |= {"says": _belt(_filled(template, values)), "values": values}
    else:
        said["where"] = _place(record.pathname, record.lineno) or Path(record.pathname).name
    for name, value in record.__dict__.items():
        if name not in _STANDARD and name not in said and not name.startswith("_"):
            said[name] = _passed(value, sentences)
    if record.exc_info and record.exc_info[1] is not None:
        said |= _told(record.exc_info[1])
    return said


def _as_text(said: dict[str, Any]) -> str:
    rest = {name: said[name] for name in said if name not in ("at", "level", "from", "event", "says", "values")}
    tail = "".join(f" {name}={value}" for name, value in rest.items())
    return f"{said['at']} {said['level'].upper()} {said['from']}: {said.get('says', said['event'])}{tail}"


def _values(args: Any) -> tuple[Any, ...]:
    if isinstance(args, tuple):
        return args
    return tuple(args.values()) if isinstance(args, dict) else ()


def _filled(template: str, values: list[Any]) -> str:
    left = iter(values)
    return _HOLE.sub(lambda hole: str(next(left, HIDDEN)), template).replace("%%", "%")


def _passed(value: object, sentences: "_Sentences") -> Any:
    """The value as it may be shown: by its type, not by what it looks like; looks are a second belt."""
    match value:
        case None | bool():
            return value
        case Enum():
            return _passed(value.value, sentences)
        case int() | float():
            return HIDDEN if _PHONE.search(str(value)) else value
        case datetime() | date():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case type():
            return value.__name__
        case BaseException():
            return _belt(str(value)) if sentences.has(str(value)) else type(value).__name__
        case Vouched():
            return _belt(value)
        case str():
            return _belt(value) if _is_name(value) or sentences.has(value) else HIDDEN
        case _:
            return HIDDEN


def _belt(text: str) -> str:
    return _PHONE.sub(HIDDEN, _TOKEN.sub(HIDDEN, text))


def _told(error: BaseException) -> dict[str, Any]:
    """The classes of an error and of what caused it, and the lines of ours on the way to it."""
    names: list[str] = []
    lines: list[str] = []
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting and len(names) < 8:
        one = waiting.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        names.append(type(one).__name__)
        lines += [place for place in _places(one.__traceback__) if place not in lines]
        waiting += [*(one.exceptions if isinstance(one, BaseExceptionGroup) else ()), one.__cause__ or one.__context__]
    return {"error": " < ".join(names), "lines": " ".join(lines[-8:])}


def _places(trace: TracebackType | None) -> Iterator[str]:
    while trace is not None:
        if place := _place(trace.tb_frame.f_code.co_filename, trace.tb_lineno):
            yield place
        trace = trace.tb_next


def _place(file: str, line: int) -> str | None:
    """`bot/cli.py:12` for a line of ours, else None."""
    with contextlib.suppress(ValueError):
        path = Path(file).relative_to(_ROOT)
        if path.parts[0] in OURS:
            return f"{path.as_posix()}:{line}"
    return None


class _Sentences:
    """What one module can say: its strings, and its f-strings with names and numbers in their holes."""

    def __init__(self, source: str) -> None:
        self.plain: set[str] = set()
        self.holed: list[re.Pattern[str]] = []
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                self.plain.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(str(one.value)) if isinstance(one, ast.Constant) else r"(\w{1,80})" for one in node.values
                ]
                if any(len(one) > 8 for one in parts):  # «{a}{b}» could be anything
                    self.holed.append(re.compile("".join(parts), re.ASCII))

    def has(self, text: str) -> bool:
        """Whether this very sentence can be said there."""
        if text in self.plain:
            return True
        found = next((match for one in self.holed if (match := one.fullmatch(text))), None)
        return found is not None and all(
            len(hole) < 8 if hole.isdecimal() else _is_name(hole) for hole in found.groups()
        )


@cache
def _sentences(file: str) -> _Sentences:
    try:
        source = Path(file).read_bytes()
        return _Sentences(source.decode() if len(source) < _MOST_SOURCE else "")
    except (OSError, ValueError, SyntaxError):
        return _Sentences("")


@lru_cache(1024)
def _is_name(word: str) -> bool:
    """Whether it names a class, or stands in quotes in our code: an error, a method, a reason's code."""
    if not _NAME.fullmatch(word):
        return False
    return word in _classes() or any(f'"{word}"' in source for source in _our_sources())


def _classes() -> set[str]:
    found: set[type] = set()
    waiting: list[type] = [BaseException, *object.__subclasses__()]
    while waiting:
        one = waiting.pop()
        if one not in found and one is not type:
            found.add(one)
            waiting += type.__subclasses__(one)
    return {one.__name__ for one in found}


def _our_sources() -> Iterator[str]:
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in OURS and (file := getattr(module, "__file__", None)):
            with contextlib.suppress(OSError, UnicodeDecodeError):
                yield Path(file).read_text(encoding="utf-8")
