"""Which number is written? Of a building, in whatever spelling its compound uses."""

import re

COUNTING = "一二三四五六七八九十百零〇"
NUMBER = rf"(?:[a-z]?\d{{1,3}}|[{COUNTING}]{{1,5}}|[a-z])"
_HAN = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0}


def number(written: str) -> str:
    """`3`, `03`, `三`, `十二`, `二十一` and `B` as one spelling of the number."""
    if written.isdecimal():
        return str(int(written))
    if written[0].isascii():
        return written
    total = digit = 0
    for char in written:
        if char in "十百":
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
        elif total or len(written) == 1:
            digit = _HAN[char]
        else:
            digit = digit * 10 + _HAN[char]
    return str(total + digit)


def label_number(label: str) -> str:
    """The number in a building's label: 3 of 「3栋」, b of 「B座」; the label itself where it has none."""
    found = re.match(NUMBER, label.casefold())
    return number(found[0]) if found else label.casefold()
