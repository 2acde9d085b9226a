"""What is a case, which desks have a part in it, and what happened to it?"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.records.columns import BIG, KEY, one_of
from models.rules.lifecycle import Reader, State
from models.rules.policy import Sla


def number_of(case_id: int) -> str:
    """「0412」, also where no row was read."""
    return f"{case_id:04d}"


class Channel(StrEnum):
    """How it was said."""

    CHAT = "chat"
    VOICE = "voice"
    COUNTER = "counter"  # at the desk or by telephone, written down there


class Case(SQLModel, table=True):
    """One grievance. Its words are in the vault; this row is safe to screenshot. `version` moves with every event."""

    __tablename__ = "case"
    __table_args__ = (
        UniqueConstraint("bot_id", "update_id"),
        one_of("state", State),
        one_of("sla", Sla),
        one_of("channel", Channel),
        Index("case_raiser", "raiser_id"),
        Index("case_place", "building", "category"),
        Index("case_waits", "desk", sqlite_where=text("closed_at IS NULL"), postgresql_where=text("closed_at IS NULL")),
        Index(
            "case_external",
            "external_number",
            sqlite_where=text("external_number IS NOT NULL"),
            postgresql_where=text("external_number IS NOT NULL"),
        ),
        Index("case_calls", "caller", sqlite_where=text("caller <> ''"), postgresql_where=text("caller <> ''")),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    bot_id: int = Field(sa_type=BIG)
    update_id: int = Field(sa_type=BIG)  # the update that handed it in; one update, at most one case (I2)
    raiser_id: int = Field(foreign_key="person.id", sa_type=KEY)
    building: str
    category: str
    sla: str
    state: str
    level: int
    desk: str  # accountable from minute 0, never empty (I3)
    plain: bool = False  # receivers read a rewrite, never the raiser's words
    ask_head: bool = False
    accused: str = ""  # Party letters, e.g. "NP"
    returned: int = 0  # how often the resident said it is not solved
    reminded: bool = False  # one reminder a case
    lang: str = "zh"
    channel: str = "chat"
    tells_head: bool = False  # 告诉楼长我是谁
    patrol: bool = False  # 请社区巡查时一并处理: nobody is to learn that somebody complained
    asked: bool = False  # the desk has asked its one question
    paused_until: datetime | None = None  # the clocks pause for the answer
    transfers: int = 0  # 转办 taken so far; the third needs the street
    extended: bool = False  # 延期 asked for; once
    raised_to: int = 0  # the level 申请上报 brought it to; once a level
    caller: str = ""  # the desk that telephones the raiser
    calls: int = 0  # how often nobody answered
    safe_at: datetime | None = None  # 已围挡
    rating: int | None = None  # 1 to 5
    relapse_of: int | None = Field(default=None, foreign_key="case.id", sa_type=KEY)  # 反弹
    external_number: str | None = None  # of another office's system, 12345
    external_by: datetime | None = None
    filed_at: datetime
    acknowledge_by: datetime
    contact_by: datetime | None = None
    resolve_by: datetime | None = None
    claimed_at: datetime | None = None
    closed_at: datetime | None = None
    version: int = 1  # counts the events: the newest event's `seq`

    @property
    def number(self) -> str:
        """What people say and write: 「0412」."""
        assert self.id is not None
        return number_of(self.id)


class CaseDesk(SQLModel, table=True):
    """A desk that helps in or was told of a case beside the accountable one: `helping` or `above`."""

    __tablename__ = "case_desk"
    __table_args__ = (UniqueConstraint("case_id", "desk"), one_of("part", (Reader.HELPING, Reader.ABOVE)))

    id: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    case_id: int = Field(foreign_key="case.id", sa_type=KEY)
    desk: str
    part: str
    since_at: datetime


class Request(SQLModel, table=True):
    """What one desk asks another to decide: to take a case (转办), or to grant more time (延期). One at a time a case.

    Why it is asked is in the vault, under `request`.
    """

    __tablename__ = "request"
    __table_args__ = (
        one_of("kind", ("transfer", "extension")),
        one_of("outcome", ("granted", "refused", "lapsed")),
        Index(
            "request_open",
            "case_id",
            unique=True,
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
        Index("request_case", "case_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    case_id: int = Field(foreign_key="case.id", sa_type=KEY)
    kind: str
    desk: str  # who asks
    decider: str  # who decides
    target: str | None = None  # transfer: who is to take it; the decider, or another whom the street rules on
    until_by: datetime | None = None  # extension: the new day
    asked_at: datetime
    decided_at: datetime | None = None
    outcome: str | None = None


class Follower(SQLModel, table=True):
    """Somebody of the family who follows a case by its number and code."""

    __tablename__ = "follower"
    __table_args__ = (UniqueConstraint("case_id", "person_id"), Index("follower_person", "person_id"))

    id: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    case_id: int = Field(foreign_key="case.id", sa_type=KEY)
    person_id: int = Field(foreign_key="person.id", sa_type=KEY)
    since_at: datetime


class CaseEvent(SQLModel, table=True):
    """One thing that happened, for ever: append-only by trigger, chained by hash, without personal text (I6)."""

    __tablename__ = "case_event"
    __table_args__ = (UniqueConstraint("case_id", "seq"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    case_id: int = Field(foreign_key="case.id", sa_type=KEY)
    seq: int  # 1, 2, 3 … within the case
    event: str
    from_state: str
    to_state: str
    role: str
    person_id: int | None = Field(default=None, sa_type=KEY)
    facts: str = "{}"  # canonical JSON: codes, moments, counts
    happened_at: datetime
    prev_hash: str
    hash: str = Field(unique=True)
