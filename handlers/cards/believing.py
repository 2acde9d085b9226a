"""As of which hour is a case shown? While the clock is not believed, as of its filing: nothing of it is late (S35)."""

from datetime import datetime

from handlers.words import Words
from models.queries.cases import CaseView


def believed(w: Words, seen: CaseView, now: datetime) -> tuple[Words, datetime]:
    """The hour to judge its dates by; and words that call no day 「今天」, where that hour is not the clock's."""
    return (Words(w.lang, w.zone, dated=True), seen.filed_at) if seen.doubted else (w, now)
