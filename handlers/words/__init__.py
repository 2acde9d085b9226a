"""How is it said? Every sentence a person reads goes through `Words`, in Chinese or English.

Chinese msgids stand in the code where they are said; `en.po` holds the English. `%(name)s` are the only placeholders,
because Babel's checker knows them. Values are escaped for Telegram's HTML unless they are `Html` already.
"""

from datetime import date, datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from html import escape
from importlib.resources import files
from io import BytesIO
from zoneinfo import ZoneInfo

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


class Html(str):
    """Text that is Telegram HTML already and is put in as it is."""

    __slots__ = ()


class Words:
    """One language. Called with a Chinese sentence, it gives that language's, with the values put in.

    `dated`: for what stands under an earlier day, so that no day is called 「今天」.
    """

    def __init__(self, lang: str, zone: ZoneInfo, *, dated: bool = False) -> None:
        self.dated = dated
        self.lang = lang if lang in LANGS else LANGS[0]
        self.zone = zone
        self._book = _book(self.lang)

    def __call__(self, sentence: str, **values: object) -> Html:
        """The sentence in this language; KeyError for a placeholder without a value."""
        said = self._book.gettext(sentence)
        if not values:
            return Html(said)
        return Html(
            said
            % {
                name: value if isinstance(value, Html) else escape(str(value), quote=False)
                for name, value in values.items()
            }
        )

    def plain(self, sentence: str, **values: object) -> str:
        """The same for places that take no HTML: a button, a callback's toast."""
        said = self._book.gettext(sentence)
        return said % values if values else said

    def moment(self, at: datetime, *, now: datetime) -> str:
        """「今天13:10」「明天9:10」「11月26日10:00」, in the town's time; the day is never left to guess."""
        local, today = at.astimezone(self.zone), now.astimezone(self.zone).date()
        days = (local.date() - today).days
        clock = f"{local.hour}:{local.minute:02d}"
        if days == 0 and not self.dated:
            return self.plain("今天%(clock)s", clock=clock)
        if days == 1 and not self.dated:
            return self.plain("明天%(clock)s", clock=clock)
        if days == -1 and not self.dated:
            return self.plain("昨天%(clock)s", clock=clock)
        if self.lang == "en":
            return f"{clock} on {self.day(local.date())}"
        return f"{self.day(local.date())}{clock}"

    def day(self, on: date) -> str:
        """「11月26日」, “26 Nov”."""
        return f"{on.day} {_MONTHS[on.month - 1]}" if self.lang == "en" else f"{on.month}月{on.day}日"


LANGS = ("zh", "en")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@cache
def _book(lang: str) -> NullTranslations:
    """The translations of one language; Chinese is the msgids themselves."""
    if lang == "zh":
        return NullTranslations()
    compiled = BytesIO()
    with (files("handlers.words") / f"{lang}.po").open("rb") as catalogue:
        write_mo(compiled, read_po(catalogue, locale=lang))
    compiled.seek(0)
    return GNUTranslations(compiled)
