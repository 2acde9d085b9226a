"""Which promises are running, and what time is it at the office?"""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.records.columns import KEY


class Clock(SQLModel, table=True):
    """One due moment of one case. It stops when `until` is reached or when it rang; `due_at` NULL means stopped."""

    __tablename__ = "clock"
    __table_args__ = (
        UniqueConstraint("case_id", "rung", "round"),
        Index(
            "clock_due", "due_at", sqlite_where=text("due_at IS NOT NULL"), postgresql_where=text("due_at IS NOT NULL")
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    case_id: int = Field(foreign_key="case.id", sa_type=KEY)
    rung: str  # a code of the town's ladder
    round: int = 0  # grows when the ladder begins anew, and with each repeat of a review
    until: str  # the milestone that stops it
    due_at: datetime | None
    rang_at: datetime | None = None
    stopped_at: datetime | None = None


class OfficeClock(SQLModel, table=True):
    """How far the office clock stands ahead of the machine's; one row, turned only in the demo and tests."""

    __tablename__ = "office_clock"

    id: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    ahead_seconds: float = 0.0
