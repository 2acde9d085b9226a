"""What is filed before anybody taps? Words that say somebody is in danger, or may not want to live (domain C4).

To protect a life no consent is needed (PIPL article 13): a human at the community hears of it at once. Whoever said it
by mistake takes it back with one tap, as long as nobody has spoken with them.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from models.actions.filing import Draft, Filed, Urgency, reading, understood, write
from models.actions.moving import take_up
from models.actions.pursuing import withdraw
from models.actions.relaying import Remark, add
from models.actions.telling import tell_desk, tell_raiser
from models.queries.cases import desks_of
from models.queries.people import Speaker, speaker
from models.records.cases import number_of
from models.rules.gone import category_of
from models.rules.lifecycle import Event, Reader, State, Telling, move_for
from models.rules.policy import UNCLASSIFIED, Town
from models.rules.refusals import NotYours, Refused, Stale, WhereUnknown
from models.store import Statement
from models.turn import Work
from models.understanding.reading import clean
from models.understanding.several import near

AT_ONCE = "at-once:"
"""Why a case was filed without a tap, danger or care, among the reasons in its second event."""

CRY_MOST = 160
"""Characters: who needs help this minute writes little. A longer letter that tells of danger is shown first, and filed
with a tap: of 640 real ones 37 name a danger, and 4 do so in so few words (tests/understanding/test_cries)."""

STILL_THE_SAME = timedelta(hours=1)
"""Who cries for help again within this means the emergency that is open already."""

_OPEN = Statement("""
    SELECT id, category FROM "case"
    WHERE raiser_id = :person AND sla = 'P0' AND building = :building AND filed_at > :since
        AND state IN ('accepted', 'signed', 'working', 'reopened')
    ORDER BY id DESC
""")
_SPOKEN = Statement("UPDATE person SET lang = :lang WHERE id = :person AND consent_version IS NULL")


def is_emergency(draft: Draft, town: Town, *, home: str | None) -> bool:
    """Whether the draft is filed at once: few words of danger, any of self-harm, or the raiser's own tap."""
    if draft.urgency is Urgency.DANGER:
        return True
    said = understood(draft, town, home=home)
    return said.care or (said.danger and len(clean(draft.text)) <= CRY_MOST)


def file_at_once(
    work: Work,
    *,
    bot_id: int,
    update_id: int,
    chat_id: int,
    draft: Draft,
    first: Callable[[Work], object] | None = None,
) -> Filed:
    """The emergency is a case without a tap, or joins the one this person cried for a moment ago.

    `first`: what must be on disk before, their home. Refuses `NotYours`, `WhereUnknown`, `NothingSaid`.
    """
    if first is not None:
        first(work)
    raiser = speaker(work, bot_id=bot_id, chat_id=chat_id)
    if raiser is None:
        raise Refused(NotYours())
    home = raiser.home or draft.building
    if not home:
        raise Refused(WhereUnknown())
    read = reading(work, draft, home=home, raiser=raiser.person)
    code, sealed = read.understanding.category.code, read.understanding.category.sealed
    for row in _OPEN.all(work.session, person=raiser.person, building=read.building, since=work.now - STILL_THE_SAME):
        if category_of(work.town, row.category).sealed is sealed and _same(row.category, code):
            add(work, case_id=row.id, by=raiser, bot_id=bot_id, remark=Remark(draft.text, draft.files))
            tell_raiser(work, take_up(work, row.id), Telling.RECEIPT)  # whom to call stands below the cry again
            return Filed(row.id, number_of(row.id))
    _SPOKEN.run(work.session, person=raiser.person, lang=read.understanding.lang)
    why = AT_ONCE + ("care" if read.understanding.care else "danger")
    read = replace(read, route=replace(read.route, reasons=(*read.route.reasons, why)))
    case = write(work, draft, read, bot_id=bot_id, update_id=update_id, raiser=raiser.person)
    tell_raiser(work, case, Telling.RECEIPT)
    return Filed(case.id, number_of(case.id))


def _same(open_one: str, cried: str) -> bool:
    """Whether a cry may mean the emergency that is open: 「快来人啊」, or the same told again; a fight is no fire."""
    return cried == UNCLASSIFIED or near(open_one, cried)


def mistaken(work: Work, *, case_id: int, by: Speaker) -> str:
    """It was said by mistake: taken back, and every desk that was rung hears of it. Returns the number.

    Refuses `Stale` once somebody has spoken with the raiser, `NotYours` to anybody else.
    """
    case = take_up(work, case_id)
    if case.raiser_id != by.person:
        raise Refused(NotYours())
    spoken = not any(move_for(State(case.state), event) for event in (Event.SIGN, Event.CONTACT))
    if spoken or case.returned:
        raise Refused(Stale(number=case.number, state=case.state))
    withdraw(work, case_id=case_id, by=by, erase=False)
    tell_desk(work, case, case.desk, Telling.DECIDED, Reader.DESK)  # somebody may be on the way
    for desk, part in desks_of(work, case_id):
        tell_desk(work, case, desk, Telling.DECIDED, part)
    return case.number
