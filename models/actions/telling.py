"""Who is told what? Every notice is promised here, in the transaction of the change it tells of."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from models.actions.picturing import Viewer, tell_pictures_to
from models.actions.ringing import head_day, ring_for, sign_from, tell_in_list
from models.outbox import Promised, promise
from models.ports import Priority
from models.queries.cards import card_before, cards_to_refresh
from models.queries.cases import desks_of
from models.queries.doing import named_day
from models.queries.people import Way, way_to, ways_to_place
from models.records import Alarm, Case
from models.rules.alarms import AlarmKind
from models.rules.gone import category_of
from models.rules.ladder import push_at
from models.rules.lifecycle import Reader, Telling
from models.rules.policy import Level, Party, Role, Sla
from models.rules.ringing import InList, Occasion
from models.rules.routing import brought_down, next_desk
from models.store import Row, Statement
from models.turn import Work


class Told(Protocol):
    """What is asked of a case in order to tell of it: a row of the table, or one that was written this moment."""

    @property
    def id(self) -> int | None: ...
    @property
    def raiser_id(self) -> int: ...
    @property
    def building(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def sla(self) -> str: ...
    @property
    def level(self) -> int: ...
    @property
    def desk(self) -> str: ...
    @property
    def accused(self) -> str: ...
    @property
    def version(self) -> int: ...


_TO_SIGN = (Telling.ASSIGNMENT, Telling.RETURNED)
"""What a desk has to sign for."""

_PRIORITY = {
    Telling.RECEIPT: Priority.RECEIPT,
    Telling.QUESTION: Priority.RECEIPT,
    Telling.REFRESH: Priority.LIST,
}


_ONCE_REACHED = Statement("""
    SELECT 1 AS reached FROM reach WHERE person_id = :person
        AND NOT EXISTS (SELECT 1 FROM alarm WHERE kind = 'raiser-unreachable' AND ref = :ref) LIMIT 1
""")
"""Once a case is enough, and whoever never had a chat (the counter) is telephoned anyway."""
_SPOKEN_TO = Statement("""
    SELECT 1 AS spoken FROM notice
    WHERE person_id = :person AND case_id = :case_id AND edits IS NULL AND telling IN ('word', 'asked') LIMIT 1
""")


def tell_raiser(work: Work, case: Told, telling: Telling, *, why: str = "") -> bool:
    """The raiser will be told; False where no chat reaches them: then a person must telephone, and an alarm says so.

    The receipt answers somebody who is awake; everything else keeps the quiet hours. `why` a promise changed: later,
    safe or sorted; "" is another desk in the lead.
    """
    way = way_to(work, case.raiser_id)
    if way is None:
        if _ONCE_REACHED.one(work.session, person=case.raiser_id, ref=f"case {case.id}") is not None:
            _alarm(work, AlarmKind.RAISER_UNREACHABLE, case)
        return False
    spoken_to = telling is Telling.CHANGED and _SPOKEN_TO.one(work.session, person=case.raiser_id, case_id=case.id)
    if spoken_to and not why and not _is_broken(work, case):
        return True  # a desk has let them know something: who leads now is read on the receipt (noise budget)
    ring_at = work.now if telling is Telling.RECEIPT else _rings(work, case)
    _promise(work, case, way, telling, Reader.RAISER, ring_at, why=why)
    return True


def _is_broken(work: Work, case: Told) -> bool:
    """Whether the day the raiser was promised has passed, or the one a desk named: whichever desk leads by now."""
    assert case.id is not None
    days = (case.resolve_by if isinstance(case, Case) else None, named_day(work, case.id, former=True))
    return any(day is not None and day <= work.now for day in days)


def tell_desk(
    work: Work,
    case: Told,
    desk: str,
    telling: Telling,
    reader: Reader,
    *,
    awaited: bool = False,
    unanswered: bool = False,
) -> bool:
    """Everybody enrolled at the desk gets the card, or reads of it in the next list; False: nobody is there.

    What rings alone and what waits for a list is the noise budget's (rules/ringing). `awaited`: it answers what the
    desk asked or wrote, or the resident asked for this desk; `unanswered`: nobody took the case up. A desk that is to
    sign has until so long after it was rung.
    """
    ways = ways_to_place(work, desk, but=case.raiser_id, at=_rings(work, case))
    occasion = _occasion(work, case, desk, telling, awaited=awaited, unsigned=unanswered)
    moments = []
    for way in ways:
        ring = ring_for(work, way, desk, occasion)
        moments.append(ring.moment)
        if isinstance(ring, InList):
            key = f"{telling}:{case.id}:{case.version}:{reader}:{way.person}"
            assert case.id is not None
            tell_in_list(work, way, desk, ring.moment, key=key, case_id=case.id, telling=telling, reader=reader)
        else:
            _promise(work, case, way, telling, reader, ring.moment)
    if not ways:
        _alarm(work, AlarmKind.DESK_UNREACHABLE, case, desk=desk)
    elif desk == case.desk and telling in _TO_SIGN and min(moments) > _rings(work, case):
        assert case.id is not None
        by = sign_from(work, case_id=case.id, sla=Sla(case.sla), desk=desk, rung_at=min(moments))
        if isinstance(case, Case):
            case.acknowledge_by = by
    return bool(ways)


def _occasion(work: Work, case: Told, desk: str, telling: Telling, *, awaited: bool, unsigned: bool) -> Occasion:
    return Occasion(
        telling=telling,
        sla=Sla(case.sla),
        category=category_of(work.town, case.category),
        leads=desk == case.desk,
        unsigned=unsigned,
        awaited=awaited,
    )


def tell_head(work: Work, case: Told) -> bool:
    """The building's head is asked once, in daytime, one card a day; False where there is none enrolled.

    A head is never chased: what comes on the same day waits for the morning of the next free one. The head is whoever
    has held the building longest and is there; who came after is the assistant (M04), asked at once in urgent matters.
    """
    ways = ways_to_place(work, case.building, but=case.raiser_id, at=_rings(work, case))
    for way in ways if case.sla in (Sla.P0, Sla.P1) else ways[:1]:
        _ask_at_building(work, case, way)
    return bool(ways)


_ASKED_AT_BUILDING = Statement("""
    SELECT person_id FROM notice WHERE case_id = :case_id AND telling = 'request' AND reader = 'head' AND edits IS NULL
""")


def tell_assistant(work: Work, case: Told) -> bool:
    """The next of the building's people is asked as the head was; False: there is nobody who was not (M04)."""
    asked = {row.person_id for row in _ASKED_AT_BUILDING.all(work.session, case_id=case.id)}
    ways = ways_to_place(work, case.building, but=case.raiser_id, at=_rings(work, case))
    found = next((way for way in ways if way.person not in asked), None)
    if found is not None:
        _ask_at_building(work, case, found)
    return found is not None


def _ask_at_building(work: Work, case: Told, way: Way) -> None:
    asked_at = head_day(work, way, Sla(case.sla), case.category)
    _promise(work, case, way, Telling.REQUEST, Reader.HEAD, asked_at)


_CLAIM = Statement("""
    SELECT person_id, role, facts FROM case_event
    WHERE case_id = :case_id AND event = 'claim' ORDER BY seq DESC LIMIT 1
""")


def tell_thanks(work: Work, case: Told) -> None:
    """Whoever said it was done hears the neighbour's thanks: the head who went there, or the desk in its next list."""
    claim = _CLAIM.one(work.session, case_id=case.id)
    if claim is None:
        return
    if claim.role == Role.HEAD:
        way = way_to(work, claim.person_id)
        if way is not None:
            thanked_at = head_day(work, way, Sla(case.sla), case.category)
            _promise(work, case, way, Telling.THANKS, Reader.HEAD, thanked_at)
        return
    desk = str(json.loads(claim.facts).get("desk") or case.desk)
    tell_desk(work, case, desk, Telling.THANKS, Reader.DESK if desk == case.desk else Reader.HELPING)


def tell_accountable(work: Work, case: Told, telling: Telling, *, awaited: bool = False) -> None:
    """The accountable desk is told; where nobody is enrolled there, the nearest desk above that answers is too.

    `awaited`: the resident asked for this desk to lead.
    """
    if not tell_desk(work, case, case.desk, telling, Reader.DESK, awaited=awaited):
        tell_above_who_answers(work, case)


def tell_above_who_answers(work: Work, case: Told) -> bool:
    """The nearest desk above where somebody is enrolled is told; False: nobody is, up to the top. Each is on record."""
    level = Level(case.level)
    while above := next_desk(work.town, case.building, level, accused=accused(case)):
        level, desk = above
        if tell_above(work, case, desk):
            return True
    return False


def tell_helping(work: Work, case: Told, desk: str) -> bool:
    """The desk works on it beside the accountable one from now on; False: nobody can be reached there.

    One that does so already is not rung again: its card changes without a sound (noise budget).
    """
    if not ways_to_place(work, desk, but=case.raiser_id):
        return False
    if (desk, Reader.HELPING) in parties(work, case):
        return True
    add_desk(work, case, desk, Reader.HELPING)
    return tell_desk(work, case, desk, Telling.ASSIGNMENT, Reader.HELPING)


def tell_above(work: Work, case: Told, desk: str, *, unanswered: bool = False) -> bool:
    """The desk is told beside the accountable one and may look from now on; False: nobody is enrolled there.

    A desk that already has a part is not rung again: its card changes without a sound (noise budget). Only where nobody
    took up an urgent matter (`unanswered`), a desk that has merely read of it in a list is rung.
    """
    if any(desk == known for known, _ in parties(work, case)):
        if not unanswered or case.sla != Sla.P1 or _CARDED.one(work.session, case_id=case.id, desk=desk) is not None:
            return bool(ways_to_place(work, desk, but=case.raiser_id))
    else:
        add_desk(work, case, desk, Reader.ABOVE)
    return tell_desk(work, case, desk, Telling.COPY, Reader.ABOVE, unanswered=unanswered)


_CARDED = Statement("""
    SELECT 1 AS carded FROM notice n JOIN office o ON o.person_id = n.person_id
    WHERE o.place = :desk AND n.case_id = :case_id AND n.edits IS NULL AND n.state IN ('waiting', 'sent') LIMIT 1
""")


def refresh_cards(work: Work, case: Case, *, only: Reader | None = None) -> None:
    """Every card of this case on anybody's phone will be drawn anew, without a sound; `only`: this reader's."""
    assert case.id is not None
    for card in cards_to_refresh(work, case_id=case.id, version=case.version):
        if only in (None, card.reader):
            redraw(work, case.id, card, f"refresh:{card.id}:{case.version}")


_CARD = Statement("""
    INSERT INTO card (bot_id, chat_id, message_id, person_id, case_id, telling, reader, version, sent_at, opened)
    VALUES (:bot_id, :chat_id, :message_id, :person_id, :case_id, :telling, :reader, :version, :now, :opened)
    ON CONFLICT (bot_id, chat_id, message_id) DO UPDATE SET version = excluded.version
""")
_REDRAWN = Statement("""
    UPDATE card SET version = :version WHERE bot_id = :bot_id AND chat_id = :chat_id AND message_id = :message_id
""")
_VERSION = Statement('SELECT version FROM "case" WHERE id = :case_id FOR UPDATE')
_SHOWN = Statement("""
    SELECT id, person_id, bot_id, chat_id, message_id, telling, reader FROM card
    WHERE bot_id = :bot_id AND chat_id = :chat_id AND message_id = :message_id
""")


def card_sent(work: Work, promised: Promised, *, message_id: int, version: int) -> None:
    """The message shows the case as it was at `version`; the message that showed it before will point to this one.

    A case that moved while the letter was on its way is shown as it is at once: whoever moved it knew no such card.
    """
    place = {"bot_id": promised.bot_id, "chat_id": promised.chat_id, "message_id": message_id}
    if promised.case_id is None or promised.telling == Telling.PICTURES:
        return
    case = _VERSION.one(work.session, case_id=promised.case_id)  # first: whoever moves it now is waited for
    if promised.edits is not None:
        _REDRAWN.run(work.session, **place, version=version)
    else:
        _card_new(work, promised, place, version)
    card = _SHOWN.one(work.session, **place) if case is not None and case.version > version else None
    if case is not None and card is not None:
        redraw(work, promised.case_id, card, f"refresh:{card.id}:{case.version}")


def _card_new(work: Work, promised: Promised, place: Mapping[str, int], version: int) -> None:
    assert promised.case_id is not None
    _CARD.run(
        work.session,
        **place,
        person_id=promised.person_id,
        case_id=promised.case_id,
        telling=promised.telling,
        reader=promised.reader,
        version=version,
        now=work.now,
        opened=bool(promised.facts.get("opened")),
    )
    tell_pictures_to(
        work,
        case_id=promised.case_id,
        viewer=Viewer(promised.person_id, promised.bot_id, promised.chat_id, promised.reader),
    )
    for card in card_before(work, **place):
        redraw(work, promised.case_id, card, f"elsewhere:{card.id}:{place['message_id']}")


def redraw(work: Work, case_id: int, card: Row, key: str) -> None:
    """That message will be drawn anew, without a sound, once for this `key`."""
    promise(
        work.session,
        key=key,
        person_id=card.person_id,
        bot_id=card.bot_id,
        chat_id=card.chat_id,
        case_id=case_id,
        telling=Telling.REFRESH,
        reader=card.reader,
        edits=card.message_id,
        facts={"telling": card.telling},
        priority=Priority.LIST,
        ring_at=work.now,
        now=work.now,
    )


_PART = Statement("""
    INSERT INTO case_desk (case_id, desk, part, since_at) VALUES (:case_id, :desk, :part, :now)
    ON CONFLICT (case_id, desk) DO UPDATE SET part = excluded.part
""")
_PART_ENDS = Statement("DELETE FROM case_desk WHERE case_id = :case_id AND desk = :desk")


def add_desk(work: Work, case: Told, desk: str, part: Reader) -> None:
    """The desk has this part in the case from now on; the accountable desk has no second part."""
    if desk != case.desk:
        _PART.run(work.session, case_id=case.id, desk=desk, part=part, now=work.now)


def hand_lead(work: Work, case: Case, desk: str, level: Level) -> None:
    """`desk` is accountable at `level`; the former desk stays and helps (首接负责).

    What was raised and comes down may be raised again.
    """
    case.raised_to = brought_down(case.raised_to, frm=Level(case.level), to=level)
    former, case.desk, case.level = case.desk, desk, level
    _PART_ENDS.run(work.session, case_id=case.id, desk=desk)
    if former != desk:
        add_desk(work, case, former, Reader.HELPING)


def accused(case: Told) -> frozenset[Party]:
    """Whom the case is about: they never see it, lead it or hear of it (I5)."""
    return frozenset(Party(letter) for letter in case.accused)


def parties(work: Work, case: Told) -> tuple[tuple[str, Reader], ...]:
    """The accountable desk first, then every other desk with its part."""
    assert case.id is not None
    return ((case.desk, Reader.DESK), *desks_of(work, case.id))


def _rings(work: Work, case: Told) -> datetime:
    """When a telephone may ring for this case: now, or after the quiet hours."""
    return push_at(work.now, Sla(case.sla), category_of(work.town, case.category), work.town)


def _promise(
    work: Work, case: Told, way: Way, telling: Telling, reader: Reader, ring_at: datetime, *, why: str = ""
) -> None:
    # another desk in the lead is said once a case, each day that moves is said; other changes edit the receipt without
    # a sound (noise budget)
    occasion = "once" if telling is Telling.CHANGED and not why else case.version
    promise(
        work.session,
        key=f"{telling}:{case.id}:{occasion}:{reader}:{way.person}",
        person_id=way.person,
        bot_id=way.bot_id,
        chat_id=way.chat_id,
        case_id=case.id,
        telling=telling,
        reader=reader,
        facts={},
        priority=Priority.EMERGENCY if case.sla == Sla.P0 else _PRIORITY.get(telling, Priority.ASSIGNMENT),
        ring_at=ring_at,
        now=work.now,
    )


def _alarm(work: Work, kind: AlarmKind, case: Told, *, desk: str = "") -> None:
    work.session.add(Alarm(kind=kind, ref=f"case {case.id} {desk}".strip(), reason="no way", raised_at=work.now))
