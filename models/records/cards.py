"""In which messages does a case stand on somebody's phone?"""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.records.columns import BIG, KEY


class Card(SQLModel, table=True):
    """One message that shows a case; only delivery edits it. `version`: of the case, when it was last drawn.

    `opened`: of a sealed case, that its reader asked to see it; until then it shows nothing on a lock screen.
    """

    __tablename__ = "card"
    __table_args__ = (UniqueConstraint("bot_id", "chat_id", "message_id"), Index("card_case", "case_id"))

    id: int | None = Field(default=None, primary_key=True, sa_type=KEY)
    bot_id: int = Field(sa_type=BIG)
    chat_id: int = Field(sa_type=BIG)
    message_id: int = Field(sa_type=BIG)
    person_id: int = Field(foreign_key="person.id", sa_type=KEY)
    case_id: int = Field(foreign_key="case.id", sa_type=KEY)
    telling: str
    reader: str
    version: int
    sent_at: datetime
    opened: bool = False
