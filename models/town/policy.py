"""What has the town decided? Reads the categories, the promises and the ladder from the YAML files."""

from collections.abc import Mapping

from models.rules.policy import (
    UNCLASSIFIED,
    Category,
    Desk,
    DeskKind,
    Effect,
    Level,
    Milestone,
    Party,
    Promise,
    Rung,
    Sla,
    Tier,
)
from models.town.cells import choice, span, unique, yes
from models.town.findings import Fault
from models.town.rows import Folder, Row, entries

_TIERS = {tier.value: tier for tier in Tier}
_SLAS = {sla.value: sla for sla in Sla}
_PARTIES = {party.value: party for party in Party}
_LEVELS = {level.name.lower(): level for level in Level}
_MILESTONES = {milestone.value: milestone for milestone in Milestone}
_EFFECTS = {effect.value: effect for effect in Effect}
_SHORT_MOST = 8
_PHOTOS = {word: word for word in ("none", "opt", "ask")}


def read_categories(folder: Folder, desks: Mapping[str, Desk]) -> dict[str, Category]:
    """categories.yaml; a keyword may stand in several categories, and K99 must be there."""
    file = "categories.yaml"
    needed = ("code", "zh", "en", "short", "short_en", "tier", "sla", "keywords")
    more = ("firewall", "departments", "photo", "first", "first_en", "wake", "sealed", "enforcement")

    def make(row: Row) -> Category:
        for party in row.words("firewall"):
            if party not in _PARTIES:
                row.wrong(Fault.BAD_VALUE, "firewall", "of " + ", ".join(_PARTIES))
        departments = row.words("departments")
        for desk in departments:
            if not desks:
                break  # an unreadable file is one finding
            if desk not in desks:
                row.wrong(Fault.UNKNOWN, desk, "desks.csv")
            elif desks[desk].kind is not DeskKind.DEPARTMENT:
                row.wrong(Fault.WRONG_DESK, desk, DeskKind.DEPARTMENT.value)
        _read_aloud(row)
        return Category(
            code=row.word("code"),
            zh=row.word("zh"),
            en=row.word("en"),
            tier=choice(row, "tier", _TIERS) or Tier.COMMUNITY,
            sla=choice(row, "sla", _SLAS) or Sla.P2,
            keywords=row.words("keywords"),
            firewall=frozenset(_PARTIES[party] for party in row.words("firewall") if party in _PARTIES),
            departments=departments,
            photo=choice(row, "photo", _PHOTOS, needed=False) or "none",
            first=row.maybe("first") or None,
            first_en=row.maybe("first_en") or None,
            wake=yes(row, "wake", absent=False),
            sealed=yes(row, "sealed", absent=False),
            enforcement=yes(row, "enforcement", absent=False),
            short=row.words("short"),
            short_en=row.word("short_en"),
        )

    rows = entries(folder, file, needed, more)
    categories = unique(rows, make)
    if rows and UNCLASSIFIED not in categories:
        folder.wrong(file, 0, Fault.NO_UNCLASSIFIED, UNCLASSIFIED)
    return categories


def _read_aloud(row: Row) -> None:
    """What is said to people is there in both languages, and short enough to be heard out."""
    names = row.words("short")
    if not names or any(len(name) > _SHORT_MOST for name in names):
        row.wrong(Fault.BAD_VALUE, "short", f"one name or several, of at most {_SHORT_MOST} characters", at="short")
    if bool(row.maybe("first")) is not bool(row.maybe("first_en")):
        row.wrong(Fault.MISSING_VALUE, "first_en" if row.maybe("first") else "first")


def read_promises(folder: Folder) -> dict[Sla, Promise]:
    """promises.yaml: one entry for every service class."""
    file = "promises.yaml"

    def make(row: Row) -> Promise | None:
        sla, acknowledge = choice(row, "sla", _SLAS), span(row, "acknowledge")
        contact, resolve = span(row, "contact", needed=False), span(row, "resolve", needed=False)
        extend = span(row, "extend", needed=False)
        if extend is not None and resolve is None:
            row.wrong(Fault.MISSING_VALUE, "resolve", at="extend")
        return Promise(sla, acknowledge, contact, resolve, extend) if sla and acknowledge else None

    rows = entries(folder, file, ("sla", "acknowledge"), ("contact", "resolve", "extend"))
    made = unique(rows, make, key="sla")
    if rows:
        for sla in Sla:
            if sla not in made:
                folder.wrong(file, 0, Fault.NO_PROMISE, sla)
    return {promise.sla: promise for promise in made.values() if promise}


def read_ladder(folder: Folder) -> tuple[Rung, ...]:
    """ladder.yaml: every class waits for signed and for the resident's answer, and always has a next date."""
    file = "ladder.yaml"

    def make(row: Row) -> Rung | None:
        after, until = span(row, "after", at_once=True), choice(row, "until", _MILESTONES)
        effect, sla = choice(row, "effect", _EFFECTS), choice(row, "sla", _SLAS, needed=False)
        to, every = choice(row, "to", _LEVELS, needed=False), span(row, "every", needed=False)
        return Rung(row.word("code"), sla, after, until, effect, to, every) if after and until and effect else None

    rows = entries(folder, file, ("code", "after", "until", "effect"), ("sla", "to", "every"))
    made = [rung for rung in unique(rows, make).values() if rung]
    if len(made) < len(rows) or not rows:
        return tuple(made)  # what is wrong has been said; what is missing would be a guess
    for sla in Sla:
        if not any(rung.sla in (sla, None) and rung.until is Milestone.SIGNED for rung in made):
            folder.wrong(file, 0, Fault.NO_RUNG, sla, "waits for signed")
    if not any(rung.sla is None and rung.until is Milestone.ANSWERED for rung in made):
        folder.wrong(file, 0, Fault.NO_RUNG, "every class", "waits for answered")
    if not any(rung.sla is None and rung.until is Milestone.CLOSED and rung.every for rung in made):
        folder.wrong(file, 0, Fault.NO_RUNG, "every class", "repeats until closed")
    return tuple(made)
