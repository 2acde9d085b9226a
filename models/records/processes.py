"""Which processes live on this database, what have they used of what they share, and may anything come in?"""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.records.columns import BIG, KEY


class Life(SQLModel, table=True):
    """One process, from its start to its end. Its leases bear its `name`; who finds it dead sets them free."""

    __tablename__ = "life"
    __table_args__ = (UniqueConstraint("name"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    name: str
    parts: str  # what it runs: "all", or one of intake, worker, delivery, clock, web
    host: str
    pid: int
    takes_in: str = ""  # the bots whose updates come in here, by polling or by webhook; spaces between
    began_from: datetime
    ended_from: datetime | None = None


class Spent(SQLModel, table=True):
    """How far one limit of a bot's pace is used up: the machine moment it is next free. Chat 0: the whole bot."""

    __tablename__ = "spent"
    __table_args__ = (UniqueConstraint("bot_id", "chat_id", "limit_name"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    bot_id: int = Field(sa_type=BIG)
    chat_id: int = Field(sa_type=BIG)
    limit_name: str
    free_from: datetime


class Drain(SQLModel, table=True):
    """A span in which nothing new comes in, before an upgrade: the messenger keeps it (reliability §10).

    It ends by a word, by the start of whoever listens, or at `capped_until`; `ended_from` NULL: it has not ended yet.
    """

    __tablename__ = "drain"

    id: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    began_from: datetime
    capped_until: datetime
    ended_from: datetime | None = None
