"""What has gone wrong, what has been told to wait, and which recurring work was done?"""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.records.columns import BIG, KEY


class Alarm(SQLModel, table=True):
    """Something a person must look at: a parked update, a dead notice. `ref` holds ids, never words."""

    __tablename__ = "alarm"

    id: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    kind: str
    ref: str
    reason: str
    raised_at: datetime
    cleared_at: datetime | None = None


class Halt(SQLModel, table=True):
    """A messenger said «retry after»: nothing leaves this bot (chat 0) or for this chat before `halted_until`."""

    __tablename__ = "halt"
    __table_args__ = (UniqueConstraint("bot_id", "chat_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    bot_id: int = Field(sa_type=BIG)
    chat_id: int = Field(sa_type=BIG)
    halted_until: datetime


class JobRun(SQLModel, table=True):
    """Recurring work done once for `due_at`, whoever did it: the row is the leader."""

    __tablename__ = "job_run"
    __table_args__ = (UniqueConstraint("job", "due_at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    job: str
    due_at: datetime
    done_at: datetime | None = None
