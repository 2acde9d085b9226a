"""Where is it, of what was filed before anybody knew? Once it is said, the case is at its right desk (domain C4).

An emergency waits for no address: the street has it and asks. Whoever does not know which building it is, hands it to
the street all the same.
"""

from models.actions.leading import tell_all_but_the_lead
from models.actions.moving import move, take_up
from models.actions.sorting import dates_from_now, hand_to_its_desk
from models.actions.telling import refresh_cards, tell_accountable
from models.records import Case
from models.rules.access import Actor
from models.rules.gone import category_of, desk_of
from models.rules.lifecycle import Event, Telling
from models.rules.policy import Desk, Role, Sla
from models.rules.sorting import Sorted
from models.store import Statement
from models.turn import Work
from models.understanding import understand
from models.vault import keep_many, reveal

_NOWHERE = Statement("""
    SELECT id FROM "case" WHERE raiser_id = :person AND building = ''
    AND state IN ('accepted', 'signed', 'working', 'reopened') ORDER BY id
""")


def locate(work: Work, *, person: int, building: str) -> Desk | None:
    """What this person said before anybody knew where is at the desk of `building` now; which, or None for nothing.

    The street that has it until now sees it further; no date gets later.
    """
    found = None
    for row in _NOWHERE.all(work.session, person=person):
        found = _locate(work, take_up(work, row.id), building)
    return found


def _locate(work: Work, case: Case, building: str) -> Desk:
    assert case.id is not None
    move(work, case, Event.PLACE, actor=Actor(case.raiser_id), role=Role.RESIDENT, facts={"building": building})
    case.building = building
    category = category_of(work.town, case.category)
    words = reveal(work.session, work.keys, owner="case", owner_id=case.id, field="words") or ""
    said = understand(words, work.town, home=building, at=building, chosen=work.town.categories.get(case.category))
    texts = {"title": said.title, **({"seen": said.seen} if said.plain else {})}
    if words:
        keep_many(work.session, work.keys, owner="case", owner_id=case.id, texts=texts, now=work.now)
    way = hand_to_its_desk(work, case, category)
    dates_from_now(work, case, Sorted(Sla(case.sla), slower=False), unchanged=True)
    work.session.flush()
    tell_accountable(work, case, Telling.ASSIGNMENT)
    tell_all_but_the_lead(work, case, way)
    refresh_cards(work, case)
    return desk_of(work.town, case.desk)
