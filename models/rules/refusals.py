"""Why is the answer no? A refusal is a value with facts; `handlers/words` puts every one into a sentence."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """Base of every refusal; nothing has changed when one is given."""


@dataclass(frozen=True, slots=True)
class NotYours(Refusal):
    """The actor has no right to this, or it does not exist; the two answer alike (reliability §4.1)."""


@dataclass(frozen=True, slots=True)
class Stale(Refusal):
    """The matter has moved on since this button was drawn: the commonest refusal of all."""

    number: str
    state: str


@dataclass(frozen=True, slots=True)
class NothingSaid(Refusal):
    """There are no words in it to act on."""


@dataclass(frozen=True, slots=True)
class WhereUnknown(Refusal):
    """No building is bound to the speaker yet; the draft is kept."""


@dataclass(frozen=True, slots=True)
class ConsentMissing(Refusal):
    """The consent card of this version has not been answered."""

    version: str


@dataclass(frozen=True, slots=True)
class LinkUnknown(Refusal):
    """A deep link that is wrong, used or expired: one answer for all three (S15)."""


@dataclass(frozen=True, slots=True)
class NoDraft(Refusal):
    """The draft this button belonged to was handed in or is gone."""


@dataclass(frozen=True, slots=True)
class OlderCard(Refusal):
    """The draft has grown since this card was drawn: the newest card shows all of it."""


@dataclass(frozen=True, slots=True)
class TooMuch(Refusal):
    """The draft is full: it is handed in first."""


@dataclass(frozen=True, slots=True)
class AskedBefore(Refusal):
    """The desk has asked the resident its one question already."""

    number: str


@dataclass(frozen=True, slots=True)
class EnoughSaid(Refusal):
    """So much was added to a case within an hour that the rest is better said by telephone."""

    number: str
    phone: str


@dataclass(frozen=True, slots=True)
class CodeUnknown(Refusal):
    """A number and code that open nothing, or too many of them: one answer for all."""


@dataclass(frozen=True, slots=True)
class DayPassed(Refusal):
    """The day that was promised has passed: it can be owned up to, and no more be moved."""

    number: str


@dataclass(frozen=True, slots=True)
class DayGone(Refusal):
    """The day on this button cannot be named any more; another one can."""

    number: str


@dataclass(frozen=True, slots=True)
class NoLaterDay(Refusal):
    """A later day was asked for once already, or what this is knows no later day."""

    number: str


@dataclass(frozen=True, slots=True)
class OneAtATime(Refusal):
    """Another desk is asked about this case already and has not answered yet."""

    number: str


@dataclass(frozen=True, slots=True)
class NobodyThere(Refusal):
    """There is no desk that could take it, or nobody can be reached there."""

    number: str


@dataclass(frozen=True, slots=True)
class DecidedAlready(Refusal):
    """Somebody else of the desk was first, or it was not waited for."""

    number: str


@dataclass(frozen=True, slots=True)
class NoNumber(Refusal):
    """There is no number of another office in it."""


@dataclass(frozen=True, slots=True)
class PersonsNumber(Refusal):
    """The number in it is somebody's telephone, identity, card or room, and no office's."""


@dataclass(frozen=True, slots=True)
class SameKind(Refusal):
    """It is sorted so already."""

    number: str


@dataclass(frozen=True, slots=True)
class TooLate(Refusal):
    """It was closed longer ago than a tap can reopen: it is told anew, and linked."""

    number: str


@dataclass(frozen=True, slots=True)
class AtTheTop(Refusal):
    """It stands as high as it can; what is left are the hotline and the petition, which nobody may take away."""

    number: str


@dataclass(frozen=True, slots=True)
class CalledToday(Refusal):
    """Nobody answered the telephone today; another try counts on another day."""

    number: str


@dataclass(frozen=True, slots=True)
class RatedBefore(Refusal):
    """A rating stands, and the day on which it could be changed is over."""

    number: str


@dataclass(frozen=True, slots=True)
class ThankedBefore(Refusal):
    """The thanks were passed on already."""

    number: str


@dataclass(frozen=True, slots=True)
class DaysUnclear(Refusal):
    """No days are named, they are over, or the calendar has none such."""


@dataclass(frozen=True, slots=True)
class AboutYourselves(Refusal):
    """It is about the clerk's own firm or committee, who never see it (I5): the community writes it down."""

    desk: str
    phone: str


@dataclass(frozen=True, slots=True)
class NotHere(Refusal):
    """Another desk leads what was written down, so it cannot be said to be done here."""


@dataclass(frozen=True, slots=True)
class ChatTaken(Refusal):
    """Somebody else lives, works or has a case in this chat already: it cannot become another person's way."""


class Refused(Exception):
    """Carries a `Refusal` out of an action; the transaction is rolled back and nothing has changed."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(type(refusal).__name__)
        self.refusal = refusal
