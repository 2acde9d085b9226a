"""What does a resident's text say? A category, how urgent, which building, and the words that receivers may read.

Pure: the town's keywords are the model, a person confirms the result on the understanding card, and nothing here
refuses anything.
"""

from dataclasses import dataclass

from models.rules.policy import UNCLASSIFIED, Category, Party, Sla, Town
from models.understanding.cries import calls_for_help, happens_now, hurt, of_another
from models.understanding.danger import CRY, TRAPPED, beaten_at_home, sealed_emergency, those_said, trapped
from models.understanding.despair import despairing
from models.understanding.intent import Intent, Wanted, wanted
from models.understanding.masking import masked
from models.understanding.matter import Matter, matter_chosen
from models.understanding.naming import TITLE_MOST, name_for, names_in_full, plain_words, some_matter, title_for
from models.understanding.place import building_meant, numbers_named
from models.understanding.reading import clean, first_clause, language, matching, shortened
from models.understanding.several import matters_of, near

__all__ = [
    "ASKED",
    "SEEN_MOST",
    "TITLE_MOST",
    "Intent",
    "Understanding",
    "name_for",
    "plain_words",
    "title_for",
    "understand",
]

SEEN_MOST = 200
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
    of_another: bool  # they are said of somebody else: 110 comes before the caring
    lang: str  # "zh" or "en"
    seen: str  # what receivers may read, at most `SEEN_MOST` characters
    plain: bool  # `seen` is made of place and category only, nothing of the raiser's wording
    title: str  # one line of at most `TITLE_MOST` characters
    intent: Intent = Intent.MATTER  # what is asked for; words of danger are always a matter
    about: int | None = None  # the number of the case that is asked after, thanked for or taken back
    also: tuple[Category, ...] = ()  # other matters clearly named beside it, at most three; less grave, or named later
    also_named: tuple[str, ...] = ()  # each in few words, in `lang`


def understand(
    text: str, town: Town, *, home: str | None, at: str | None = None, chosen: Category | None = None
) -> Understanding:
    """What `text` says, in bounded time for any text; the category is K99 where nothing is understood.

    `home` is the building bound to the speaker: it is meant unless the text clearly names another one. `at` and
    `chosen` are what the speaker corrected, a building and a matter: they stand over the words, but for words of care.
    """
    words = clean(text)
    compared = matching(words)
    lang = language(words)
    found, others = told = matters_of(compared, town)
    if chosen is not None:
        found, others = matter_chosen(chosen, compared), ()
    cares, dangers = despairing(compared, town.care_words), those_said(compared, town.danger_words)
    care = bool(cares)
    at_home, shut_in, somebody = beaten_at_home(compared), trapped(compared), hurt(compared)
    grave = chosen is None and not care and happens_now(compared, found)
    danger = at_home or shut_in or somebody or grave or bool(dangers) or calls_for_help(compared)
    if (care or (at_home and chosen is None)) and (sealed := sealed_emergency(town)):
        found, others = Matter(sealed, 1.0), ()
    elif shut_in and chosen is None and TRAPPED in town.categories:
        found = Matter(town.categories[TRAPPED], 1.0)
        others = tuple(other for other in others if not near(other.category.code, TRAPPED))
    elif chosen is None and found.category.sla is not Sla.P0 and len(compared) <= CRY:
        if cried := _most_pressing(town, dangers):
            found, others = cried, tuple(one for one in (found, *others) if one.sure and one.category.code != ASKED)[:2]
        elif somebody:  # 「高压线断了掉在路上」 is neither noise nor a hole in the road
            found, others = Matter(town.categories[UNCLASSIFIED], 0.0), ()
    asked = Wanted(Intent.MATTER) if danger or care else wanted(compared)
    building = at or building_meant(compared, town, home=home)
    name = name_for(found.category, found.spoken, lang=lang)
    plain = any(Party.NEIGHBOUR in matter.category.firewall for matter in (found, *others, told[0], *told[1]))
    full = names_in_full(name, compared, found.spoken, lang=lang) if plain and not found.category.sealed else (name,)
    safe = masked(words)
    seen = plain_words(town, full[0], building, lang=lang) if plain else shortened(safe, SEEN_MOST)
    lost = asked.intent is not Intent.MATTER or sum(map(str.isalpha, safe)) < _SUBSTANCE
    if found.category.code == UNCLASSIFIED and lost:
        title = some_matter(town, building, lang=lang)
    else:
        subjects, before = _subjects(found, full, safe, building)
        title = title_for(town, subjects, before, lang=lang)
    return Understanding(
        category=found.category,
        score=found.sure,
        sla=Sla.P0 if danger or care else found.category.sla,
        building=building,
        danger=danger,
        care=care,
        of_another=any(of_another(compared, word) for word in cares),
        lang=lang,
        seen=seen,
        plain=plain,
        title=title,
        intent=asked.intent,
        about=asked.about,
        also=tuple(other.category for other in others),
        also_named=tuple(name_for(other.category, other.spoken, lang=lang) for other in others),
    )


def _most_pressing(town: Town, dangers: tuple[str, ...]) -> Matter | None:
    """The emergency that a word of danger names, whatever else is said more often: 「垃圾没人收，楼道里还着火了」."""
    for word in dangers:
        for category in town.categories.values():
            names = tuple(own.casefold() for own in category.keywords if word in own.casefold())
            if names and category.sla is Sla.P0 and not category.sealed:
                return Matter(category, 1.0, (word,))
    return None


def _subjects(
    found: Matter, names: tuple[str, ...], safe: str, building: str | None
) -> tuple[tuple[str, ...], str | None]:
    """What a title may say, and the place before it: a question goes by its own first words, a matter by its names."""
    clause = first_clause(safe)
    if found.category.code not in (UNCLASSIFIED, ASKED) or not clause:
        return names, building
    return (clause,), None if any(numbers_named(matching(clause))) else building
