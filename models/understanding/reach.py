"""Is it nothing but a way to reach somebody, or to follow a case? 0412 K7MPQ3, 我的电话138…, 删掉电话, 换个地方找我.

Each is the whole message: among other words a number is part of what somebody says.
"""

import re
import unicodedata

_LONGEST = 80  # characters; such a line, and the words people put around it
_SENTENCE = 300  # characters; where a number is looked for among other words
_CODE = re.compile(
    r"\W*(?:跟着看|我想看|看|关注|编号|号码|follow|case)?\W*(\d{4,7})\s*号?\W*(?:代码|验证码|密码|码|code)?\W*([A-Z0-9]{6})\W*",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\W*(?:(?:请)?(?:打)?我的?(?:电话|手机|手机号|号码|电话号码|手机号码|联系电话)(?:号码)?"
    r"|my (?:phone|mobile|cell|telephone)(?: number)?)"
    r"\s*(?:是|为|改成|换成|改为|is|now)?\W*(\+?\d[\d \-]{5,18}\d)\W*",
    re.IGNORECASE,
)
_DELETE = re.compile(
    r"\W*(?:请)?(?:删掉|删除|删了|去掉|不留)(?:我的)?(?:电话|手机|手机号|电话号码|号码)\W*"
    r"|\W*(?:please )?(?:delete|remove) (?:my )?(?:phone|number|phone number)\W*",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"\W*(?:我(?:要|想)?)?(?:换个地方找我|换个账号|换了?(?:个)?(?:手机|账号|号)(?:了)?|(?:在)?别的地方也?(?:能)?找我"
    r"|reach me (?:elsewhere|somewhere else)|(?:i have a )?new phone)\W*",
    re.IGNORECASE,
)


_ANY_NUMBER = re.compile(r"(?<![\d.])\+?\d(?:[ \-]?\d){6,14}(?![\d.])")
"""Seven to fifteen digits: a landline without its area code up to the longest number there is (E.164)."""


_OF_A_NUMBER = re.compile(r"[请打我的电话手机座号码联系方式是为\W\d_]*")
"""What stands around a number that is given, and says nothing by itself."""


def number_in(text: str) -> str:
    """The one telephone number among other words, digits alone; "" where there is none or several."""
    found = _ANY_NUMBER.findall(unicodedata.normalize("NFKC", text[:_SENTENCE]))
    return re.sub(r"[ \-]", "", found[0]) if len(found) == 1 else ""


def only_a_number(text: str) -> bool:
    """Whether nothing is said but one telephone number, and whose it is: 「电话13812345678」."""
    said = unicodedata.normalize("NFKC", text[:_SENTENCE])
    return bool(number_in(said)) and (bool(own_number(said)) or _OF_A_NUMBER.fullmatch(said) is not None)


def number_and_code(text: str) -> tuple[int, str] | None:
    """A case's number, and the code as it would be read; None for other words, and for two numbers."""
    found = _CODE.fullmatch(unicodedata.normalize("NFKC", text[:_LONGEST]))
    if found is None or found[2].isdigit():
        return None
    return int(found[1]), found[2].upper()


def own_number(text: str) -> str:
    """The telephone number somebody gives as their own, as it was typed; "" for other words."""
    found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", text[:_LONGEST]))
    return found[1] if found else ""


def deletes_number(text: str) -> bool:
    """Whether the number left before is to go."""
    return _DELETE.fullmatch(text[:_LONGEST]) is not None


def elsewhere(text: str) -> bool:
    """Whether somebody wants to be reached in another place too."""
    return _ELSEWHERE.fullmatch(text) is not None


_CALL_ME = re.compile(
    r"(?:打|来|回)(?:个|一个)?电话(?:给我|找我)|给我(?:打|来|回)(?:个|一个)?电话|(?:打|回)给我|(?:要|想|能|给我)找(?:个|真)?人"
    r"|跟?人(?:说说?话|讲话|聊聊)|\b(?:call|phone|ring) me\b|\bcall back\b|\btalk to (?:a|some)",
    re.IGNORECASE,
)


def wants_a_call(text: str) -> bool:
    """Whether a few words ask to be called, or for a human to talk to: 「不我耳朵不好，能不能打电话给我」."""
    return len(text) <= _LONGEST and _CALL_ME.search(unicodedata.normalize("NFKC", text)) is not None
