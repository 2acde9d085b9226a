"""What does a resident's text say? A category, how urgent, which building, and the words that receivers may read.

Pure: the town's keywords are the model, a person confirms the result on the understanding card, and nothing here
refuses anything.
"""

from dataclasses import dataclass

from models.rules.policy import UNCLASSIFIED, Category, Party, Sla, Town
from models.understanding.danger import TRAPPED, beaten_at_home, says_any, sealed_emergency, trapped
from models.understanding.intent import Intent, Wanted, wanted
from models.understanding.masking import masked
from models.understanding.matter import Matter
from models.understanding.place import building_meant, label_number, numbers_named
from models.understanding.reading import clean, first_clause, language, matching, shortened
from models.understanding.several import matters_of, near

__all__ = ["SEEN_MOST", "TITLE_MOST", "Intent", "Understanding", "name_for", "plain_words", "title_for", "understand"]

SEEN_MOST = 200
TITLE_MOST = 24
ASKED = "K00"
"""The category of questions, suggestions and thanks (domain C1)."""
_SUBSTANCE = 4  # fewer letters than these, and not understood, are no name for anything: 「撤回」


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
    intent: Intent = Intent.MATTER  # what is asked for; words of danger are always a matter
    about: int | None = None  # the number of the case that is asked after, thanked for or taken back
    also: tuple[Category, ...] = ()  # other matters clearly named beside it, at most two; less grave, or named later
    also_named: tuple[str, ...] = ()  # each in few words, in `lang`


def understand(text: str, town: Town, *, home: str | None) -> Understanding:
    """What `text` says, in bounded time for any text; the category is K99 where nothing is understood.

    `home` is the building bound to the speaker: it is meant unless the text clearly names another one.
    """
    words = clean(text)
    compared = matching(words)
    lang = language(words)
    found, others = matters_of(compared, town)
    care = says_any(compared, town.care_words)
    at_home, shut_in = beaten_at_home(compared), trapped(compared)
    danger = at_home or shut_in or says_any(compared, town.danger_words)
    if (care or at_home) and (sealed := sealed_emergency(town)):
        found, others = Matter(sealed, 1.0), ()
    elif shut_in and TRAPPED in town.categories:
        found = Matter(town.categories[TRAPPED], 1.0)
        others = tuple(other for other in others if not near(other.category.code, TRAPPED))
    asked = Wanted(Intent.MATTER) if danger or care else wanted(compared)
    building = building_meant(compared, town, home=home)
    name = name_for(found.category, found.spoken, lang=lang)
    plain = any(Party.NEIGHBOUR in matter.category.firewall for matter in (found, *others))
    safe = masked(words)
    seen = plain_words(town, name, building, lang=lang) if plain else shortened(safe, SEEN_MOST)
    lost = asked.intent is not Intent.MATTER or sum(map(str.isalpha, safe)) < _SUBSTANCE
    if found.category.code == UNCLASSIFIED and lost:
        title = _some_matter(town, building, lang=lang)
    else:
        subject, before = _subject(found, name, safe, building)
        title = title_for(town, subject, before, lang=lang)
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
        title=title,
        intent=asked.intent,
        about=asked.about,
        also=tuple(other.category for other in others),
        also_named=tuple(name_for(other.category, other.spoken, lang=lang) for other in others),
    )


def plain_words(town: Town, name: str, building: str | None, *, lang: str) -> str:
    """「3栋有居民反映：楼上漏水」: place and matter, nothing that the raiser wrote."""
    place = _place(town, building, lang)
    if lang == "en":
        return f"A resident{f' of {place}' if place else ''} reports: {name[:1].lower()}{name[1:]}"
    return f"{place}有居民反映：{name}"


def title_for(town: Town, name: str, building: str | None, *, lang: str) -> str:
    """「3栋电梯停运」, or "No.3: Lift out of order": place and matter on one line."""
    place = _place(town, building, lang)
    return shortened(f"{place}: {name}" if lang == "en" and place else place + name, TITLE_MOST)


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


def _some_matter(town: Town, building: str | None, *, lang: str) -> str:
    place = _place(town, building, lang)
    if lang == "en":
        return f"A matter at {place}" if place else "A matter"
    return f"{place}的一件事" if place else "一件事"


def _pairs(*words: str) -> set[str]:
    return {word[at : at + 2] for word in words for at in range(len(word) - 1)}


def _place(town: Town, building: str | None, lang: str) -> str:
    if building is None:
        return ""
    label = town.buildings[building].label
    return label if lang == "zh" else f"No.{label_number(label).upper()}"


def _subject(found: Matter, name: str, safe: str, building: str | None) -> tuple[str, str | None]:
    """What a title says, and the place before it: a question goes by its own first words, a matter by its name."""
    clause = first_clause(safe)
    if found.category.code not in (UNCLASSIFIED, ASKED) or not clause:
        return name, building
    return clause, None if any(numbers_named(matching(clause))) else building
