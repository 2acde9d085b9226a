"""What is filed before anybody taps? Words that say somebody is in danger, or may not want to live (domain C4).

To protect a life no consent is needed (PIPL article 13): a human at the community hears of it at once. Whoever said it
by mistake takes it back with one tap, as long as nobody has spoken with them.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from models.actions.filing import Draft, Filed, Urgency, home_for, reading, understood, write
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
from models.rules.refusals import NotYours, Refused, Stale
from models.store import Row, Statement
from models.turn import Work
from models.understanding import Understanding
from models.understanding.cries import hurt, only_calls
from models.understanding.danger import those_said
from models.understanding.reading import clean, matching
from models.vault import reveal

AT_ONCE = "at-once:"
"""Why a case was filed without a tap, among the reasons in its second event: danger, care, or other, which is care
for somebody else."""

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
_CRIED = Statement("""
    SELECT id FROM "case"
    WHERE raiser_id = :person AND sla = 'P0' AND filed_at > :since
        AND state IN ('accepted', 'signed', 'working', 'reopened')
    ORDER BY id DESC LIMIT 1
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
    read = reading(work, draft, home=home_for(draft, raiser), raiser=raiser.person)
    since = work.now - STILL_THE_SAME
    for row in _OPEN.all(work.session, person=raiser.person, building=read.building, since=since):
        if _same(work, row, draft, read.understanding):
            add(work, case_id=row.id, by=raiser, bot_id=bot_id, remark=Remark(draft.text, draft.files))
            tell_raiser(work, take_up(work, row.id), Telling.RECEIPT)  # whom to call stands below the cry again
            return Filed(row.id, number_of(row.id))
    _SPOKEN.run(work.session, person=raiser.person, lang=read.understanding.lang)
    why = AT_ONCE + _why(read.understanding)
    read = replace(read, route=replace(read.route, reasons=(*read.route.reasons, why)))
    case = write(work, draft, read, bot_id=bot_id, update_id=update_id, raiser=raiser.person)
    tell_raiser(work, case, Telling.RECEIPT)
    return Filed(case.id, number_of(case.id))


def _why(said: Understanding) -> str:
    if said.care:
        return "other" if said.of_another else "care"
    return "danger"


def _same(work: Work, open_one: Row, draft: Draft, cried: Understanding) -> bool:
    """Whether a cry means the emergency that is open: 「快来人啊」, the same told again; a live wire is no lift."""
    if only_calls(matching(clean(draft.text))):
        return True
    if category_of(work.town, open_one.category).sealed is not cried.category.sealed:
        return False
    if open_one.category != UNCLASSIFIED:
        return bool(open_one.category == cried.category.code)
    before = reveal(work.session, work.keys, owner="case", owner_id=open_one.id, field="words") or ""
    return bool(_named(work.town, before) & _named(work.town, draft.text))


def _named(town: Town, text: str) -> frozenset[str]:
    """The words of danger in it, and that somebody is hurt."""
    words = matching(clean(text))
    return frozenset(those_said(words, town.danger_words)) | ({"hurt"} if hurt(words) else frozenset())


def still_crying(work: Work, *, person: int, text: str) -> int | None:
    """The emergency this person cried a moment ago, where the words only press on: 「你们快点」; None for any other."""
    if not only_calls(matching(clean(text))):
        return None
    row = _CRIED.one(work.session, person=person, since=work.now - STILL_THE_SAME)
    return None if row is None else int(row.id)


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
