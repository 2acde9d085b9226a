"""Where does aiogram keep a conversation? In the Turn: read from it, buffered in it, committed with it."""

from collections.abc import Mapping
from typing import Any

from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey

from models.turn import Turn


class TurnStorage(BaseStorage):
    """State and draft of the conversation this update belongs to; outside a turn there is none."""

    async def get_state(self, key: StorageKey) -> str | None:
        return await Turn.current().state_of(_name(key))

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        await Turn.current().put_state(_name(key), state.state if isinstance(state, State) else state)

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        return (await Turn.current().get(_name(key)))[1]

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        await Turn.current().put_data(_name(key), data)

    async def close(self) -> None:
        """Nothing is held open."""


def _name(key: StorageKey) -> str:
    return f"{key.bot_id}:{key.chat_id}:{key.user_id}"
