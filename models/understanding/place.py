"""Which building is meant? 「3栋」「三号楼」「3#」, "building 3": of the compound named, else of the speaker's."""

import re
from collections.abc import Iterator

from models.rules.numbering import COUNTING as _COUNTING
from models.rules.numbering import NUMBER as _NUMBER
from models.rules.numbering import label_number, number
from models.rules.policy import Town

__all__ = ["building_meant", "compounds_named", "label_number", "number", "numbers_named"]

_BETWEEN = r"[、,.和与及至到~—–-]"
_MENTION = re.compile(
    rf"(?<![\da-z.-])({_NUMBER}号?(?:{_BETWEEN}{_NUMBER}号?){{0,9}})\s*"
    r"(?:(?<=号)[楼栋幢座]|[栋幢]|(?<=[a-z])座|座(?=[的楼单,。.、;!\s\d]|$|业主|住户|电梯|门口)|#(?!\s*线)(?:楼|栋)?)"
    r"(?!\s*(?:楼(?![道下上顶梯层内里前后长宇\d])|高层|多层|安置房|电梯房|办公楼|居民楼|住宅|别墅|洋房|旧房|危房|建筑))"
    r"|\b(?:building|block|bldg|tower)\s*(?:no\.?\s*)?#?([a-z]?\d{1,3}|[a-z])\b"
)  # 「三栋楼」 counts, 「3栋楼道」 names
_COUNTED = re.compile(r"[共有计各约近这那每几整前后等]\s*$")
# 「近处一栋」 is any house; 「我们三栋」, 「花园三栋」 or the very beginning is a name
_NAMED = re.compile(r"(?:^|[,。.!?;:\s的第们住在是家园苑里城府居村庭湾舍区期厦邸墅])\s*$")


def building_meant(text: str, town: Town, *, home: str | None) -> str | None:
    """The one building that `text` (as `reading.matching` gives it) clearly names, else `home`."""
    named = compounds_named(text, town)
    if len(named) > 1:
        return home
    compound = next(iter(named), None) or (town.buildings[home].compound if home else None)
    numbers = set(numbers_named(text))
    if compound is None:
        return None
    if not numbers and named:
        only = [building.code for building in town.buildings.values() if building.compound == compound]
        return only[0] if len(only) == 1 else home
    if len(numbers) != 1:
        return home
    number = numbers.pop()
    for building in town.buildings.values():
        if building.compound == compound and label_number(building.label) == number:
            return building.code
    return home


def compounds_named(text: str, town: Town) -> frozenset[str]:
    """The compounds whose name or alias stands in `text`; one inside a longer name that is there too does not count."""
    found: dict[str, str] = {}
    for compound in town.compounds.values():
        for name in (compound.name, compound.en, *compound.aliases):
            folded = name.casefold()
            if len(folded) > 1 and folded in text:
                found[folded] = compound.code
    return frozenset(
        code for name, code in found.items() if not any(name != other and name in other for other in found)
    )


def numbers_named(text: str) -> Iterator[str]:
    """The buildings' numbers in `text`, as digits or a lower-case letter; numbers that count houses are passed over."""
    for found in _MENTION.finditer(text):
        if found[2]:
            yield number(found[2])
            continue
        before, unit = text[max(0, found.start() - 2) : found.start()], found[0][-1]
        many = [part.removesuffix("号") for part in re.split(_BETWEEN, found[1])]
        han = many[0][0] in _COUNTING
        if not before.endswith("第") and (_COUNTED.search(before) or (han and not _NAMED.search(before))):
            continue
        if many == ["一"] and unit in "座幢" and not re.search(r"[第园苑里城府居村庭湾舍区期厦]$", before):
            continue
        yield from map(number, many)
