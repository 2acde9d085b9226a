"""Is somebody in danger now? Words of the town's list, people shut in a lift, violence at home; never a mere fear."""

import re
from functools import cache

from models.rules.policy import Category, Party, Sla, Town
from models.understanding.reading import sentences

TRAPPED = "C03-1"
"""People in a lift (domain C1)."""

_DOUBT = re.compile(
    r"(?:万一|一旦|如果|要是|假如|防止|避免|预防|容易|以免|免得|以防|怕(?!是)|迟早|早晚会)[^,。.!?;]{0,10}$"
    r"|(?<!是)(?:不是|并非)(?:真的?|有人|在|说)*$|(?<![有叫])没有?(?:真的?|人|在)*$"
    r"|\b(?:not|no|isn't|wasn't|never)(?: an?| on)?$"  # 「不是着火」 is no fire, 「是不是着火了」 may be one
    r"|\b(?:if|in case|in case of|prevent|avoid|risk of)\b[^,。.!?;]{0,28}$"
)
_FITTING = re.compile(
    r"(?:exit|door|lane|hydrant|extinguisher|alarm|escape|engine|truck|safety|drill|hose|equipment)s?\b"
)
_LATIN = re.compile(r"[a-z0-9'-]+|[,.!?;]")  # marks stay: what is supposed in one clause is a fact in the next
CRY = 160  # characters; who needs help this minute writes little, a long letter tells of what happens again and again
_BEFORE = 44  # characters before a word in which a doubt about it may stand

# 「电梯」, that it stands still, and somebody inside: three words anywhere in two sentences
_LIFT = re.compile(r"电梯|轿厢|\blifts?\b|\belevators?\b")
_STILL = re.compile(
    r"停了|停住|停在|停电|坏|卡|不动|故障|夹层|下坠|急坠|打不开|不开门|出不来|没反应"
    r"|\b(?:stuck|stopped|stops|broke|broken|broken down|stalled|jammed|not moving)\b"
    r"|\b(?:won't|will not|doesn't|not) open\b"
)
WHO = r"(?:人|妈|爸|婆|外公|爷|奶|娃|孩子?|朋友|老伴|媳妇|女儿|儿子|我们?|[他她]们?|邻居)"
_BUT_DOING = r"(?![抽吸吐骂尿乱堆推充跳吵养玩遛说贴放扔写装挂拉撒]|小便|大便|打架|打牌|卖)"
_WHO_EN = (
    r"(?:mother|mom|mum|father|dad|grand\w{1,6}|parents?|people|person|someone|somebody|child(?:ren)?|kids?|sons?"
    r"|daughter|wife|husband|neighbou?rs?|man|men|woman|women|lady|boy|girl|baby|friend|we|i|he|she|they|we're|i'm)"
)
_INSIDE = re.compile(
    rf"{WHO}[^,。!?;]{{0,4}}在(?:电梯|轿厢)?(?:里面|里头|里边|里|内|中间){_BUT_DOING}"
    rf"|(?:里面|里头|里边|电梯里|轿厢里|电梯内)(?:还|都)?(?:有|关着|困着|卡着|站着)[^,。!?;]{{0,3}}{WHO}{_BUT_DOING}"
    rf"|\b{_WHO_EN}\b[^.!?;]{{0,24}}\b(?:inside|in it|in there|in the (?:lift|elevator))(?! the)"
    rf"|\b{_WHO_EN} (?:can't|cannot|can not|couldn't) get out\b"
)
# what happens again and again, or has happened, is a broken lift and not somebody in it now
OFTEN = re.compile(
    r"经常|有时|多次|曾经?|频频|频繁|几次|好几次|上次|上周|上个?月|去年|前年|前天|昨[天晚]|每[天次]|天天|时不时"
    r"|老是|总是|偶尔|常常|屡次|动不动"
    r"|过(?:一|两|几|好几)?[次回]"
    r"|\b(?:often|always|sometimes|every|last|yesterday|once|twice|again and again|used to)\b"
)
# beside a lift these say it alone
_HELD = re.compile(
    r"困在(?:了)?(?:电梯|轿厢|里面|里头|里边)|(?:关|卡|锁|憋)在(?:了)?(?:电梯|轿厢)|(?:关|卡|锁|困)在(?:里面|里头)"
    r"|(?:电梯|轿厢)里?(?:面)?[^,。!?;]{0,8}出不来|(?:电梯|轿厢)[里内](?:面|头|边)?[^,。!?;车]{0,8}出不去|被困(?!高|楼|家|在家|在楼)|困住(?!楼|家)"
    r"|\b(?:stuck|trapped|shut|locked)(?: inside)?(?: in)? (?:the|a|our|this) (?:lift|elevator)\b|\btrapped\b"
    r"|\bget out of the (?:lift|elevator)\b"
)

_KIN = (
    r"(?:老公|丈夫|先生|老婆|妻子|爱人|男朋友|女朋友|男友|女友|对象|前夫|前妻|儿子|女儿|儿媳|媳妇|女婿|我爸|我妈|(?<!的)爸爸|(?<!的)妈妈"
    r"|父亲|母亲|继父|后爸|后妈|婆婆|公公|家里人|家人)"
)
_BEATS = r"(?:打骂?|殴打|暴打|揍|掐|踢|踹|扇|虐待)"
_ME = r"我(?!们?(?:电话|的?手机|小报告|招呼|主意|邻居|家(?:门|车|狗)|[的们]?(?:儿|女|孩|老公|老婆|爸|妈)))"
_AT_HOME = re.compile(
    rf"{_KIN}[^。!?;]{{0,14}}(?:{_BEATS}(?:了|过|伤)?{_ME}|又?动手(?!术|机)|往死里打|家暴|{_BEATS}(?:孩子|老婆|老人|妈妈?|爸爸?))"
    rf"|{_KIN}[^。!?;]{{0,14}}不敢报警"
    rf"|被(?:我|自己)?{_KIN}[^,。!?;]{{0,4}}{_BEATS}"
    rf"|(?:他|她)[^,。!?;]{{0,6}}{_BEATS}(?:了|过)?{_ME}[^。!?;]{{0,12}}(?:不敢报警|不敢说|不敢回家|离婚)"
    rf"|(?:^|[,。!?;\s])(?:[他她](?:又|还|会|就|刚才?|昨晚|昨天)?|)(?:天天|每天|经常|总是?|老是?|一直)?(?<=[他她又还会就才晚天常总是老直])打骂?(?:了|过)?{_ME}"
    rf"|在?家里(?:又|老|总|天天|经常)?(?:动手打|打人|家暴)|被家暴"
    r"|\bmy (?:husband|wife|partner|boyfriend|girlfriend|ex|ex-husband"
    r"|father|mother|stepfather|son|daughter|mother-in-law)\b"
    r"[^.!?;]{0,24}\b(?:hit|hits|hitting|beat|beats|beating|hurts|hurting|punched|punches|kicks|kicked|abuses|abusing"
    r"|strangled|slaps|slapped) (?:me|us|my|our)\b"
)


def those_said(text: str, words: tuple[str, ...]) -> tuple[str, ...]:
    """Those of `words` that are said, and not only feared: 「万一着火」 is no fire."""
    latin = spaced(text)
    sought = _sought(words)
    # nearly always none of a hundred words stands there, and looking is cheaper than asking
    said = [(text, word) for word in sought if word in text] + [(latin, word) for word in sought if word in latin]
    return tuple(word.strip() for whole, word in said if meant(whole, word))


@cache
def _sought(words: tuple[str, ...]) -> tuple[str, ...]:
    """As they are looked for: a Latin word with the blanks around it."""
    folded = (word.casefold() for word in words)
    return tuple(f" {word} " if word.isascii() else word for word in folded)


def meant(text: str, word: str) -> int:
    """How many times `word` stands in `text` without a doubt before it; a fire exit is no fire."""
    times, at = 0, text.find(word)
    while at >= 0:
        fitting = word.endswith("fire ") and _FITTING.match(text, at + len(word))
        times += not fitting and not feared(text, at)
        at = text.find(word, at + 1)
    return times


def feared(text: str, at: int) -> bool:
    """Whether what stands at `at` is only feared or supposed."""
    return _DOUBT.search(text[max(0, at - _BEFORE) : at]) is not None


def trapped(text: str) -> bool:
    """Whether somebody is shut in a lift: 「电梯停了，我妈在里面」, "the lift is stuck, my mother is inside"."""
    if len(text) > CRY or not _LIFT.search(text):
        return False
    parts = sentences(text)
    for part, following in zip(parts, [*parts[1:], ""], strict=True):
        if not _LIFT.search(part):
            continue
        both = part + following
        held = _HELD.search(both) or (_STILL.search(both) and _INSIDE.search(both))
        if held and not feared(both, held.start()) and not OFTEN.search(part):
            return True
    return False


def beaten_at_home(text: str) -> bool:
    """Whether somebody of the family raises a hand: 「我老公天天打我，我不敢报警」."""
    return any(not feared(text, found.start()) for found in _AT_HOME.finditer(text))


def sealed_emergency(town: Town) -> Category | None:
    """Where violence at home and self-harm go: the town's sealed P0 matter, which no party to a quarrel may see."""
    for category in town.categories.values():
        if category.sealed and category.sla is Sla.P0 and Party.NEIGHBOUR in category.firewall:
            return category
    return None


def spaced(text: str) -> str:
    """The Latin words of a text with one blank around each, so that a keyword is found as whole words only."""
    return " " + " ".join(_LATIN.findall(text)) + " " if re.search("[a-z]", text) else ""
