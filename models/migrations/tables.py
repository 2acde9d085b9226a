"""Which tables should there be? Those of `models.records`, all of them imported."""

from sqlmodel import SQLModel

from models import records

METADATA = SQLModel.metadata

TABLES = tuple(records.__all__)
