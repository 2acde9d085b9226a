"""What do people do with their phones? They say something, tap what is shown or what was shown, block, come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.messenger.messages import Message
from bot.messenger.people import Person
from handlers.cards.buttons import Verb
from tests.sim.cast import CAST, NEWCOMER, STRANGERS, Member, beginning

if TYPE_CHECKING:
    from tests.sim.world import World

MATTERS = (
    "3栋电梯又停了，老人下不了楼",
    "楼道的灯坏了好几天",
    "垃圾桶满了没人收",
    "楼上漏水，天花板湿了一大片",
    "物业不作为，说了三次都不管",
    "楼下着火了，冒浓烟",
    "楼上半夜拖桌椅，吵得睡不着",
    "请问物业费怎么交",
    "那个事情到底怎么回事",
)
WORDS = (
    "修好了，试运行正常",
    "明天上午十点来",
    "还在吗，就是刚才说的事",
    "好的",
    "没有，还是坏的",
    "谢谢",
    "找人工",
    "是2单元",
    "一周内",
    "/start",
    "我的",
)
LEADS_ON = frozenset(
    {
        *(Verb.CONSENT, Verb.SUBMIT, Verb.SIGN, Verb.CONTACT, Verb.CLAIM, Verb.SEND, Verb.SOLVED, Verb.ARRIVE),
        *(Verb.TAKE, Verb.GRANT, Verb.CALLED_SOLVED, Verb.CALLED_SPOKE, Verb.OPEN, Verb.HEAR, Verb.SORT),
    }
)
"""Verbs that bring a case on: tapped more often, so that worlds get somewhere."""


class People:
    """Everybody's phone in one world."""

    def __init__(self, world: World) -> None:
        self._world, self._sky = world, world.sky
        self.members: dict[int, Member] = {}
        self._persons: dict[int, Person] = {}
        self.tapped_by: dict[int, str] = {}  # update: what its button carried, and whose it was
        for one in (*CAST, *STRANGERS, NEWCOMER):
            if one is not NEWCOMER:
                self.members[one.chat] = one
            self._persons[one.chat] = self._sky.messenger.add_person(one.name, person_id=one.chat)
        for one in CAST:
            self._sky.messenger.private_chat(self._sky.bot, self._persons[one.chat]).started = True

    def person(self, chat: int) -> Person:
        return self._persons[chat]

    def blocked(self, chat: int) -> bool:
        """Whether they let nothing of the bot through."""
        return self._sky.messenger.private_chat(self._sky.bot, self._persons[chat]).blocked

    def say(self, chat: int, words: str) -> None:
        """The words are on their way; who had blocked the bot lets it in again first."""
        self.unblock(chat)
        self._persons[chat].say(self._sky.bot, words)

    def start(self, chat: int) -> None:
        """Opens the chat by the stairwell's link, at home or, without one, anywhere."""
        links = beginning().links
        place = self.members.get(chat, NEWCOMER).place
        self.unblock(chat)
        self._persons[chat].start(self._sky.bot, links.get(place) or next(iter(links.values())))

    def show(self, chat: int, picture: bytes) -> None:
        """A photo is on its way."""
        self.unblock(chat)
        self._persons[chat].send_photo(self._sky.bot, picture)

    def tap(self, chat: int, message: Message, data: str, *, times: int = 1) -> None:
        """The button is tapped, so often."""
        self.unblock(chat)
        for _ in range(times):
            self.tapped_by[self._sky.queue.next_id] = f"{chat} {data}"
            self._persons[chat].tap(message, callback_data=data)
            self._world.judge.tapped(chat, data)

    def block(self, chat: int) -> None:
        """Nothing of the bot gets through any more, and it hears so."""
        if not self.blocked(chat):
            self._persons[chat].block(self._sky.bot)

    def unblock(self, chat: int) -> None:
        """It does again."""
        if self.blocked(chat):
            self._persons[chat].unblock(self._sky.bot)

    def shown(self, chat: int, *, newest: int | None = None) -> list[tuple[Message, str]]:
        """What can be tapped in this chat: (message, callback data), of the `newest` messages with buttons only."""
        found = []
        for message in reversed(self._sky.sees(chat)):
            choices = [one.callback_data for row in message.buttons for one in row if one.callback_data]
            if choices:
                found.append([(message, data) for data in choices])
                if newest is not None and len(found) >= newest:
                    break
        return [one for several in found for one in several]


def verb_of(data: str) -> str:
    """What the button means: its first part."""
    return data.partition(".")[0]
