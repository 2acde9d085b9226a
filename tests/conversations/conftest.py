"""Who else is in the street while somebody does something odd? One house for a file, a new face for every row."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from bot.messenger.chats import Chat
from models.rules.policy import Town
from tests.conftest import opened
from tests.house import House, Line, Phone, buttons
from tests.stories.living import files

ELSEWHERE = "LC05-1"
"""My building: what I hand in is another desk's, so that whatever the people of the first one hear is a leak."""


@dataclass
class Street:
    """A house in the middle of its life: a case is being worked on, a neighbour waits, a group chats."""

    house: House
    me: Phone
    neighbour: Phone
    desk: Phone
    head: Phone
    group: Chat

    async def raw(self, **update: Any) -> None:
        """An update exactly as given reaches the bot."""
        self.house.bot.updates.put_raw(update)
        await self.house.settle()

    async def raw_bytes(self, body: bytes) -> None:
        """Bytes instead of an update reach the bot."""
        self.house.bot.updates.put_raw(body)
        await self.house.settle()

    def message(self, **content: Any) -> dict[str, Any]:
        """A message of mine as the messenger would write it, with this content."""
        person = self.me.person
        sender = {"id": person.id, "is_bot": False, "first_name": person.first_name, "language_code": "zh-hans"}
        chat = {"id": person.id, "type": "private", "first_name": person.first_name}
        return {"message_id": 900_000, "date": 1_795_500_000, "from": sender, "chat": chat, **content}

    def others(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """Everything the other people can read and tap."""
        return [
            (name, message.text, tuple(buttons(message)))
            for name, phone in (("neighbour", self.neighbour), ("desk", self.desk), ("head", self.head))
            for message in phone.messages
        ]


@pytest.fixture(scope="module")
async def inhabited(
    line: Line, licheng: Town, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[House, Phone, Phone, Phone]]:
    async with opened(line, licheng, tmp_path_factory.mktemp("street")) as house:
        desk, head, neighbour = await house.staff("WY-01"), await house.head(), await house.resident(name="李叔")
        await files(neighbour, "3栋电梯又停了，我家孩子怕得哭")
        await neighbour.says("还有一件事")
        yield house, neighbour, desk, head


@pytest.fixture
async def street(inhabited: tuple[House, Phone, Phone, Phone]) -> Street:
    house, neighbour, desk, head = inhabited
    me = await house.resident(ELSEWHERE, name="王阿姨")
    group = house.line.messenger.add_group("3栋邻居群", [me.person, neighbour.person], house.bot)
    await house.settle()
    _ = me.news
    return Street(house, me, neighbour, desk, head, group)


def as_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=True).encode()
