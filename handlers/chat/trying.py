"""How often was this chat wrong within the hour? Guessing is made slow, and answered no differently (S15).

Kept beside the draft, not in it: starting a new one must not wipe the count away.
"""

from datetime import datetime, timedelta

from models.turn import Turn

WITHIN = timedelta(hours=1)


class Tries:
    """The wrong ones of one kind from the chat of this turn, within the last hour."""

    def __init__(self, key: str, turn: Turn, wrong: list[str]) -> None:
        self._key, self._turn, self._wrong = key, turn, wrong

    @classmethod
    async def of(cls, turn: Turn, kind: str) -> "Tries":
        """`kind`: a word for what is tried, one count each."""
        key = f"{turn.waiting.bot_id}:{turn.waiting.chat_id}:{kind}"
        _, kept = await turn.get(key)
        return cls(key, turn, [at for at in kept.get("wrong", ()) if turn.now - datetime.fromisoformat(at) < WITHIN])

    @property
    def many(self) -> int:
        return len(self._wrong)

    def one_more(self) -> None:
        """It was wrong again; kept with the commit of the turn."""
        self._wrong.append(self._turn.now.isoformat())
        self._turn.put(self._key, None, {"wrong": self._wrong})
