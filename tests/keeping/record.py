"""A small record of three cases, and whoever gets at it behind the program's back."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from sqlmodel import Session

from models.actions.moving import append
from models.actions.sealing import seal
from models.queries.audit import Audit, anchor_of, verify
from models.records import Case, Person
from models.rules.chain import GENESIS, Anchor, link_hash, seal_hash
from models.rules.lifecycle import Event, State
from models.rules.policy import Role, Town
from models.store import Keys, Store
from models.turn import Work

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
HAPPENED = (1, 2, 1, 3, 2, 1, 3, 2, 3, 1)
"""Whose event each one is, by the number of the case. The first five are under one seal, the next four under another,
the last under none: 1: a1 | 2: b1 | 3: a2 | 4: c1 | 5: b2 || 6: a3 | 7: c2 | 8: b3 | 9: c3 || 10: a4."""
STATES = (State.SUBMITTED, State.ACCEPTED, State.SIGNED, State.WORKING)
EVENTS = (Event.SUBMIT, Event.ACCEPT, Event.SIGN, Event.PLAN)

Tampering = Callable[[Connection], Any]


@dataclass
class Record:
    """The database, and what was anchored of it."""

    url: str
    store: Store
    anchors: list[Anchor]

    async def after(self, tampering: Tampering) -> Audit:
        """What a verification sees after the deed; then the deed is undone, and the record is what it was."""

        def deed(session: Session) -> None:
            connection = session.connection()
            unprotect(connection)
            tampering(connection)
            raise _Undone(verify(session, self.anchors))

        try:
            await self.store.run(deed)
        except _Undone as undone:
            return undone.audit
        raise AssertionError("unreachable")


class _Undone(Exception):
    def __init__(self, audit: Audit) -> None:
        super().__init__()
        self.audit = audit


def unprotect(connection: Connection) -> None:
    """Until this transaction ends, no trigger and no foreign key holds anybody up: so it is for whoever owns it."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
    else:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")


async def write(url: str, town: Town, keys: Keys) -> Record:
    """The record on a new database; two anchors were taken while it grew."""
    store = await Store.open(url)
    record = Record(url, store, [])
    for first, last in ((0, 5), (5, 9), (9, 10)):

        def several(session: Session, first: int = first, last: int = last) -> None:
            for number in range(first, last):
                happen(session, town, keys, HAPPENED[number], NOON + timedelta(minutes=number))
            if last < len(HAPPENED):
                seal(session, now=NOON + timedelta(minutes=last - 1))

        await store.run(several)
        if last < len(HAPPENED):
            record.anchors.append(await store.read(anchor_of, now=NOON + timedelta(minutes=last - 1)))
    return record


def happen(session: Session, town: Town, keys: Keys, case_id: int, now: datetime) -> None:
    """The case, which begins with it, comes one step further."""
    work, case = Work(session, town, keys, now), session.get(Case, case_id)
    if case is None:
        person = Person(lang="zh", met_at=now) if session.get(Person, 1) is None else None
        if person is not None:
            session.add(person)
            session.flush()
        case = Case(
            id=case_id,
            bot_id=1,
            update_id=case_id,
            raiser_id=1,
            building="LC01-3",
            category="lift",
            sla="P2",
            state="draft",
            level=1,
            desk="WY-01",
            filed_at=now,
            acknowledge_by=now,
            version=0,
        )
        session.add(case)
    before, step = State(case.state), case.version
    case.version, case.state = step + 1, STATES[step]
    session.flush()
    append(
        work,
        case_id=case_id,
        seq=case.version,
        event=EVENTS[step],
        frm=before,
        to=STATES[step],
        role=Role.RESIDENT,
        person=1,
        facts={"step": step},
    )


def rehash_case(case_id: int, *, edit: dict[int, str]) -> Callable[[Connection], None]:
    """Writes the facts of these events anew, and every hash of the case from there on: its own chain is perfect."""

    def forge(connection: Connection) -> None:
        after = GENESIS
        events = connection.exec_driver_sql(f"SELECT * FROM case_event WHERE case_id = {case_id} ORDER BY seq").all()
        for row in events:
            facts = edit.get(row.id, row.facts)
            link = link_hash(
                after,
                case_id=case_id,
                seq=row.seq,
                event=row.event,
                frm=row.from_state,
                to=row.to_state,
                role=row.role,
                person=row.person_id,
                facts=facts,
                happened_at=_moment(row.happened_at),
            )
            connection.exec_driver_sql(
                f"UPDATE case_event SET facts = '{facts}', prev_hash = '{after}', hash = '{link}' WHERE id = {row.id}"
            )
            after = link

    return forge


def reseal(connection: Connection) -> None:
    """Computes every seal anew over what stands there now."""
    after, covered = GENESIS, 0
    for row in connection.exec_driver_sql("SELECT * FROM seal ORDER BY id").all():
        links: Sequence[Any] = connection.exec_driver_sql(
            f"SELECT id, hash FROM case_event WHERE id > {covered} AND id <= {row.last_id} ORDER BY id"
        ).all()
        link = seal_hash(
            after,
            first_id=links[0].id,
            last_id=row.last_id,
            events=len(links),
            sealed_at=_moment(row.sealed_at),
            links=[(one.id, one.hash) for one in links],
        )
        connection.exec_driver_sql(
            f"UPDATE seal SET first_id = {links[0].id}, events = {len(links)}, prev_hash = '{after}', hash = '{link}' "
            f"WHERE id = {row.id}"
        )
        after, covered = link, row.last_id


def _moment(kept: Any) -> datetime:
    return kept if isinstance(kept, datetime) else datetime.fromisoformat(kept).replace(tzinfo=UTC)


def is_refused(error: BaseException) -> bool:
    """Whether the database itself said no: a trigger, or a right that is lacking."""
    while error.__cause__ is not None:
        error = error.__cause__
    said = ("append-only", "permission denied", "must be owner")
    return isinstance(error, sqlite3.IntegrityError) or any(words in str(error) for words in said)
