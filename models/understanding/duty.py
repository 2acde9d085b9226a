"""Which words does somebody on duty type for a tap? 待办, 交班, 值班, 休假, 找人代班, 登记, and their English."""

from collections.abc import Sequence

LIST = ("待办", "清单", "看清单", "看待办", "手上的件", "list", "to do")
END = ("交班", "下班", "handover")
BEGIN = ("值班", "换班", "接班", "上班", "我值班", "on duty")
AWAY = ("休假", "请假", "我要休假", "我要请假", "leave")
DEPUTY = ("找人代班", "代班", "deputy")
BACK = ("不休了", "我回来了", "回来了", "销假", "back")
_ENTER = ("登记", "write down")

_MARKS = " 。.!！"
_BETWEEN = " ，,：:、\n"
_DAYS_BEGIN = "今明后一两半0123456789"
_NOT_AN_ENTRY = "的了册表处过"  # 「登记的那件呢」 asks after one


def only(text: str, words: Sequence[str]) -> bool:
    """Whether the text is one of these words and nothing else."""
    return text.strip(_MARKS).casefold() in words


def begins(text: str, words: Sequence[str]) -> bool:
    """Whether the text begins with one of these words."""
    return text.strip().casefold().startswith(tuple(words))


def days_said(text: str, words: Sequence[str]) -> str | None:
    """What follows one of these words: days, or nothing yet; None where something else is said."""
    said = text.strip(_MARKS)
    word = max((word for word in words if said.casefold().startswith(word)), key=len, default=None)
    if word is None:
        return None
    days = said[len(word) :].strip(_BETWEEN)
    begins_so = not days or days[0] in _DAYS_BEGIN or days.casefold().startswith(("today", "tomorrow", "a week"))
    return days if begins_so else None


def line_said(text: str) -> str | None:
    """The line to be written down; "" where it has yet to be said, None for other words."""
    said = text.strip()
    word = next((word for word in _ENTER if said.casefold().startswith(word)), None)
    if word is None:
        return None
    rest = said[len(word) :]
    return None if rest and rest[0] in _NOT_AN_ENTRY else rest.lstrip(_BETWEEN)


OF_THE_DESK = (*LIST, *END, *BEGIN, *AWAY, *DEPUTY, *BACK)
"""What is said about the desk itself and is no act at it."""
