"""What are the words, once nothing in them can hurt? Bounded, normalised, in sentences, and in which language."""

import re
import unicodedata

LONGEST = 4096
"""Telegram's longest message; what comes after it is not read, however it came."""

_STACKED = 2  # combining marks a letter may carry; zalgo piles up hundreds
_SPACES = re.compile(r"\s+")
_CLAUSE = re.compile(r"[,，。.!！?？;；:：、\n]")
_SENTENCE = re.compile(r"(?:[^。!！?？;；\n.]|\.(?!\s|$))+(?:[。!！?？;；\n]|\.(?=\s|$))?")
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co"})  # control, bidirectional and zero-width, lone surrogates, private use


def clean(text: str) -> str:
    """At most `LONGEST` characters on lines without control, bidirectional or piled-up combining characters."""
    kept: list[str] = []
    stacked = 0
    for char in text[:LONGEST]:
        if char in "\n\r\u2028\u2029":
            kept.append("\n")
            continue
        kind = unicodedata.category(char)
        stacked = stacked + 1 if kind in ("Mn", "Me") else 0
        if char == "\t" or kind == "Zs":
            kept.append(" ")
        elif kind not in _DROPPED and stacked <= _STACKED:
            kept.append(char)
    lines = (_SPACES.sub(" ", line).strip() for line in "".join(kept).split("\n"))
    return "\n".join(line for line in lines if line)


def matching(text: str) -> str:
    """Clean text as keywords are compared with it: full-width folded, lower case, one typographic apostrophe."""
    return unicodedata.normalize("NFKC", text)[:LONGEST].casefold().replace("\u2019", "'")


def language(text: str) -> str:
    """`en` where Latin words outnumber Chinese characters, else `zh`."""
    chinese = sum("\u3400" <= char <= "\u9fff" for char in text)
    return "en" if len(re.findall(r"[A-Za-z]{2,}", text)) > chinese else "zh"


_LANGUAGES = {
    "en": "english, in english, english please, speak english, 英文, 英语, 说英文, 说英语, 讲英文, 用英文, 用英语",
    "zh": "中文, 汉语, 普通话, 华语, 国语, 说中文, 讲中文, 用中文, chinese, in chinese, mandarin",
}


def wished_language(text: str) -> str | None:
    """The language whose name is all that `text` says; None for anything else."""
    said = " ".join(re.sub(r"[,.!?，。！？]", " ", matching(text)).split())
    return next((lang for lang, names in _LANGUAGES.items() if said and said in names.split(", ")), None)


def first_sentence(text: str) -> str:
    """Up to and with the first full stop, question or line; a text without any is one sentence."""
    found = re.search(r"[。!！?？;；\n]|\.(?=\s|$)", text)
    return text[: found.end()] if found else text


def sentences(text: str) -> list[str]:
    """The sentences and lines of a text, each with its end."""
    return [found[0] for found in _SENTENCE.finditer(text)]


def clauses(text: str) -> list[str]:
    """What stands between marks of punctuation."""
    return [clause.strip() for clause in _CLAUSE.split(text) if clause.strip()]


def first_clause(text: str) -> str:
    """Up to the first mark of punctuation that has words before it."""
    return next(iter(clauses(text)), "")


def was_cut(text: str, limit: int) -> bool:
    """Whether `shortened` may have cut it there."""
    return text.endswith("…") and len(text) > limit // 2


def shortened(text: str, limit: int) -> str:
    """One line of at most `limit` characters, cut after a sentence where one ends in its second half, with …."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    head = line[: limit - 1]
    ends = [found.end() for found in re.finditer(r"[。!！?？;；]|\.(?=\s)", head)]
    if ends and ends[-1] >= limit // 2:
        head = head[: ends[-1]]
    return head.rstrip() + "…"
