"""What do residents, desks and a head do while the machine dies under them? They press what is shown, or say it again.

Nobody here is told what was lost: like people, they see their chat and nothing else. A question that never came is
asked for again with a word (design §2.4); what was promised (receipt, card, question) is only waited for.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.messenger.chats import BotAccount
from bot.messenger.messages import Message
from bot.messenger.people import Person

PATIENCE_S = 1.5
"""Seconds without an answer after which somebody says something again."""
LONG_PATIENCE_S = 10.0
"""The same for somebody whose tap may have been taken: what was promised comes, though it may take a restart."""
LOOKS_EVERY_S = 0.02

RECEIPT = "收到了，编号"
CONSENT, SUBMIT = "知道了，接着办", "对，提交"
SIGN, SIGNED, DONE = "签收", "已联系或上门", "办好了"
SEND = "发给居民"
SOLVED, UNSOLVED = "解决了", "没有"
CLOSED = "您说解决了，这件事办结"
BUSY = "没空"


@dataclass(frozen=True, slots=True)
class Tap:
    """One touch of a button: the update it became, and what the button carried."""

    update_id: int
    callback_data: str


@dataclass
class Phone:
    """One person and their chat with the bot."""

    person: Person
    bot: BotAccount
    dice: random.Random
    taps: list[Tap] = field(default_factory=list)

    @property
    def heard(self) -> list[Message]:
        """Everything the bot said in this chat, oldest first, as it stands now."""
        return [message for message in self.person.inbox(self.bot) if message.from_bot]

    def shown(self, label: str) -> Message | None:
        """The newest message with a button of this label that was not tapped yet."""
        tapped = {tap.callback_data for tap in self.taps}
        for message in reversed(self.heard):
            found = _button(message, label)
            if found is not None and found not in tapped:
                return message
        return None

    def standing(self, message: Message) -> Message:
        """The same message as it is now."""
        return next(one for one in self.heard if one.id == message.id)

    def say(self, words: str) -> None:
        self.person.say(self.bot, words)

    def tap(self, message: Message, label: str) -> None:
        """The button is tapped; some thumbs are impatient and do it twice."""
        data = _button(message, label)
        assert data is not None
        for _ in range(self.dice.choice((1, 1, 2))):
            self.person.tap(message, label)
            self.taps.append(Tap(self.bot.updates.next_id - 1, data))

    async def until(self, holds: Callable[[], object], *, within: float | None = None) -> bool:
        """True as soon as it holds; False when that took too long."""
        try:
            async with asyncio.timeout(within):
                while not holds():
                    await asyncio.sleep(LOOKS_EVERY_S)
        except TimeoutError:
            return False
        return True


async def complain(phone: Phone, words: str, *, denials: int) -> None:
    """Says it, consents, hands it in, waits for the receipt; says so often that it is not solved, then that it is."""
    phone.say(words)
    while not any(RECEIPT in one.text for one in phone.heard):
        while not await phone.until(lambda: phone.shown(CONSENT) or phone.shown(SUBMIT), within=PATIENCE_S):
            phone.say("还在吗，就是刚才说的事")
        card = phone.shown(SUBMIT)
        if card is None:
            card = phone.shown(CONSENT)
            assert card is not None
            phone.tap(card, CONSENT)
            continue
        phone.tap(card, SUBMIT)
        await phone.until(
            lambda: any(RECEIPT in one.text for one in phone.heard) or phone.shown(SUBMIT), within=LONG_PATIENCE_S
        )
    answered: set[str] = set()
    for time in range(denials + 1):
        await phone.until(lambda: _asked(phone, answered))
        question = _asked(phone, answered)
        assert question is not None
        answered.add(_button(question, SOLVED) or "")
        phone.tap(question, UNSOLVED if time < denials else SOLVED)
    await phone.until(lambda: any(CLOSED in one.text for one in phone.heard))


def _asked(phone: Phone, answered: set[str]) -> Message | None:
    """The newest question that is no copy of one answered before: of two copies the first may keep its buttons."""
    shown = (one for one in reversed(phone.heard) if (_button(one, SOLVED) or "") not in answered | {""})
    return next(shown, None)


async def handle(phone: Phone) -> None:
    """A desk signs and claims every case it is shown, one sentence each, until cancelled."""
    while True:
        await phone.until(lambda: phone.shown(SIGN))
        card = phone.shown(SIGN)
        assert card is not None
        phone.tap(card, SIGN)
        await phone.until(lambda card=card: _signed(phone, card))  # type: ignore[misc]
        live = _signed(phone, card)
        assert live is not None
        phone.tap(live, DONE)
        await _report(phone, live)


def _signed(phone: Phone, card: Message) -> Message | None:
    """The card that was signed for, or its copy below it: of two the first may stay as it was. A desk has one case."""
    return next((one for one in reversed(phone.heard) if one.id >= card.id and _button(one, SIGNED)), None)


async def _report(phone: Phone, card: Message) -> None:
    """One sentence, shown back, sent to the resident; said again where the question or the showing was lost."""
    sentence = f"第{len(phone.taps)}次上门，修好了，试运行正常"
    heard = len(phone.heard)
    await phone.until(lambda: len(phone.heard) > heard, within=PATIENCE_S)
    while phone.standing(card).buttons:
        if phone.shown(SEND) is None:
            phone.say(sentence)
            await phone.until(lambda: phone.shown(SEND), within=PATIENCE_S)
        shown = phone.shown(SEND)
        if shown is not None:
            phone.tap(shown, SEND)
            await phone.until(lambda: not phone.standing(card).buttons or phone.shown(SEND), within=LONG_PATIENCE_S)


async def decline(phone: Phone) -> None:
    """A head is asked and has no time, until cancelled."""
    while True:
        await phone.until(lambda: phone.shown(BUSY))
        card = phone.shown(BUSY)
        assert card is not None
        phone.tap(card, BUSY)


def _button(message: Message, label: str) -> str | None:
    return next((one.callback_data for row in message.buttons for one in row if one.text == label), None)
