"""How does one update become one transaction? What is said is buffered in the Turn; `do` is the commit, once."""

import json
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Concatenate, ParamSpec, TypeVar

from sqlmodel import Session

from models import inbox
from models.inbox import TalkState, Waiting
from models.ports import Clock
from models.rules.policy import Town
from models.rules.refusals import Refused
from models.store import Keys, Statement, Store

P = ParamSpec("P")
T = TypeVar("T")

DRAFT = timedelta(days=7)
"""How long a conversation is remembered, in office time; an older one counts as empty."""

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # `dumps` would make one at every call

_PUT = Statement("""\
INSERT INTO talk (key, state, body, changed_at) VALUES (:key, :state, :body, :now)
ON CONFLICT (key) DO UPDATE SET state = excluded.state, body = excluded.body, changed_at = excluded.changed_at""")
_DROP = Statement("DELETE FROM talk WHERE key = :key")
_FORGET = Statement("DELETE FROM talk WHERE changed_at < :before")


@dataclass(frozen=True, slots=True)
class Work:
    """What an action works with; `now` is the office's moment."""

    session: Session
    town: Town
    keys: Keys
    now: datetime


Opening = Callable[[Work, dict[str, Any]], None]
"""What happens in a transaction before its action; it may change what the action is called with."""


class TooLateToTalk(Exception):
    """The conversation was changed after the commit of its update: the change would be lost."""


class Turn:
    """One update being handled. `done`: its transaction is committed, and nothing more can be kept."""

    CURRENT: ClassVar[ContextVar["Turn"]] = ContextVar("turn")

    def __init__(
        self, store: Store, waiting: Waiting, *, town: Town, keys: Keys, office: Clock, machine: Clock
    ) -> None:
        self.waiting = waiting
        self.done = False
        self._store = store
        self._town = town
        self._keys = keys
        self._office = office
        self._machine = machine
        self._known: dict[str, TalkState] = {} if waiting.talk is None else {waiting.talk.key: waiting.talk}
        self._said: dict[str, tuple[str | None, str]] = {}
        self._openings: list[Opening] = []

    async def do(self, action: Callable[Concatenate[Work, P], T] | None, /, *args: P.args, **kwargs: P.kwargs) -> T:
        """The update is settled, the conversation put, the action run, all or none; what the action returned.

        None for a step that only talks (the result is None). `Refused`, or any other error of the action, undoes all of
        it, and the turn may be done again: after `forget_talk()`, `do(None)`. AlreadyDone if somebody else did it.
        """
        if self.done:
            raise inbox.AlreadyDone
        said, openings = dict(self._said), tuple(self._openings)
        try:
            result = await self._store.run(
                self._commit, said, openings, self._office.now(), self._machine.now(), action, args, kwargs
            )
        except Refused:
            self._openings.clear()
            raise
        self.done = True
        return result  # type: ignore[no-any-return]

    def open_with(self, opening: Opening) -> None:
        """It will happen in the transaction of `do`, first: with the action, or not at all.

        A refusal drops it, also from a second `do`; `opens_with` says so.
        """
        self._openings.append(opening)

    def opens_with(self, opening: Opening) -> bool:
        """Whether it happens with this turn, or has happened; False: it was dropped."""
        return opening in self._openings

    async def ask(self, query: Callable[Concatenate[Work, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """What the query found; it cannot change anything."""
        return await self._store.read(self._query, self._office.now(), query, *args, **kwargs)

    async def aside(self, action: Callable[Concatenate[Work, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """The action ran in a transaction of its own: only for what is true whatever becomes of the turn."""
        return await self._store.run(self._query, self._office.now(), action, *args, **kwargs)

    @classmethod
    def current(cls) -> "Turn":
        """The turn of the update this task handles; LookupError outside one."""
        return cls.CURRENT.get()

    @property
    def now(self) -> datetime:
        """The office's moment."""
        return self._office.now()

    @property
    def keys(self) -> Keys:
        """What seals and signs."""
        return self._keys

    def forget_talk(self) -> None:
        """What was said in this turn is dropped, and what it was to open with: the conversation stands where it stood;
        what a refusal calls for.
        """
        if self.done:
            raise TooLateToTalk
        self._said.clear()
        self._openings.clear()

    async def get(self, key: str) -> tuple[str | None, dict[str, Any]]:
        """State and draft of a conversation ("bot:chat:person"), with what this turn has put; the draft is a copy."""
        state, body = await self._standing(key)
        data: dict[str, Any] = json.loads(body)
        return state, data

    async def state_of(self, key: str) -> str | None:
        """The state alone, without reading the draft."""
        return (await self._standing(key))[0]

    def put(self, key: str, state: str | None, data: Mapping[str, Any]) -> None:
        """Buffered until `do`. Only JSON is kept (TypeError otherwise); TooLateToTalk after the commit."""
        if self.done:
            raise TooLateToTalk
        self._said[key] = (state, _JSON(dict(data)))

    async def put_state(self, key: str, state: str | None) -> None:
        """As `put`, and the draft stays as it is."""
        _, body = await self._standing(key)
        if self.done:
            raise TooLateToTalk
        self._said[key] = (state, body)

    async def put_data(self, key: str, data: Mapping[str, Any]) -> None:
        """As `put`, and the state stays as it is."""
        self.put(key, (await self._standing(key))[0], data)

    async def _standing(self, key: str) -> tuple[str | None, str]:
        said = self._said.get(key)
        if said is not None:
            return said
        talk = self._known.get(key)
        if talk is None:
            talk = self._known[key] = await self._store.read(inbox.recall, self._keys, key)
        stale = talk.changed_at is None or talk.changed_at < self._office.now() - DRAFT
        return (None, "{}") if stale else (talk.state, talk.data)

    def _commit(
        self,
        session: Session,
        said: Mapping[str, tuple[str | None, str]],
        openings: tuple[Opening, ...],
        office_now: datetime,
        machine_now: datetime,
        action: Callable[..., Any] | None,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
    ) -> Any:
        inbox.settle(session, self.waiting.id, self.waiting.lease, machine_now)
        for key, (state, data) in said.items():
            if state is None and data == "{}":
                _DROP.run(session, key=key)
                continue
            body = self._keys.seal(data.encode("utf-8", "surrogatepass"), at=f"talk:{key}:body")
            _PUT.run(session, key=key, state=state, body=body, now=office_now)
        work, act = Work(session, self._town, self._keys, office_now), dict(kwargs)
        for opening in openings:
            opening(work, act)
        return None if action is None else action(work, *args, **act)

    def _query(self, session: Session, now: datetime, query: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        return query(Work(session, self._town, self._keys, now), *args, **kwargs)


def forget(session: Session, before: datetime) -> int:
    """Conversations untouched since that office moment are forgotten; how many. Callers pass now - DRAFT."""
    return _FORGET.run(session, before=before)
