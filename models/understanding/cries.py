"""What does somebody cry who names no danger of the town's list? A live wire, a body on the ground, a lost child.

Each is said of this minute: what happened last year, comes again and again or is only feared is an ordinary matter.
"""

import re

from models.rules.policy import Sla
from models.understanding.danger import CRY, OFTEN, WHO, feared
from models.understanding.matter import Matter
from models.understanding.reading import sentences

_OVER = re.compile(
    rf"{OFTEN.pattern}|以前|之前|从前|早前|前些|前几天|前两天|那天|当年|今年|曾|差点|险些|差一点|一直|长期|很久|好久|多[年月天日次]"
    r"|[0-9一二两三四五六七八九十几半]+个?(?:年|月|星期|礼拜|周|天)(?![栋楼])|\b(?:ago|years?|months?|weeks?|days|nearly|almost)\b"
)
_ASKS = re.compile(
    r"怎么(?!办)|如何|哪里|多少|费|缴|开户|抄表|咨询|预约|安装|改造|报销|演练|宣传|停气|没气|欠|[吗?]\s*$"
    r"|\b(?:how|when|where|bill|fee|drill|station)\b"
)
_SMOKER = re.compile(r"[抽吸]烟|二手烟|油烟|烟头|厨房|\b(?:cigarettes?|smok(?:er|ers|ing|es))\b")
_LINGERS = re.compile(  # of the keywords of grave matters: what goes on for weeks, or is over when somebody tells of it
    r"偷|盗|赌|毒|黄$|卖淫|传销|诈骗|黑|恶|大字报|拘留|威胁|恐吓|骚扰|可疑|陌生人$|治安|报警|寻衅|滋事|霸凌|精神|疯|被打$"
    r"|stol|thef|threat|suspicious|stranger|abuse|dementia"
)
_SUPPOSED = re.compile(r"容易|万一|如果|要是|怕(?!是)|担心|恐怕|以防|避免|会不会|迟早|小心|可能会")
_NOW = re.compile(r"正在|刚刚|刚才|此刻|快来|\b(?:right now|just now)\b")
_PERSON = re.compile(
    r"人|妈|爸|婆|爷|奶|娃|孩|宝宝|孙|老伴|儿子|女儿|弟|妹|\b(?:child|kid|son|daughter|boy|girl|mother|father|grand\w+|man|lady)\b"
)
_LOST = re.compile(r"不见|走丢|missing|lost")
_MATTER_MOST = 60  # characters; of 640 real letters none of a grave matter is so short (tests/understanding/test_cries)

_ELECTRIC = r"(?:电线|高压线|电缆|线路|电闸|配?电箱|配电[柜房]|插座|插头|开关|电表箱?|变压器|充电桩)"
_WIRE = re.compile(
    r"(?:冒|打|迸|溅)(?:出|着|了)?(?:电|好多)?火花|火花四溅"
    rf"|{_ELECTRIC}[^,。!?;]{{0,6}}(?:冒火|放电|噼里啪啦|炸了)"
    r"|(?:电线|高压线|电缆|电线杆)[^,。!?;]{0,6}(?:掉(?:下来|下去|到|在|地|了)|落(?:下来|到|在)|垂(?:到|在)地|倒了)"
    r"|(?:电线|高压线|电缆)[^。!?;]{0,6}断[^。!?;]{0,8}(?:地上|路上|水里)"
    r"|\b(?:live|fallen|downed|electric(?:al)?|power)\b[^.!?;]{0,12}\b(?:wires?|cables?|lines?)\b[^.!?;]{0,30}"
    r"\b(?:on the (?:ground|road|floor|street)|fell|came down|spark\w*)"
    r"|\b(?:wires?|cables?|sockets?|switch|fuse ?box|meter)\b[^.!?;]{0,30}\bspark(?:s|ing)\b"
)
_NO_WIRE = re.compile(r"焊|烟花|鞭炮|烧烤|网线|宽带")
_WET = re.compile(rf"水[^。!?;]{{0,10}}(?:冲|灌|淹|喷|浇|流|漏)(?:到|进|了|向)?(?:了)?{_ELECTRIC}")

_BODY = rf"(?:{WHO}|老太太?|大[爷妈叔]|阿[姨公婆嬷]|宝宝|婴儿|保安|男的|女的|[她他我])"
_NOT_THEM = r"[^,。!?;把东的]"
_HURT = re.compile(
    rf"{_BODY}[^。!?;]{{0,10}}(?:倒在|躺在)[^。!?;]{{0,12}}(?:没(?:有|了)?(?:反应|动静|意识)|不动|不醒|叫不)"
    rf"|{_BODY}{_NOT_THEM}{{0,6}}(?:倒在?地|突然倒)(?!板|铁)"
    rf"|{_BODY}{_NOT_THEM}{{0,4}}(?:没(?:有|了)?(?:反应|意识)了|不省人事|昏迷(?!期)|抽搐|口吐白沫|喘不[上过]气|不会动了|没气了)"
    rf"|{_BODY}[^。!?;]{{0,8}}(?:摔|倒|滑)[^。!?;]{{0,8}}(?:起不来|叫不|喊不|不省人事|没反应|不动了)"
    r"|叫不应(?!物业|居委|社区)|怎么叫都(?:不|没)|心脏病(?:发|犯)|心梗了|卡住喉咙|噎住了"
    rf"|{_BODY}{_NOT_THEM}{{0,6}}(?:掉(?:下去|下来|进|到|水里)|摔下(?:去|来|楼)|坠(?:下|落)|滚下楼|落水)(?![^,。!?;]{{0,3}}(?:东西|垃圾))"
    rf"|{_BODY}{_NOT_THEM}{{0,6}}(?:挂|吊|悬|趴|卡|爬)(?:在|到|出)[^。!?;]{{0,4}}(?:窗|阳台|防盗|栏杆|护栏|外墙|楼顶)[^,。!?;的]{{0,3}}(?:外|边|上|里|网|$)"
    r"|(?:孩子?|小孩|宝宝|娃|婴儿|老人|老太太?|妈|爸)[^,。!?;把]{0,3}(?:被)?(?:反?锁|关|困)在[^,。!?;]{0,2}"
    r"(?:车[里内上]|屋[里内]|家里|房间|阳台|厨房|厕所)"
    r"|\b(?:man|woman|child|kid|boy|girl|baby|person|someone|somebody|father|mother|dad|mum|mom|he|she)\b[^.!?;]{0,24}"
    r"\b(?:fell (?:into|down|from|off)|hanging (?:from|out)|locked in (?:a|the) car|having a (?:stroke|seizure)"
    r"|won't wake)"
    r"|\b(?:heart attack|call an ambulance|lying on the (?:ground|floor)|can't breathe|cannot breathe)\b"
)
_OTHERS = re.compile(
    r"[他她](?!让|逼|害|叫|打|骂)|老公|老婆|丈夫|妻子|儿子|女儿|孩子|小孩|同学|学生|邻居|爸|妈|爷|奶|老人|男的|女的|小伙|姑娘|朋友"
    r"|\b(?:he|she|his|her|neighbou?r|man|woman|boy|girl|son|daughter|friend|husband|wife)\b"
)
_SOMEBODY = re.compile(r"有人|有一?个|\bsome(?:one|body)\b")
_SELF = re.compile(
    r"我(?!们?(?:家|的|爸|妈|儿|女|老|邻|朋|同|看|想报|要报|听|对门|楼[上下]|隔壁))"
    r"|\b(?:i|i'm|i've|me|my life|myself)\b"
)
_DONE = re.compile(r"(?:跳楼|自杀|割腕|轻生)了(?!算)|\bkill (?:him|her)self\b")
_WISHED = re.compile(r"[要想快逼只得准算就真再宁]")  # before 跳楼了: nobody has, and whoever says no name means oneself

_CALL = re.compile(
    r"救命(?=$|[啊呀哪哇了,.!?、。\s]|快|有|着|我)|(?:快|来)救(?:人|我)|快来人|来人[啊呀哪]"
    r"|^\W*help(?: me| us)?\W*$|\bsomebody help\b"
)
_ONLY_CALLS = re.compile(
    r"救命|救救?[我人]|快来人?|来人|快[点些]?|赶紧|赶快|马上|你们?|怎么|为什么|还|都|没有?|不|来|到|人呢?|谁|呢|在哪里?|等|急死?|我"
    r"|一下|过来|请|求求|帮帮?忙?|呀|啊|吧|了|的|哪|哇"
    r"|\b(?:help|me|us|please|come|quick|quickly|hurry|up|fast|where|are|you|somebody|now|still|nobody|came|here)\b|\W"
)


def hurt(text: str) -> bool:
    """Whether somebody lies, falls, hangs or is locked in, or a live wire lies about, now: 「我爸倒在地上没反应了」."""
    return _now(text, _HURT) or (_now(text, _WIRE) and not _NO_WIRE.search(text))


def calls_for_help(text: str) -> bool:
    """Whether somebody calls for help and says no more, or water runs over what carries current."""
    return _now(text, _CALL) or _now(text, _WET)


def only_calls(text: str) -> bool:
    """Whether the words name nothing of their own: 「你们快点」, 「还没来」."""
    said = any(char.isalnum() for char in text)
    return said and len(text) <= _MATTER_MOST and not _ONLY_CALLS.sub("", text)


def of_another(text: str, word: str) -> bool:
    """Whether words of care are said of somebody else: 「有人要跳楼」; where it is not clear, they are of oneself."""
    at = text.find(word)
    sentence = re.split(r"[。!?;\n]", text[: max(at, 0)])[-1]
    clause = sentence.rpartition(",")[2]
    own, others = ([found.start() for found in sought.finditer(clause)] for sought in (_SELF, _OTHERS))
    if own or others:
        return bool(others) and (not own or others[-1] > own[-1])
    somebody = _SOMEBODY.search(sentence)
    if somebody is not None:
        return _SELF.search(sentence, somebody.end()) is None
    return _DONE.match(text, max(at, 0)) is not None and _WISHED.search(clause) is None


def happens_now(text: str, found: Matter) -> bool:
    """Whether few words tell of a grave matter as it happens: 「闻到一股煤气」, and not yesterday's theft."""
    if found.category.sla is not Sla.P0 or len(text) > _MATTER_MOST or _OVER.search(text) or _ASKS.search(text):
        return False
    if _SMOKER.search(text):
        return False
    if all(_LOST.search(word) for word in found.spoken):
        return _PERSON.search(text) is not None  # a cat that is lost is no emergency
    return any(not _LINGERS.search(word) and not _doubted(text, word) for word in found.spoken) or bool(
        _NOW.search(text)
    )


def _doubted(text: str, word: str) -> bool:
    return feared(text, max(text.find(word), 0))


def _now(text: str, sought: re.Pattern[str]) -> bool:
    if len(text) > CRY:
        return False
    return any(
        not (feared(part, found.start()) or _OVER.search(part) or _SUPPOSED.search(part[: found.end()]))
        for part in sentences(text)
        for found in sought.finditer(part)
    )
