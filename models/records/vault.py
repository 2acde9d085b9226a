"""Where are people's words, names and files? Sealed, and reached only through `models.vault` and `models.files`."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.records.columns import BIG, KEY


class Secret(SQLModel, table=True):
    """One sealed text, bound to the place it belongs to: moved elsewhere it does not open."""

    __tablename__ = "secret"
    __table_args__ = (UniqueConstraint("owner", "owner_id", "field"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    owner: str  # the table it belongs to: "case", "person"
    owner_id: int = Field(sa_type=KEY)
    field: str  # "words", "seen", "done.1"
    sealed: bytes = Field(sa_type=LargeBinary)  # key id, nonce, AES-256-GCM ciphertext
    kept_at: datetime


class Attachment(SQLModel, table=True):
    """One file somebody sent with a case. `digest` NULL: not fetched yet; `lost`: why it, or its clean copy, never
    will be.

    `clean`: the same picture without what a camera writes into it; only that is shown to anybody else. `album`: the
    first of those that are shown together with it.

    `fetch_from`: machine moment of the next try; NULL: at once.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        Index("attachment_case", "case_id"),
        Index(
            "attachment_wanted",
            "bot_id",
            "tries",
            "id",
            sqlite_where=text("digest IS NULL AND lost IS NULL"),
            postgresql_where=text("digest IS NULL AND lost IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    case_id: int = Field(foreign_key="case.id", sa_type=KEY)
    bot_id: int = Field(sa_type=BIG)
    file_id: str
    kind: str  # photo, voice, video, document
    size: int | None = None
    digest: str | None = None
    clean: str | None = None
    album: int | None = Field(default=None, sa_type=KEY)
    tries: int = 0
    fetch_from: datetime | None = None
    lost: str | None = None
    sent_at: datetime
