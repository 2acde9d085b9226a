"""Who is known, how are they reached, where do they live, which offices do they hold?"""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.records.columns import BIG, KEY


class Person(SQLModel, table=True):
    """A pseudonym: names and numbers are in the vault."""

    __tablename__ = "person"

    id: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    lang: str = "zh"
    met_at: datetime
    consent_version: str | None = None
    consented_at: datetime | None = None


class Reach(SQLModel, table=True):
    """One way to a person. `blocked_at`: the messenger said no; cleared when the person speaks again."""

    __tablename__ = "reach"
    __table_args__ = (UniqueConstraint("bot_id", "chat_id"), Index("reach_person", "person_id"))

    id: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    person_id: int = Field(foreign_key="person.id", sa_type=KEY)
    bot_id: int = Field(sa_type=BIG)
    chat_id: int = Field(sa_type=BIG)
    rank: int = 0  # the smaller is tried first
    blocked_at: datetime | None = None


class Home(SQLModel, table=True):
    """A person lives in a building, as the stairwell's QR said."""

    __tablename__ = "home"
    __table_args__ = (
        Index(
            "home_person",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    person_id: int = Field(foreign_key="person.id", sa_type=KEY)
    building: str
    bound_at: datetime
    ended_at: datetime | None = None


class Office(SQLModel, table=True):
    """A person holds a role at a place: head of a building, clerk of a desk. Authority ends with `ended_at`."""

    __tablename__ = "office"
    __table_args__ = (Index("office_place", "place"), Index("office_person", "person_id"))

    id: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    person_id: int = Field(foreign_key="person.id", sa_type=KEY)
    role: str
    place: str
    since_at: datetime
    ended_at: datetime | None = None


class Leave(SQLModel, table=True):
    """A person is away: nothing rings for them between these moments."""

    __tablename__ = "leave"
    __table_args__ = (Index("leave_person", "person_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    person_id: int = Field(foreign_key="person.id", sa_type=KEY)
    since_at: datetime
    ended_at: datetime


class Shift(SQLModel, table=True):
    """Who sits at a desk's telephone: one account, several clerks. The name is in the vault, under `shift`."""

    __tablename__ = "shift"
    __table_args__ = (
        Index(
            "shift_open",
            "bot_id",
            "chat_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    bot_id: int = Field(sa_type=BIG)
    chat_id: int = Field(sa_type=BIG)
    desk: str
    since_at: datetime
    ended_at: datetime | None = None


class Invitation(SQLModel, table=True):
    """A deep link: single use for an office, standing (`uses_left` NULL) for a stairwell. Only its hash is kept."""

    __tablename__ = "invitation"

    id: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    token_hash: str = Field(unique=True)
    role: str
    place: str
    made_at: datetime
    expires_at: datetime | None = None
    uses_left: int | None = None
    office_ends_at: datetime | None = None  # a deputy's
