"""How is a matter called? By names of the town's own tables, never by words of who raised it."""

import re

from models.rules.numbering import label_number
from models.rules.policy import Category, Town
from models.understanding.reading import clauses, sentences, shortened

TITLE_MOST = 24

_HOURS = {  # what is said, and how it is read aloud
    "zh": (
        ("夜里", r"半夜|深夜|夜里|夜间|晚上|凌晨|通宵|三更|大晚上|每晚|每天晚|夜晚|后半夜"),
        ("清早", r"清早|清晨|一大早|大清早|早上|早晨|天没亮|天不亮"),
        ("中午", r"中午|午休|午睡"),
        ("白天", r"白天|上午|下午"),
    ),
    "en": (
        ("at night", r"\b(?:nights?|midnight|evenings?|late)\b"),
        ("early in the day", r"\b(?:early morning|early in the morning|dawn|mornings?)\b"),
        ("by day", r"\b(?:afternoons?|daytime|all day|noon)\b"),
    ),
}
_SIDES = {  # 「漏到楼下」, 「吵得楼下」: there somebody suffers, it is not where it comes from
    "zh": tuple(
        (side, rf"(?<![到得给让响吵了]){side}(?!的?我|睡|没法|受|都听)") for side in ("楼上", "楼下", "隔壁", "对门")
    ),
    "en": (
        ("upstairs", r"\bupstairs\b|\babove (?:me|us)\b|\b(?:flat|floor) above\b"),
        ("downstairs", r"\bdownstairs\b|\bbelow (?:me|us)\b"),
        ("next door", r"\bnext door\b|\bnext-door\b"),
    ),
}


def name_for(category: Category, spoken: tuple[str, ...], *, lang: str) -> str:
    """The category in few words: of its short names the one that shares most with the words spoken, else the first."""
    if lang == "en":
        return category.short_en or category.en
    said = _pairs(*spoken)
    options = category.short or (category.zh,)

    def shared(option: str) -> tuple[int, bool]:
        pairs = _pairs(option)
        return len(said & pairs), pairs <= said  # a word half said, 充电 of 飞线充电, must not name what was not meant

    return max(options, key=shared)


def names_in_full(name: str, text: str, spoken: tuple[str, ...], *, lang: str) -> tuple[str, ...]:
    """`name` with the hour and the side it comes from, where said beside it: 「夜里楼上拖桌椅响」; then with less.

    `text` as `reading.matching` gives it. Of two hours, or two sides, none is said.
    """
    parts = clauses(text) if lang == "zh" else sentences(text)
    about = [part for part in parts if any(word in part for word in spoken)]
    hour, side = _only(about, _HOURS[lang]), _only(about, _SIDES[lang])
    if side and (side in name or "楼" in name):
        side = ""
    if lang == "en":
        fuller = (f"{name} {side} {hour}", f"{name} {hour}", f"{name} {side}", name)
        return tuple(dict.fromkeys(" ".join(one.split()) for one in fuller))
    return tuple(dict.fromkeys((f"{hour}{side}{name}", f"{hour}{name}", f"{side}{name}", name)))


def plain_words(town: Town, name: str, building: str | None, *, lang: str) -> str:
    """「3栋有居民反映：楼上漏水」: place and matter, nothing that the raiser wrote."""
    place = place_of(town, building, lang=lang)
    if lang == "en":
        return f"A resident{f' of {place}' if place else ''} reports: {name[:1].lower()}{name[1:]}"
    return f"{place}有居民反映：{name}"


def title_for(town: Town, names: tuple[str, ...], building: str | None, *, lang: str) -> str:
    """「3栋电梯停运」, or "No.3: Lift out of order": place and the first name that fits, else the last one cut."""
    place = place_of(town, building, lang=lang)
    titles = [f"{place}: {name}" if lang == "en" and place else place + name for name in names]
    return next((title for title in titles if len(title) <= TITLE_MOST), shortened(titles[-1], TITLE_MOST))


def some_matter(town: Town, building: str | None, *, lang: str) -> str:
    """「3栋的一件事」, or "A matter at No.3": the title of what nobody understood."""
    place = place_of(town, building, lang=lang)
    if lang == "en":
        return f"A matter at {place}" if place else "A matter"
    return f"{place}的一件事" if place else "一件事"


def place_of(town: Town, building: str | None, *, lang: str) -> str:
    """「3栋」, or "No.3"; nothing where no building is known."""
    if not building:
        return ""
    label = town.buildings[building].label
    return label if lang == "zh" else f"No.{label_number(label).upper()}"


def _only(about: list[str], table: tuple[tuple[str, str], ...]) -> str:
    said = [name for name, pattern in table if any(re.search(pattern, clause) for clause in about)]
    return said[0] if len(said) == 1 else ""


def _pairs(*words: str) -> set[str]:
    folded = [word.casefold() for word in words]
    return {word[at : at + 2] for word in folded for at in range(len(word) - 1)}
