"""What came in, word for word, before anybody answered?"""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.records.columns import BIG, KEY


class Update(SQLModel, table=True):
    """One update of one bot. `body` is sealed, and emptied when done; the row stays 7 days to know a replay (S4)."""

    __tablename__ = "update"
    __table_args__ = (
        UniqueConstraint("bot_id", "update_id"),
        Index(
            "update_waiting",
            "chat_id",
            "id",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
        Index("update_order", "id", sqlite_where=text("done_at IS NULL"), postgresql_where=text("done_at IS NULL")),
        Index(
            "update_done",
            "done_at",
            sqlite_where=text("done_at IS NOT NULL"),
            postgresql_where=text("done_at IS NOT NULL"),
        ),
        Index(
            "update_parked",
            "id",
            sqlite_where=text("parked_at IS NOT NULL"),
            postgresql_where=text("parked_at IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    bot_id: int = Field(sa_type=BIG)
    update_id: int = Field(sa_type=BIG)
    chat_id: int = Field(sa_type=BIG)  # what keeps its order: the chat, or the person where there is none
    body: bytes = Field(sa_type=LargeBinary)
    received_at: datetime
    lease: str | None = None
    leased_until: datetime | None = None
    tries: int = 0
    done_at: datetime | None = None
    parked_at: datetime | None = None
    reason: str | None = None
