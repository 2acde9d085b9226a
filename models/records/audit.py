"""What has been sealed for good, and how far does the seal reach?"""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.records.columns import KEY


class Seal(SQLModel, table=True):
    """One link of the chain over all events: those from `first_id` to `last_id`, in the order of their numbers (I6).

    Each seal begins where the one before ended, so an event that vanishes, appears or changes inside is found.
    """

    __tablename__ = "seal"
    __table_args__ = (UniqueConstraint("first_id"), UniqueConstraint("last_id"))

    id: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    first_id: int = Field(sa_type=KEY)
    last_id: int = Field(sa_type=KEY)
    events: int
    prev_hash: str
    hash: str
    sealed_at: datetime
