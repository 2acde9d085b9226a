"""What is kept: tables, columns only, one file a subject. Nothing here decides or queries.

Rules of the room: plain `datetime` annotations (aware in, UTC out); names ending `_at` or `_by` are office moments,
in `_until` or `_from` machine moments of leases and retries; every Telegram id is a BigInteger; states are strings
with a CHECK; no column outside `vault` holds a person's words, name or number.
"""

from models.records.audit import Seal
from models.records.cards import Card
from models.records.cases import Case, CaseDesk, CaseEvent, Channel, Follower, Request
from models.records.clocks import Clock, OfficeClock
from models.records.inbox import Update
from models.records.notices import Notice
from models.records.people import Home, Invitation, Leave, Office, Person, Reach, Shift
from models.records.places import Bot, TownEdition
from models.records.processes import Drain, Life, Spent
from models.records.runs import Alarm, Halt, JobRun
from models.records.talk import Talk
from models.records.vault import Attachment, Secret

__all__ = [
    "Alarm",
    "Attachment",
    "Bot",
    "Card",
    "Case",
    "CaseDesk",
    "CaseEvent",
    "Channel",
    "Clock",
    "Drain",
    "Follower",
    "Halt",
    "Home",
    "Invitation",
    "JobRun",
    "Leave",
    "Life",
    "Notice",
    "Office",
    "OfficeClock",
    "Person",
    "Reach",
    "Request",
    "Seal",
    "Secret",
    "Shift",
    "Spent",
    "Talk",
    "TownEdition",
    "Update",
]
