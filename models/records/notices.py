"""What has been promised to be said, and what became of it?"""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from models.records.columns import BIG, KEY, one_of


class Notice(SQLModel, table=True):
    """One promise to say one thing to one person; ends `sent` or `dead`, never silently (I9).

    It holds facts, not words: the letter is drawn at the moment of sending, for that reader.
    `waits_from` NULL: settled. `ring_at`: office moment before which it must not ring (quiet hours).
    """

    __tablename__ = "notice"
    __table_args__ = (
        one_of("state", ("waiting", "sent", "dead", "skipped")),
        Index(
            "notice_waiting",
            "priority",
            "id",
            sqlite_where=text("waits_from IS NOT NULL"),
            postgresql_where=text("waits_from IS NOT NULL"),
        ),
        Index(
            "notice_chat",
            "bot_id",
            "chat_id",
            "priority",
            "id",
            sqlite_where=text("waits_from IS NOT NULL"),
            postgresql_where=text("waits_from IS NOT NULL"),
        ),
        Index(
            "notice_leased",
            "bot_id",
            "chat_id",
            sqlite_where=text("lease IS NOT NULL"),
            postgresql_where=text("lease IS NOT NULL"),
        ),
        Index(
            "notice_case",
            "case_id",
            "chat_id",
            sqlite_where=text("waits_from IS NOT NULL"),
            postgresql_where=text("waits_from IS NOT NULL"),
        ),
        Index(
            "notice_rung",
            "person_id",
            "ring_at",
            sqlite_where=text("edits IS NULL"),
            postgresql_where=text("edits IS NULL"),
        ),
        Index("notice_dead", "id", sqlite_where=text("state = 'dead'"), postgresql_where=text("state = 'dead'")),
        Index("notice_head", "case_id", sqlite_where=text("reader = 'head'"), postgresql_where=text("reader = 'head'")),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    key: str = Field(unique=True)  # what makes it the same promise: told once
    person_id: int = Field(foreign_key="person.id", sa_type=KEY)
    bot_id: int = Field(sa_type=BIG)
    chat_id: int = Field(sa_type=BIG)
    case_id: int | None = Field(default=None, foreign_key="case.id", sa_type=KEY)
    telling: str  # lifecycle.Telling, or a kind of the conversation
    reader: str  # lifecycle.Reader
    edits: int | None = Field(default=None, sa_type=BIG)  # message to change instead of sending anew
    facts: str = "{}"
    priority: int
    promised_at: datetime
    ring_at: datetime
    state: str = "waiting"  # waiting, sent, dead; skipped: overtaken by what happened meanwhile
    waits_from: datetime | None  # machine moment of the next try
    lease: str | None = None
    leased_until: datetime | None = None
    tries: int = 0
    unsure: int = 0  # tries whose answer was lost: the next one is marked as a copy
    message_id: int | None = Field(default=None, sa_type=BIG)
    sent_at: datetime | None = None
    reason: str | None = None
