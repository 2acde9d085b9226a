"""Which building is meant? 「3栋」「三号楼」「3#」, "building 3": of the compound named, else of the speaker's."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from math import asin, cos, radians, sin, sqrt

from models.rules.numbering import COUNTING as _COUNTING
from models.rules.numbering import NUMBER as _NUMBER
from models.rules.numbering import label_number, number
from models.rules.policy import Building, Town
from models.understanding.reading import clean, matching

__all__ = [
    "Named",
    "building_meant",
    "buildings_of",
    "compounds_named",
    "compounds_near",
    "label_number",
    "moves_to",
    "named_in",
    "number",
    "numbered",
    "numbers_named",
]

_BETWEEN = r"[、,.和与及至到~—–-]"
_MENTION = re.compile(
    rf"(?<![\da-z.-])({_NUMBER}号?(?:{_BETWEEN}{_NUMBER}号?){{0,9}})\s*"
    r"(?:(?<=号)[楼栋幢座]|[栋幢]|(?<=[a-z])座|座(?=[的楼单,。.、;!\s\d]|$|业主|住户|电梯|门口)|#(?!\s*线)(?:楼|栋)?)"
    r"(?!\s*(?:楼(?![道下上顶梯层内里前后长宇\d])|高层|多层|安置房|电梯房|办公楼|居民楼|住宅|别墅|洋房|旧房|危房|建筑))"
    r"|\b(?:building|block|bldg|tower)\s*(?:no\.?\s*)?#?([a-z]?\d{1,3}|[a-z])\b"
)  # 「三栋楼」 counts, 「3栋楼道」 names
_COUNTED = re.compile(r"(?:[共计各约近这那每几整前后等]|(?<!还)(?<!另)有)\s*$")  # 「还有4栋垃圾没人收」 names one more
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
        before, unit = text[max(0, found.start() - 3) : found.start()], found[0][-1]
        many = [part.removesuffix("号") for part in re.split(_BETWEEN, found[1])]
        han = many[0][0] in _COUNTING
        if not before.endswith("第") and (_COUNTED.search(before) or (han and not _NAMED.search(before))):
            continue
        if many == ["一"] and unit in "座幢" and not re.search(r"[第园苑里城府居村庭湾舍区期厦]$", before):
            continue
        yield from map(number, many)


@dataclass(frozen=True, slots=True)
class Named:
    """Which place words name. `compounds`: those it may be in, in the town's order; `alone`: they say nothing else."""

    building: str | None = None
    compounds: tuple[str, ...] = ()
    sure: bool = False  # the compounds stand there in full; else they only resemble what was typed
    alone: bool = False

    def __bool__(self) -> bool:
        return self.building is not None or bool(self.compounds)


_LONGEST = 16  # characters of a name typed by heart; what is longer and names no compound tells of something else
_A_SENTENCE = 60  # characters of 「我住…」
_ALIKE = 0.6  # 「风穗花园」 for 「丰穗花园」 is 0.75, another garden's name 0.5
_COMMON = re.compile(
    r"花园|新村|小区|家园|花苑|雅苑|佳园|宿舍|大厦|公馆|国际|安置|estate|garden|court|homes|village|house"
)
_BESIDE = re.compile(
    r"我家|我们|我妈|我爸|[我他她们这那]|家|现在|住在|住|在|是|搬到|搬家到|搬去|的|了|吧|啊|呢|小区|社区"
    r"|\d{1,4}(?:单元|梯|室|层|楼|房|号房|号)?|[一二三四五六七八九十]{1,3}(?:单元|梯|层|楼)"
    r"|\b(?:i|we|she|he|live|lives|at|in|the|my|home|is|it's|its|moved|to|flat|unit|room|number|no)\b"
)


def named_in(said: str, town: Town, *, home: str | None, near: str = "") -> Named:
    """The building, or the compounds it may be in, that somebody names; `near`: the compound of a bare 「3栋」.

    `home` as in `building_meant`. A community's name stands for its compounds.
    """
    text = re.sub(r"(?<=\d) +(?=号)", "", matching(clean(said)))
    exact = compounds_named(text, town)
    compounds = tuple(code for code in town.compounds if code in exact) or _of_community(text, town)
    rest = _BESIDE.sub("", _MENTION.sub("", _without_names(text, town)))
    alone = not any(char.isalnum() for char in rest)
    building = building_meant(text, town, home=home)
    if building is None and near and not exact and len(found := set(numbers_named(text))) == 1:
        building = numbered(near, found.pop(), town)
    if building is not None or compounds:
        return Named(building, compounds, sure=True, alone=alone)
    if len(text) <= _LONGEST and (alike := _resembling(text, town)):
        return Named(None, alike, alone=True)
    return Named(None)


_MOVES = re.compile(
    r"^(?:我|我家|我们|我们家|咱家)(?:现在|已经)?(?:是)?(?:住在?|搬到|搬家到|搬去|搬来)(?!.*[吗?])"
    r"|^(?:i|we) (?:now )?(?:live|moved|have moved)\b"
)


def moves_to(said: str, town: Town) -> str | None:
    """The building somebody says they live in, 「我住丰泽花园3栋」, where they say nothing else."""
    text = matching(clean(said))
    if len(text) > _A_SENTENCE or not _MOVES.match(text):
        return None
    named = named_in(said, town, home=None)
    return named.building if named.alone else None


def numbered(compound: str, wanted: str, town: Town) -> str | None:
    """The compound's building of this number."""
    return next((one.code for one in buildings_of(compound, town) if label_number(one.label) == wanted), None)


def buildings_of(compound: str, town: Town) -> tuple[Building, ...]:
    """The compound's buildings, in the town's order."""
    return tuple(building for building in town.buildings.values() if building.compound == compound)


def compounds_near(latitude: float, longitude: float, town: Town, *, within: float) -> tuple[tuple[float, str], ...]:
    """Metres and code of the compounds not farther than `within` metres, nearest first; none where none has a place."""
    found = [
        (_metres(latitude, longitude, compound.latitude, compound.longitude), compound.code)
        for compound in town.compounds.values()
        if compound.latitude is not None and compound.longitude is not None
    ]
    return tuple(sorted(one for one in found if one[0] <= within))


def _metres(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    up, across = radians(other_lat - lat), radians(other_lon - lon)
    half = sin(up / 2) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(across / 2) ** 2
    return 2 * 6_371_000 * asin(min(1.0, sqrt(half)))


def _of_community(text: str, town: Town) -> tuple[str, ...]:
    """The compounds of the one community whose name stands there."""
    named = [
        one.code for one in town.communities.values() if one.name in text or (one.en and one.en.casefold() in text)
    ]
    if len(named) != 1:
        return ()
    return tuple(compound.code for compound in town.compounds.values() if compound.community == named[0])


def _without_names(text: str, town: Town) -> str:
    names = [name for one in town.compounds.values() for name in (one.name, one.en, *one.aliases)]
    names += [name for one in town.communities.values() for name in (one.name, one.en)]
    for name in sorted((name.casefold() for name in names if name), key=len, reverse=True):
        text = text.replace(name, "")
    return text


def _resembling(text: str, town: Town) -> tuple[str, ...]:
    """The compounds whose name begins so, holds it, or is one wrong character away; best first."""
    typed = _BESIDE.sub("", _MENTION.sub("", text)).strip(" ,.，。!！?？")
    core = _COMMON.sub("", typed)
    if len(typed) < 2:
        return ()
    scored: list[tuple[float, str]] = []
    for compound in town.compounds.values():
        names = [name.casefold() for name in (compound.name, compound.en, *compound.aliases) if name]
        if any(typed in name for name in names):
            scored.append((2.0, compound.code))
            continue
        best = max(SequenceMatcher(None, typed, name).ratio() for name in names)
        shares = any(char in _COMMON.sub("", name) for char in core for name in names)
        if best >= _ALIKE and core and shares:
            scored.append((best, compound.code))
    return tuple(code for _, code in sorted(scored, key=lambda one: -one[0])[:6])
