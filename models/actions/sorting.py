"""What if a matter was not understood, or taken for another? A person at the community or the street names it."""

from dataclasses import replace

from models.actions.calling import told_by_nobody
from models.actions.handling import acting_role, keep_sentence, may_say
from models.actions.leading import answered, tell_all_but_the_lead
from models.actions.moving import (
    lapse_request,
    move,
    next_round,
    start_clocks,
    stop_clocks,
    stop_ladder,
    stop_rung,
    take_up,
)
from models.actions.requesting import end_pause
from models.actions.telling import (
    add_desk,
    hand_lead,
    refresh_cards,
    tell_accountable,
    tell_raiser,
)
from models.queries.cases import history
from models.queries.exchange import exchange
from models.queries.people import Speaker, ways_to_place
from models.records import Case
from models.rules.gone import category_of
from models.rules.ladder import UNANSWERED, Promised, clocks_from, promised, push_at
from models.rules.lifecycle import Event, Reader, Telling
from models.rules.policy import UNCLASSIFIED, Category, Level, Milestone, Party, Sla
from models.rules.refusals import Refused, SameKind
from models.rules.routing import Route, presumed_accused, route
from models.rules.sorting import Sorted, dates_after_sorting, sorted_class
from models.turn import Work
from models.understanding import name_for, plain_words, title_for, understand
from models.vault import keep_many, reveal

_ANSWERS = frozenset({Event.CONTACT, Event.ARRIVE, Event.WORD, Event.PLAN, Event.ASK, Event.SAFE})
"""What answers the resident for the first time (C0 first_reply)."""


def may_sort(work: Work, *, case_id: int, by: Speaker, about: str = "") -> str:
    """The case's number, if this person may name its category; refuses `Stale` or `NotYours`. Changes nothing."""
    return may_say(work, case_id=case_id, by=by, event=Event.SORT)


def proposals(work: Work, *, case_id: int, by: Speaker) -> tuple[tuple[Category, ...], tuple[Category, ...]]:
    """What it may be: at most three categories that its words name, and then every other; refuses as `may_sort`."""
    may_sort(work, case_id=case_id, by=by)
    case = work.session.get_one(Case, case_id)
    heard = exchange(work, case_id).heard
    said = understand(_words(work, case_id, "words"), work.town, home=case.building)
    noted = understand(heard.line if heard else _words(work, case_id, "seen"), work.town, home=case.building)
    named = dict.fromkeys(
        one.code for one in (said.category, *said.also, noted.category, *noted.also) if _nameable(work, one, case)
    )
    others = [one for one in work.town.categories.values() if _nameable(work, one, case) and one.code not in named]
    first = tuple(work.town.categories[code] for code in named)
    return first[:3], (*first[3:], *others)


def becomes_slower(work: Work, *, case_id: int, code: str) -> bool:
    """Whether naming it so gives the resident later dates: then she is owed a reason."""
    case = work.session.get_one(Case, case_id)
    return _class(work, case, category_of(work.town, code)).slower


def sort(work: Work, *, case_id: int, by: Speaker, about: str, sentence: str = "") -> str:
    """The case is of category `about`: the right desk has it, with dates no later than promised; its number.

    Only a slower class, which needs `sentence` as a reason, moves the day of repair, and then the resident is told
    (domain C0). Whoever sorted it downwards still sees it. Refuses `SameKind`, `Stale` or `NotYours`.
    """
    case = take_up(work, case_id)
    may_sort(work, case_id=case_id, by=by)
    category = work.town.categories.get(about)
    if category is None or not _nameable(work, category, case):
        raise Refused(SameKind(number=case.number))
    now_of = _class(work, case, category)
    heard = exchange(work, case_id).heard
    facts = {"was": case.category, "category": about, "sla": now_of.sla.value}
    move(work, case, Event.SORT, actor=by.actor, role=acting_role(work, case, by), facts=facts)
    if sentence:
        keep_sentence(work, case, "sort", sentence)
    lapse_request(work, case_id)
    unchanged = now_of.sla is Sla(case.sla)
    case.category, case.sla = about, now_of.sla.value
    case.accused = "".join(sorted(presumed_accused(category)))
    _rename(work, case, category, line=heard.line if heard else "")
    way = hand_to_its_desk(work, case, category)
    dates_from_now(work, case, now_of, unchanged=unchanged)
    work.session.flush()
    tell_accountable(work, case, Telling.ASSIGNMENT)
    tell_all_but_the_lead(work, case, way)
    tells = now_of.slower and not category.sealed
    if tells and not tell_raiser(work, case, Telling.CHANGED, why="sorted"):
        told_by_nobody(work, case)
    refresh_cards(work, case)
    return case.number


def _class(work: Work, case: Case, category: Category) -> Sorted:
    assert case.id is not None
    answered = any(event.event in _ANSWERS for event in history(work, case.id))
    return sorted_class(Sla(case.sla), category, was=case.category, answered=answered)


def hand_to_its_desk(work: Work, case: Case, category: Category) -> Route:
    """The desk the category asks for leads, the holiday's where it is on duty, or the nearest above that answers.

    The way it took: who is to be told, and the head only where nobody had asked one before.
    """
    accused = frozenset(Party(letter) for letter in case.accused)
    has_head = bool(ways_to_place(work, case.building, but=case.raiser_id))
    sla = Sla(case.sla)
    way = route(category, case.building, work.town, accused=accused, has_head=has_head, sla=sla)
    way = answered(
        work, way, category, case.building, sla=sla, sealed=category.sealed, accused=accused, raiser=case.raiser_id
    )
    former, stood = case.desk, Level(case.level)
    hand_lead(work, case, way.desk, way.level)
    if way.desk != former and way.level < stood:
        add_desk(work, case, former, Reader.ABOVE)  # it named the matter and has nothing more to do
    asks, case.ask_head = way.ask_head and not case.ask_head, way.ask_head
    return replace(way, ask_head=asks)


def dates_from_now(work: Work, case: Case, now_of: Sorted, *, unchanged: bool) -> None:
    """The ladder begins anew for whoever leads now; what waits for the repair goes on where the class is the same."""
    assert case.id is not None
    starts = push_at(work.now, now_of.sla, category_of(work.town, case.category), work.town)
    before = Promised(case.acknowledge_by, case.contact_by, case.resolve_by)
    dates = dates_after_sorting(before, promised(now_of.sla, starts, work.town, case.desk), slower=now_of.slower)
    case.acknowledge_by, case.contact_by, case.resolve_by = dates.acknowledge_by, dates.contact_by, dates.resolve_by
    anew = frozenset({Milestone.SIGNED, Milestone.CONTACTED}) if unchanged else frozenset(Milestone)
    if unchanged:
        stop_clocks(work, case.id, anew)
    else:
        end_pause(work, case)
        stop_ladder(work, case.id)
    stop_rung(work, case.id, UNANSWERED.code)
    dues = [due for due in clocks_from(now_of.sla, starts, work.town, case.desk) if due.until in anew]
    start_clocks(work, case.id, dues, turn=next_round(work, case.id))


def _rename(work: Work, case: Case, category: Category, *, line: str) -> None:
    """The title says what it is; where it points at a flat, others read a rewrite instead of the raiser's words.

    `line`: what a listener wrote down of a voice; others read that.
    """
    assert case.id is not None
    said = understand(line or _words(work, case.id, "words"), work.town, home=case.building)
    spoken = said.title if said.category.code == category.code else ""
    name = name_for(category, (spoken,) if spoken else (), lang=case.lang)
    texts = {"title": title_for(work.town, (name,), case.building, lang=case.lang)}
    if line:
        texts["seen"] = said.seen
    if Party.NEIGHBOUR in category.firewall:
        case.plain = True
        texts["seen"] = plain_words(work.town, name, case.building, lang=case.lang)
    elif not _words(work, case.id, "seen"):  # a voice: what the listener noted, though the resident has not said yes
        noted = _heard(work, case)
        texts["seen"] = noted or plain_words(work.town, name, case.building, lang=case.lang)
    keep_many(work.session, work.keys, owner="case", owner_id=case.id, texts=texts, now=work.now)


def _heard(work: Work, case: Case) -> str:
    assert case.id is not None
    last = [event.seq for event in history(work, case.id) if event.event is Event.HEAR][-1:]
    return _words(work, case.id, f"heard.{last[0]}") if last else ""


def _nameable(work: Work, category: Category, case: Case) -> bool:
    """Anything but what it is and 待人工分类; what is sealed stays among the sealed."""
    sealed = category_of(work.town, case.category).sealed
    return category.code not in (UNCLASSIFIED, case.category) and (category.sealed or not sealed)


def _words(work: Work, case_id: int, field: str) -> str:
    return reveal(work.session, work.keys, owner="case", owner_id=case_id, field=field) or ""
