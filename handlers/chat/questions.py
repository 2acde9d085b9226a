"""What is still missing? The one next question about a draft: words, place, consent, or 「是这件事吗」."""

from dataclasses import replace
from functools import partial

from aiogram.fsm.context import FSMContext
from aiogram.methods import SendMessage

from handlers.cards import places
from handlers.cards.buttons import Verb, button
from handlers.cards.correcting import BACK
from handlers.cards.phrases import desk_name, greeting, place_name
from handlers.cards.understanding import understanding, understanding_buttons
from handlers.chat.emergencies import Before, filed_at_once
from handlers.chat.hearing import keyboard
from handlers.chat.paper import Filing, Paper
from handlers.words import Html, Words
from models.actions.enrolling import live_at, meet
from models.actions.filing import Urgency, reading, submit
from models.ports import Button
from models.queries.people import Speaker, stranger_at
from models.rules.policy import Desk, Town
from models.turn import Turn
from models.understanding.place import named_in, numbers_named
from models.understanding.reading import clean, matching
from models.vault import Keys


async def go_on(
    chat_id: int, paper: Paper, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[SendMessage]:
    """The next question; where the words name the building that was missing, it is known from now on."""
    if paper.text and place_missing(paper, speaker):
        named = named_in(paper.text, town, home=None, near=paper.compound or _own_compound(speaker, town))
        if named.building is not None:
            return await settle(named.building, chat_id, paper, state, turn, w, speaker, town)
    return _asked(await ask_next(chat_id, paper, state, turn, w, speaker, town))


def _asked(card: SendMessage | None) -> list[SendMessage]:
    return [] if card is None else [card]


async def settle(
    building: str,
    chat_id: int,
    paper: Paper,
    state: FSMContext,
    turn: Turn,
    w: Words,
    speaker: Speaker | None,
    town: Town,
    *,
    moves: bool = False,
) -> list[SendMessage]:
    """The building is known: this draft's alone, or the home of who had none. `moves`: the home, whatever it was."""
    paper = replace(paper, compound="")
    if not moves and (paper.behalf or (speaker is not None and speaker.home is not None)):
        return _asked(await ask_next(chat_id, replace(paper, building=building), state, turn, w, speaker, town))
    resident = stranger_at(building, w.lang) if speaker is None else speaker.moved_to(building)
    place = place_name(w, town.compound_of(building), town.buildings[building])
    first = partial(live_at, building=building, bot_id=turn.waiting.bot_id, chat_id=chat_id, lang=w.lang)
    waited: Desk | None = None
    if paper.begun:
        cards = _asked(await ask_next(chat_id, paper, state, turn, w, resident, town, first=first))
        said = w("好了，您这里是%(place)s。", place=place)
    else:
        await state.clear()
        cards, said = [], w("好了，您这里是%(place)s。有什么事，直接发一句话或拍张照就行。", place=place)
    if not turn.done:
        waited = await turn.do(first)
    if waited is not None:
        said = w(
            "好了，您这里是%(place)s，已经告诉%(desk)s（%(phone)s）。",
            place=place,
            desk=desk_name(w, waited),
            phone=waited.phone,
        )
    return [SendMessage(chat_id=chat_id, text=said, parse_mode="HTML"), *cards]


async def ask_next(
    chat_id: int,
    paper: Paper,
    state: FSMContext,
    turn: Turn,
    w: Words,
    speaker: Speaker | None,
    town: Town,
    *,
    first: Before | None = None,
) -> SendMessage | None:
    """The draft is kept and the one next question is put: words, place, consent, or 「是这件事吗」.

    None: it was an emergency, and is a case now (`emergencies`). `first`: what must be on disk before it can be.
    """
    paper = replace(paper, card=turn.waiting.id, choices=())
    await paper.keep(state)
    voice = paper.draft.only_voice
    if voice and paper.urgency is Urgency.AS_SAID:
        return await ask_danger(chat_id, paper, state, turn, w)
    if not paper.text and not voice:
        return await ask_words(chat_id, paper, state, w)
    if place_missing(paper, speaker):
        met = first or partial(meet, bot_id=turn.waiting.bot_id, chat_id=chat_id, lang=w.lang)
        if await filed_at_once(replace(paper, nowhere=True), state, turn, town, home=None, first=met):
            return None  # help waits for no address: its receipt asks where it is
        return await ask_place(chat_id, paper, state, turn, w, speaker, town)
    home = paper.building or (speaker.home if speaker is not None else None)
    if speaker is None and first is None:  # who cries for somebody who lives elsewhere may never have been met
        first = partial(meet, bot_id=turn.waiting.bot_id, chat_id=chat_id, lang=w.lang)
    if await filed_at_once(paper, state, turn, town, home=home, first=first):
        return None
    if speaker is None or speaker.consent != town.consent_version:
        return await ask_consent(chat_id, paper, state, w, turn.keys, who_answers(speaker, town))
    if voice:
        await file_voice(paper, state, turn, first=first)
        return None
    return await ask_check(chat_id, paper, state, turn, w, speaker, town)


def place_missing(paper: Paper, speaker: Speaker | None) -> bool:
    """Whether nobody knows yet which building this is about, and somebody could still say."""
    if paper.nowhere:
        return False
    if paper.compound:
        return True
    return not paper.building and (paper.behalf or speaker is None or speaker.home is None)


async def ask_danger(chat_id: int, paper: Paper, state: FSMContext, turn: Turn, w: Words) -> SendMessage:
    """A voice alone: before anybody has listened, whether somebody is in danger now (users.md rule 2)."""
    await state.set_state(Filing.telling)
    return SendMessage(
        chat_id=chat_id,
        text=w("语音收到了，社区会有人听。现在有危险吗？有危险请先打110、119、120。"),
        reply_markup=keyboard(
            (
                (button(turn.keys, chat_id, w.plain("有危险"), Verb.DANGER, of=paper.card),),
                (button(turn.keys, chat_id, w.plain("不急"), Verb.NO_DANGER, of=paper.card),),
            )
        ),
    )


async def file_voice(paper: Paper, state: FSMContext, turn: Turn, *, first: Before | None) -> None:
    """The voice is a case from minute 0, without one more tap; the receipt comes from the outbox."""
    await state.clear()
    await turn.do(
        submit,
        bot_id=turn.waiting.bot_id,
        update_id=turn.waiting.update_id,
        chat_id=turn.waiting.chat_id,
        draft=paper.draft,
        first=first,
    )


async def ask_words(chat_id: int, paper: Paper, state: FSMContext, w: Words) -> SendMessage:
    await state.set_state(Filing.telling)
    if paper.files and paper.files[-1][0] == "photo":
        text = w("图收到了。再说一句是什么事、在哪里，我就转给该管的人。")
    elif paper.files:
        text = w("收到了。再说一句是什么事、在哪里，我就转给该管的人。")
    elif paper.behalf:
        text = w("好的，替别人说也行。是什么事？")
    else:
        text = w("位置收到了。再说一句是什么事，我就转给该管的人。")
    return SendMessage(chat_id=chat_id, text=text)


async def ask_place(
    chat_id: int, paper: Paper, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> SendMessage:
    """Where is it? By the stairwell's link, by its name, by a location, or by buttons; what is known is not asked."""
    if paper.compound:
        return await ask_from(places.of_compound(paper.compound), chat_id, paper, state, turn, w, town)
    named = named_in(paper.text, town, home=None).compounds
    if named and not (speaker is not None and speaker.home is not None and not paper.behalf):
        which = places.of_compound(named[0]) if len(named) == 1 else places.among(named)
        return await ask_from(which, chat_id, paper, state, turn, w, town)
    again = await state.get_state() == Filing.placing and bool(paper.text) and place_missing(paper, speaker)
    await state.set_state(Filing.placing)
    rows: list[tuple[Button, ...]] = []
    home = speaker.home if speaker is not None else None
    if again:
        street = town.desks[town.street_desk]
        text = w(
            "不清楚是几栋也没关系：点「找人工」，或者打%(desk)s（%(phone)s），他们帮您找。",
            desk=desk_name(w, street),
            phone=street.phone,
        )
        rows.append((button(turn.keys, chat_id, w.plain("找人工"), Verb.PERSON, of=paper.card),))
    elif home is None and not paper.behalf:
        text = w(
            "您说的我先记下了。请扫一下您楼道里的二维码，或者说小区和几栋，比如「%(example)s」。"
            "说不清就打%(phone)s，有人帮您。",
            example=places.example(w, town),
            phone=town.desks[town.street_desk].phone,
        )
    else:
        text = w("在哪里？说小区和几栋，比如「%(example)s」，也可以发个位置。", example=places.example(w, town))
    if home is not None and paper.behalf:
        await replace(paper, choices=(places.BUILDING + home,)).keep(state)
        rows.append((button(turn.keys, chat_id, w.plain("就在我这栋"), Verb.PICK, of=paper.card),))
    rows.append((places.open_list(w, turn.keys, chat_id, at_home=home is None and not paper.behalf),))
    if not place_missing(paper, speaker):
        rows.append((button(turn.keys, chat_id, w.plain("不改了"), Verb.CHANGE, of=paper.card, version=BACK),))
    return SendMessage(chat_id=chat_id, text=text, parse_mode="HTML", reply_markup=keyboard(tuple(rows)))


async def ask_from(
    which: str,
    chat_id: int,
    paper: Paper,
    state: FSMContext,
    turn: Turn,
    w: Words,
    town: Town,
    *,
    sure: bool = True,
    first: Html | None = None,
) -> SendMessage:
    """One list of `places`, with a button each. `first`: a sentence before the question."""
    offered = places.offer(w, turn.keys, chat_id, town, which, draft=turn.waiting.id, sure=sure)
    rows = offered.rows
    if which == places.TOWN and paper.text:  # whoever does not know is helped all the same
        rows = (*rows, (button(turn.keys, chat_id, w.plain("找人工"), Verb.PERSON, of=turn.waiting.id),))
    await state.set_state(Filing.placing)
    await replace(paper, card=turn.waiting.id, choices=offered.choices).keep(state)
    text = offered.text if first is None else Html(f"{first}{offered.text}")
    return SendMessage(chat_id=chat_id, text=text, parse_mode="HTML", reply_markup=keyboard(rows))


def greeted(chat_id: int, turn: Turn, w: Words, speaker: Speaker | None) -> SendMessage:
    """What to do now, whoever it is; who lives nowhere yet can say where without the stairwell's code."""
    lives_here, staff = speaker is not None and speaker.home is not None, bool(speaker and speaker.staff)
    text = greeting(w, lives_here=lives_here, staff=staff)
    rows = () if lives_here or staff else ((places.open_list(w, turn.keys, chat_id, at_home=True),),)
    return SendMessage(chat_id=chat_id, text=text, parse_mode="HTML", reply_markup=keyboard(rows))


def number_said(paper: Paper) -> str | None:
    """The one building's number in the draft: 「3栋电梯停了」 needs only its compound."""
    found = set(numbers_named(matching(clean(paper.text))))
    return found.pop() if len(found) == 1 else None


async def show_unsent(
    chat_id: int, paper: Paper, state: FSMContext, turn: Turn, w: Words, speaker: Speaker | None, town: Town
) -> list[SendMessage]:
    """That these words went nowhere yet, and the one tap or answer that is missing."""
    first = SendMessage(chat_id=chat_id, text=w("您说的还没交出去，就差您这一步："))
    if await state.get_state() == Filing.consenting:
        await state.set_state(Filing.telling)  # the whole of it once more, not 「也记下了」
    return [first, *_asked(await ask_next(chat_id, paper, state, turn, w, speaker, town))]


def who_answers(speaker: Speaker | None, town: Town) -> Desk:
    """Where a person answers: the community of one's home, else the street."""
    if speaker is None or speaker.home is None:
        return town.desks[town.street_desk]
    return town.desks[town.community_desks[town.compound_of(speaker.home).community]]


async def ask_consent(chat_id: int, paper: Paper, state: FSMContext, w: Words, keys: Keys, desk: Desk) -> SendMessage:
    """`desk`: whom to call, for who asked for a person."""
    go_on = keyboard(((button(keys, chat_id, w.plain("知道了，接着办"), Verb.CONSENT, of=paper.card),),))
    if await state.get_state() == Filing.consenting and paper.by_hand:
        text = w(
            "好的，点了「知道了，接着办」我就转给人来办。也可以直接打%(desk)s：%(phone)s。",
            desk=desk_name(w, desk),
            phone=desk.phone,
        )
        return SendMessage(chat_id=chat_id, text=text, reply_markup=go_on)
    if await state.get_state() == Filing.consenting:  # with the button once more: the card above may have been lost
        return SendMessage(chat_id=chat_id, text=w("也记下了。请点「知道了，接着办」。"), reply_markup=go_on)
    await state.set_state(Filing.consenting)
    return SendMessage(
        chat_id=chat_id,
        text=w(
            "先说一声：您说的话只给办这件事的人看，他们看不到您是谁；办结180天后，您的原话和照片就删掉。同意就点一下，我接着办。"
        ),
        reply_markup=go_on,
    )


async def ask_check(
    chat_id: int, paper: Paper, state: FSMContext, turn: Turn, w: Words, speaker: Speaker, town: Town
) -> SendMessage:
    home = "" if paper.nowhere else speaker.home or paper.building
    read = await turn.ask(reading, paper.draft, home=home, raiser=speaker.person)
    await state.set_state(Filing.checking)
    return SendMessage(
        chat_id=chat_id,
        text=understanding(w, read, town, now=turn.now, home=speaker.home),
        parse_mode="HTML",
        reply_markup=keyboard(understanding_buttons(w, turn.keys, chat_id, read, draft=paper.card)),
    )


def _own_compound(speaker: Speaker | None, town: Town) -> str:
    home = speaker.home if speaker is not None else None
    return town.buildings[home].compound if home is not None and home in town.buildings else ""
