"""What does a resident's text say? A category, how urgent, which building, and the words that receivers may read.

Pure: the town's keywords are the model, a person confirms the result on the understanding card, and nothing here
refuses anything.
"""

from dataclasses import dataclass

from models.rules.policy import UNCLASSIFIED, Category, Party, Sla, Town
from models.understanding.masking import masked
from models.understanding.matter import Matter, matter, says_any, sealed_emergency
from models.understanding.place import building_meant
from models.understanding.reading import clean, first_clause, language, matching, shortened

__all__ = ["SEEN_MOST", "TITLE_MOST", "Understanding", "plain_words", "title_for", "understand"]

SEEN_MOST = 200
TITLE_MOST = 24


@dataclass(frozen=True, slots=True)
class Understanding:
    """What was understood, all of it open to the resident's correction."""

    category: Category
    score: float  # how sure: 0 nothing was understood … 1 no other category comes near
    sla: Sla  # the category's class, raised by words of danger, never lowered
    building: str | None
    danger: bool  # the 110/119/120 card comes first
    care: bool  # words of self-harm: a caring text, a person now, sealed
    lang: str  # "zh" or "en"
    seen: str  # what receivers may read, at most `SEEN_MOST` characters
    plain: bool  # `seen` is made of place and category only, nothing of the raiser's wording
    title: str  # one line of at most `TITLE_MOST` characters


def understand(text: str, town: Town, *, home: str | None) -> Understanding:
    """What `text` says, in bounded time for any text; the category is K99 where nothing is understood.

    `home` is the building bound to the speaker: it is meant unless the text clearly names another one.
    """
    words = clean(text)
    compared = matching(words)
    lang = language(words)
    found = matter(compared, town)
    danger = says_any(compared, town.danger_words)
    care = says_any(compared, town.care_words)
    if care and (sealed := sealed_emergency(town)):
        found = Matter(sealed, 1.0)
    building = building_meant(compared, town, home=home)
    name = _name(found, lang)
    plain = Party.NEIGHBOUR in found.category.firewall
    safe = masked(words)
    seen = plain_words(town, name, building, lang=lang) if plain else shortened(safe, SEEN_MOST)
    unsorted = found.category.code in (UNCLASSIFIED, "K00")
    return Understanding(
        category=found.category,
        score=found.sure,
        sla=Sla.P0 if danger or care else found.category.sla,
        building=building,
        danger=danger,
        care=care,
        lang=lang,
        seen=seen,
        plain=plain,
        title=title_for(town, first_clause(safe) or name if unsorted else name, building, lang=lang),
    )


def plain_words(town: Town, name: str, building: str | None, *, lang: str) -> str:
    """「3栋有居民反映:楼上漏水」: place and matter, nothing that the raiser wrote."""
    label = town.buildings[building].label if building else ""
    if lang == "en":
        return f"A resident{f' of {label}' if label else ''} reports: {name[:1].lower()}{name[1:]}"
    return f"{label}有居民反映:{name}"


def title_for(town: Town, name: str, building: str | None, *, lang: str) -> str:
    """「3栋电梯停运」: place and matter on one line."""
    label = town.buildings[building].label if building else ""
    return shortened(f"{label}{': ' if lang == 'en' and label else ''}{name}", TITLE_MOST)


def _name(found: Matter, lang: str) -> str:
    """The category in few words: of 「电梯停运/异响」 the part that was spoken of, else both with 或 between."""
    if lang == "en":
        return found.category.en
    parts = found.category.zh.split("(")[0].split("/")
    for part in parts:
        pairs = {part[at : at + 2] for at in range(len(part) - 1)}
        if any(word[at : at + 2] in pairs for word in found.spoken for at in range(len(word) - 1)):
            return part
    return "或".join(parts)
