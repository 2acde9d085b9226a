"""What does a button carry? A verb, a case, the version it was drawn at, and a MAC: stateless, and good for months.

A signature proves that we drew it for this chat; whether it may be pressed now, `can` and the lifecycle say.
"""

import base64
import hmac
from dataclasses import dataclass
from enum import StrEnum, unique

from models.ports import Button
from models.vault import Keys

_MAC_BYTES = 9
"""72 bits, 12 characters: a forger online gets one guess a request; 64 bytes are all that a button may hold."""


@unique
class Verb(StrEnum):
    """What a thumb can mean. The value goes over the wire: never reuse one."""

    SUBMIT = "su"
    CHANGE = "ch"
    PERSON = "pe"  # 找人工
    DROP = "dr"  # 先不用
    JOIN = "jo"  # 是同一件
    APART = "ap"  # 另一件
    CONSENT = "co"
    SIGN = "si"
    CONTACT = "ct"
    ARRIVE = "av"  # 已到场
    NOT_THERE = "nt"  # 点错了，没到场
    CLAIM = "cl"
    WORD = "wo"  # 带话给居民
    SEND = "se"  # 发给居民
    AGAIN = "ag"  # 重说
    NOT_YET = "ny"  # 还没好
    LOOK = "lo"
    BUSY = "bu"
    DECLINE = "de"
    SOLVED = "ok"
    UNSOLVED = "no"
    PARTLY = "pa"
    MORE = "mo"  # the card's second page of buttons
    LESS = "le"
    WHOLE = "al"  # 看全文
    # a desk
    DISPATCH = "dp"  # 派工
    ASK = "as"  # 提问
    PLAN = "pl"  # 定日子, or 延期 when it is later than promised
    OFFER = "of"  # 转办
    TAKE = "tk"
    GRANT = "gr"
    REFUSE = "rf"
    EXTERNAL = "xn"  # 外部号
    SAFE = "sf"  # 已围挡
    SORT = "so"  # 改类别
    HEAR = "he"  # 听完写一行
    CALLED_SOLVED = "c1"
    CALLED_UNSOLVED = "c2"
    CALLED_PARTLY = "c3"
    CALLED_NOBODY = "c0"
    CALLED_SPOKE = "c4"  # 说上话了
    OPEN = "op"  # a case of a list, as a card
    PAGE = "pg"  # another page of a list; version: which
    WAITING = "wp"  # another page of 待办; version: which
    SHIFT = "sh"  # 我来值班
    AWAY = "aw"  # 休假
    DEPUTY = "dt"  # 找人代班
    ENTER = "en"  # 登记: written down at the counter
    DONE_NOW = "dn"  # 当场办结
    # a resident
    ADD = "ad"  # 补充一句
    URGE = "ur"
    RAISE = "ra"
    WITHDRAW = "wd"  # asks once
    NOBODY = "nb"  # 没看到人: a desk said that somebody is there
    MISTAKE = "mi"  # 报错了: an emergency that was filed at once
    WITHDRAW_KEEP = "wk"
    WITHDRAW_ERASE = "we"
    GO_ON = "go"  # 接着办
    REOPEN = "re"
    RATE = "rt"  # version: 1 to 5
    THANK = "th"
    FAMILY = "fa"  # 给家人看
    UNFOLLOW = "uf"  # 不看了
    AGREE = "ye"
    DISAGREE = "nn"
    DANGER = "da"
    NO_DANGER = "nd"
    TELL_HEAD = "hd"  # 告诉楼长我是谁
    PATROL = "pt"  # 请社区巡查时一并处理
    WHERE = "wh"
    WHAT = "wt"
    URGENT = "ug"
    PICK = "pk"  # one of several that were shown; version: which
    DAY = "dy"  # 定日子 on that day; version: its ordinal
    TO_DESK = "td"  # 转办 to that desk; version: what stands for its code
    KIND = "ki"  # 改类别 to that one; version: what stands for its code
    KINDS = "kp"  # another page of categories; version: which


@dataclass(frozen=True, slots=True)
class Press:
    """A button we drew for this chat. `of`: a case's id, or the draft's for the verbs of a draft."""

    verb: Verb
    of: int
    version: int


def button(keys: Keys, chat_id: int, text: str, verb: Verb, *, of: int = 0, version: int = 0) -> Button:
    """A button that says `text` and means `verb` to this chat and no other."""
    body = f"{verb}.{of:x}.{version:x}"
    return Button(text=text, callback=f"{body}.{_mac(keys, chat_id, body)}")


def read(keys: Keys, chat_id: int, data: str) -> Press | None:
    """The press, or None for anything we did not draw for this chat: forged, foreign, or of another key."""
    body, dot, mac = data.rpartition(".")
    if not dot or not data.isascii() or not hmac.compare_digest(mac, _mac(keys, chat_id, body)):
        return None
    verb, of, version = body.split(".")
    return Press(Verb(verb), int(of, 16), int(version, 16))


def _mac(keys: Keys, chat_id: int, body: str) -> str:
    digest = hmac.digest(keys.mac("button"), f"{chat_id}.{body}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest[:_MAC_BYTES]).decode()
