"""Does somebody speak for another? 「替我妈说」, 「帮楼下张阿姨反映一下」, "on behalf of my mother"."""

import re
from dataclasses import dataclass

from models.understanding.reading import clean, matching

_KIN = (
    r"(?:我(?:家)?的?)?(?:妈妈?|爸爸?|父母|爸妈|母亲|父亲|婆婆|公公|岳母|岳父|外婆|外公|奶奶|爷爷|阿嬷|阿公"
    r"|姥姥|姥爷|姐姐?|妹妹?|哥哥?|弟弟?|姑姑?|姨妈?|舅舅?|叔叔?|伯伯?|儿子|女儿|媳妇|老人|家人|家里人|亲戚|朋友|同事)"
)
_NEIGHBOUR = (
    r"(?:我们?)?(?:楼上|楼下|隔壁|对门|对面|同楼)?的?"
    r"(?:邻居|老人家?|别人|人家|[\u4e00-\u9fff]{1,2}(?:阿姨|阿婆|大爷|大叔|叔|伯|婆|奶奶|爷爷))"
)
_SAYS = r"(?:来)?(?:说|报|反映|反应|讲|问|投诉|报修|提|登记)(?:一?下|一件事|个事|件事|一声|的)?"
_CHINESE = re.compile(
    rf"^(?:我|我想|我要|想|要)?(?:是)?(?:替|帮|代|代替)(?:{_KIN}|{_NEIGHBOUR}|[她他]们?)(?:家)?{_SAYS}|^替别人说"
)
_LATIN = re.compile(
    r"^(?:i am |i'm |this is )?(?:writing |reporting |asking |speaking )?(?:on behalf of|for) "
    r"(?:my (?:old |elderly )?(?:mother|mum|mom|father|dad|parents|grandmother|grandma|grandfather|grandpa|aunt|uncle"
    r"|sister|brother|son|daughter|neighbou?r|friend)|somebody else|someone else|a neighbou?r|a friend)\b"
)


@dataclass(frozen=True, slots=True)
class Behalf:
    """It is said for somebody else. `alone`: and nothing more was said yet."""

    alone: bool


def behalf(said: str) -> Behalf | None:
    """Whether `said` opens by saying that it is for somebody else; None where it does not."""
    text = matching(clean(said)).strip()
    found = _CHINESE.match(text) or _LATIN.match(text)
    return None if found is None else Behalf(alone=not any(char.isalnum() for char in text[found.end() :]))
