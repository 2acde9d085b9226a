"""What does this notice say, to this reader, now? Drawn at the moment of sending, after asking again who may read."""

from dataclasses import dataclass, replace

from handlers.cards import following, raiser, relay, sealed, staff
from handlers.cards.believing import believed
from handlers.cards.calls import thanks
from handlers.cards.lists import draw_list
from handlers.cards.phrases import desk_name
from handlers.words import Html, Words
from models.actions.hearing import meant
from models.outbox import Promised
from models.ports import Letter, Rows
from models.queries.cards import album, live_card, opened, said_again_later, sent_earlier, superseded, voice
from models.queries.cases import CaseView, head_answer, view
from models.queries.exchange import exchange
from models.queries.people import first_at, home_of, is_away, language_of, phone_of
from models.queries.pushes import listed_again
from models.queries.reading import may_call, raiser_of, reader_of
from models.records import Case
from models.rules.lifecycle import HELD, Reader, State, Telling
from models.rules.routing import next_desk
from models.turn import Work
from models.vault import reveal

_ON_DUTY = frozenset(Reader) - {Reader.RAISER, Reader.FAMILY}


@dataclass(frozen=True, slots=True)
class Drawn:
    text: Html
    buttons: Rows = ()


def draw(work: Work, promised: Promised) -> Letter | None:
    """The letter as it must read now, or None when it is no longer true or no longer this person's to read.

    A card that is to be edited and may not be read any more is emptied rather than left standing.
    """
    if promised.edits is None and promised.reader in _ON_DUTY and is_away(work, promised.person_id):
        return None  # on leave since it was promised
    if promised.telling == Telling.LIST:
        return None if listed_again(work, promised) else draw_list(work, promised)
    case = work.session.get(Case, promised.case_id)
    seen = view(work, promised.case_id) if promised.case_id is not None else None
    if case is None or case.id is None or seen is None:
        return None
    dated = promised.edits is not None and sent_earlier(work, promised)
    w = Words(language_of(work, promised.person_id), work.town.calendar.zone, dated=dated)
    telling = Telling(promised.facts.get("telling", promised.telling))
    reader = reader_of(work, case.id, promised.person_id)
    new = promised.edits is None
    if telling is Telling.PICTURES:
        return _pictures(work, w, seen, reader, promised)
    if new and (reader is None or _overtaken(seen, telling) or said_again_later(work, promised)):
        return None
    if reader is None and telling is Telling.DECIDE:
        drawn = Drawn(w("%(number)s号已经定了，谢谢您。", number=seen.number))
    elif reader is None:
        drawn = Drawn(w("%(number)s号已不在您这里。", number=seen.number))
    elif not new and superseded(work, promised):
        drawn = Drawn(staff.elsewhere(w, seen))
    elif sealed.hides(seen, reader, telling) and not opened(work, promised):
        drawn = Drawn(sealed.hidden(w, reader), sealed.hidden_buttons(w, work.keys, promised.chat_id, seen))
    else:
        drawn = _card(work, w, seen, reader, telling, promised)
    text = drawn.text
    if promised.unsure and new:
        text = Html(f"{w('（重发）')}{text}")
    return Letter(
        bot_id=promised.bot_id,
        chat_id=promised.chat_id,
        text=text,
        buttons=drawn.buttons,
        edits=promised.edits,
    )


def _pictures(work: Work, w: Words, seen: CaseView, reader: Reader | None, promised: Promised) -> Letter | None:
    """The clean copies, below the reader's card; nothing once the case is over or not this person's any more."""
    if "voice" in promised.facts:
        return _voice(work, w, seen, reader, promised)
    shown = album(work, promised)
    if reader in (None, Reader.RAISER, Reader.FAMILY) or not seen.state.open or not shown:
        return None
    return Letter(
        bot_id=promised.bot_id,
        chat_id=promised.chat_id,
        text=w("%(number)s号的照片", number=seen.number),
        files=tuple(("photo", digest) for digest in shown),
        answers=live_card(work, promised),
    )


def _voice(work: Work, w: Words, seen: CaseView, reader: Reader | None, promised: Promised) -> Letter | None:
    """The voice itself, to whoever has yet to write down what it says, and to nobody else ever."""
    digest = voice(work, promised)
    if reader is not Reader.DESK or digest is None or not (seen.state.open and relay.may_be_heard(seen)):
        return None
    return Letter(
        bot_id=promised.bot_id,
        chat_id=promised.chat_id,
        text=w("%(number)s号的语音，只给您听，请别外传。", number=seen.number),
        files=(("voice", digest),),
        answers=live_card(work, promised),
    )


def _overtaken(seen: CaseView, telling: Telling) -> bool:
    """Whether the moment for saying this has passed while the notice waited."""
    match telling:
        case Telling.QUESTION:
            return seen.state is not State.CLAIMED
        case Telling.CALL:
            return seen.pursued.caller is None
        case Telling.THANKS:
            return seen.state is not State.CLOSED_OK
        case Telling.REMINDER | Telling.CHANGED:
            return seen.state not in HELD
        case Telling.REQUEST:
            return seen.state not in HELD or seen.returned > 0
        case Telling.ASKED:
            return seen.state not in HELD or not seen.exchange.unanswered
        case Telling.HEARD:
            return seen.exchange.heard is None or seen.exchange.heard.agreed is not None
        case Telling.ASSIGNMENT if seen.state is State.CLAIMED:
            return True  # done on the spot: there is nothing left to do
        case Telling.ASSIGNMENT | Telling.COPY | Telling.RETURNED | Telling.WORD | Telling.ADDED:
            return not seen.state.open
        case _:
            return False


def _card(work: Work, w: Words, seen: CaseView, reader: Reader, telling: Telling, promised: Promised) -> Drawn:
    (w, now), chat_id = believed(w, seen, work.now), promised.chat_id
    above = next_desk(work.town, seen.building.code, seen.level)
    match reader, telling:
        case Reader.RAISER, Telling.QUESTION:
            said = raiser.question(w, seen, told_above=above is not None, now=now)
            return Drawn(said, raiser.question_buttons(w, work.keys, chat_id, seen, now=now))
        case Reader.RAISER, Telling.CHANGED:
            return Drawn(raiser.changed(w, seen, now=now))
        case Reader.RAISER, Telling.WORD:
            return Drawn(raiser.word(w, seen, now=now))
        case Reader.RAISER, Telling.ASKED:
            return Drawn(relay.asked(w, seen, now=now), relay.asked_buttons(w, work.keys, chat_id, seen))
        case Reader.RAISER, Telling.HEARD:
            then = meant(work, seen.id)
            return Drawn(relay.heard(w, seen, then, now=now), relay.heard_buttons(w, work.keys, chat_id, seen))
        case Reader.FAMILY, _:
            return Drawn(following.family_card(w, seen, now=now), following.family_buttons(w, work.keys, chat_id, seen))
        case Reader.RAISER, _:
            higher = desk_name(w, work.town.desks[above[1]] if above else seen.desk)
            said = raiser.receipt(w, seen, above=higher, now=now)
            said = raiser.with_place(w, seen, said, home=home_of(work, promised.person_id))
            return Drawn(said, raiser.receipt_buttons(w, work.keys, chat_id, seen))
        case _, Telling.THANKS if seen.state is State.CLOSED_OK:
            return Drawn(thanks(w, seen))
        case Reader.HEAD, _:
            answered = head_answer(work, seen.id, promised.person_id) or ""
            return Drawn(
                staff.head_card(
                    w, seen, _surname(work, seen, promised.person_id), answered, now=now, name=_for_head(work, seen)
                ),
                staff.head_buttons(w, work.keys, chat_id, seen, answered),
            )
        case _:
            calls = may_call(work, seen.id, promised.person_id)
            cares = reader is Reader.DESK and sealed.is_care(seen)
            seen = _in_own_words(work, seen) if cares else seen
            phone = phone_of(work, raiser_of(work, seen.id)) if calls or cares else None
            return Drawn(
                staff.desk_card(w, seen, reader, telling, now=now, calls=calls, phone=phone),
                staff.desk_buttons(w, work.keys, chat_id, seen, reader, calls=calls),
            )


def _in_own_words(work: Work, seen: CaseView) -> CaseView:
    """What the resident said, nothing hidden: whoever leads it and has opened it is the human who goes there."""
    words = reveal(work.session, work.keys, owner="case", owner_id=seen.id, field="words")
    return replace(seen, seen=words or seen.seen, exchange=exchange(work, seen.id, urgent=True, own=True))


def _for_head(work: Work, seen: CaseView) -> str:
    """How the raiser wants to be called by the head, and by nobody else."""
    if not seen.tells_head:
        return ""
    return reveal(work.session, work.keys, owner="case", owner_id=seen.id, field="for_head") or ""


def _surname(work: Work, seen: CaseView, person: int) -> str:
    """The family name of this head, or assistant, as the register posts it at the building; "" where several may be."""
    assists = first_at(work, seen.building.code) != person
    posts = [post for post in work.town.incumbents if post.place == seen.building.code and post.assistant == assists]
    return posts[0].name[:1] if len(posts) == 1 or (posts and not assists) else ""
