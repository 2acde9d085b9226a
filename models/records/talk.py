"""Where is each conversation?"""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel


class Talk(SQLModel, table=True):
    """State and draft of one conversation; `body` is sealed. `key`: "bot:chat:person"."""

    __tablename__ = "talk"

    key: str = Field(primary_key=True)
    state: str | None
    body: bytes = Field(sa_type=LargeBinary)
    changed_at: datetime
