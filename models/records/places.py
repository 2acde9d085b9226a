"""Which bots live where, and which editions of the town has this database known?"""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from models.records.columns import BIG, KEY


class Bot(SQLModel, table=True):
    """One account on one messenger; a person is reached by (bot, chat)."""

    __tablename__ = "bot"

    id: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs={"autoincrement": False})
    base: str  # address of the Bot API server it lives on
    username: str
    registered_at: datetime


class TownEdition(SQLModel, table=True):
    """One loaded state of the town's folder, whole; the one loaded last is in force, also when it was before."""

    __tablename__ = "town_edition"

    id: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    sha256: str = Field(unique=True)
    name: str
    folder: bytes = Field(sa_type=LargeBinary)  # a zip of the folder as it was loaded
    loaded_at: datetime
