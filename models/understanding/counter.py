"""What does a clerk write down of somebody at the counter? What, where, who, and a number to call.

「3栋李阿姨说楼道灯不亮 13800000000」.
Name and number are kept apart: receivers read what is left, as they read a resident's own words (domain M37).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from models.rules.policy import Building, Town
from models.understanding.masking import SURNAMES
from models.understanding.place import compounds_named, label_number, numbers_named
from models.understanding.reading import clean, matching

_PHONE = re.compile(
    r"(?<![\d-])(?:(?:\+?86[\s-]?)?(?P<mobile>1[3-9]\d[\s-]?\d{4}[\s-]?\d{4})"
    r"|(?P<land>0\d{2,3}[\s-]?\d{7,8})|(?P<local>[2-8]\d{6,7}))(?![\d-])"
)
_LABELLED = re.compile(
    r"(?:电话|手机|联系电话|号码|联系方式|tel|phone)?\s*(?:是|[:：])?\s*" + _PHONE.pattern, re.IGNORECASE
)
_TITLES = "阿姨|先生|女士|大爷|大妈|大姐|大哥|大叔|叔叔|伯伯|阿婆|婆婆|奶奶|爷爷|老师|师傅|小姐|叔|伯|婶|姨|姐|哥|嫂|某"
_SAYS = (
    r"(?:(?:刚才|今天)?(?:来电|打电话来?|电话里?|过来|来|到前台)?(?:说|反映|讲|投诉|报|反应)(?:了)?|来电)[,，:：]?\s*"
)
_WHO = re.compile(
    rf"(?P<name>[{SURNAMES}][\u4e00-\u9fff]{{0,2}}?(?:{_TITLES})){_SAYS}|(?:有?(?:居民|业主|住户)){_SAYS}"
)
_FROM = re.compile(rf"(?:我是|我叫|姓名[:：]?)\s*(?P<name>[{SURNAMES}][\u4e00-\u9fff]{{1,2}})")


@dataclass(frozen=True, slots=True)
class Spoken:
    """One line of the counter, taken apart. `phones`: digits only, as they came; `name` "" where none was said."""

    words: str
    name: str
    phones: tuple[str, ...]

    @property
    def phone(self) -> str:
        """The number that will be called: the first one."""
        return self.phones[0] if self.phones else ""


def spoken(line: str) -> Spoken:
    """The line without who said it and how they are called back; words are kept as they are otherwise."""
    text = clean(line)
    phones = tuple(
        dict.fromkeys(
            re.sub(r"\D", "", found["mobile"] or found["land"] or found["local"]) for found in _PHONE.finditer(text)
        )
    )
    text = _LABELLED.sub(" ", text)
    who = _WHO.search(text)
    name = (who["name"] or "") if who else ""
    if who:
        text = text[: who.start()] + text[who.end() :]
    return Spoken(" ".join(text.split()).strip(" ,，;；:：、"), name, phones)


def buildings_meant(text: str, town: Town, near: Sequence[Building]) -> tuple[Building, ...]:
    """The buildings this may be about: one when it is clear, several to choose from, none when no place was said.

    `near`: those the desk answers for; another compound is meant where it is named.
    """
    compared = matching(clean(text))
    named = compounds_named(compared, town)
    scope = [one for one in town.buildings.values() if one.compound in named] if named else list(near)
    numbers = set(numbers_named(compared))
    if numbers:
        return tuple(one for one in scope if label_number(one.label) in numbers)
    return tuple(scope) if named or len({one.compound for one in scope}) == 1 else ()


def hidden(phone: str) -> str:
    """A number as a card shows it: 138****0000."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) > 8 else f"****{phone[-4:]}"
