"""Does somebody say that they may not want to live, whatever word they choose for it? Which words say so.

The town's list holds the plain words; here stand the means (a rope, pills, a roof) and the turns of phrase. What is
only feared or told of long ago is none, and neither is a dog that ate rat poison.
"""

import re

from models.understanding.danger import CRY, feared, those_said
from models.understanding.reading import sentences

_POISON = r"(?:农药|敌敌畏|百草枯|除草剂|老鼠药|耗子药|鼠药|毒药|洁厕[灵剂液]|消毒水|消毒液)"
_MANY = r"(?:一?整?[一两二三几半多大][瓶盒把板罐]|[好很]多|许多|大量|几十|\d{2,3}[片颗粒]|所有|全部)"
_HIGH = r"(?:楼|阳台|窗|桥|天台|上面|这里|这儿)"
_WILL = r"(?:想|要|准备|打算|马上|快|只能|只好|不如|干脆|恨不得|宁可|宁愿)"
_ME = r"(?:^|[,。!?;\s]|我(?:真的?|也|都|就|实在|已经|快|是)*)"

_SAYS = re.compile(
    # means
    rf"(?:喝|吞|灌|服)(?:了|下|下去)?(?:[^,。!?;]{{0,4}}){_POISON}|吃(?:了|下)(?:[^,。!?;]{{0,4}}){_POISON}"
    rf"|(?:吃|吞|服)(?:了|下)?{_MANY}[^,。!?;]{{0,4}}(?:药|安定)|(?:药|安定)[^,。!?;停]{{0,4}}(?:都|全)(?:部|都)?(?:给)?(?:吃|吞)(?:了|掉)"
    r"|吞(?:了|下)?(?:安眠)?药|服毒|吞金|上吊(?![瓶扇顶车灯装篮水针机])|自缢|自尽|自焚|自裁|了断自己|自我了断|自行了断|寻死|求死"
    r"|割(?:了|开)?(?:自己)?的?(?:手腕|动脉|大动脉|脉(?!搏))|划(?:了|开)?(?:自己)?的?手腕|伤害(?:我)?自己"
    rf"|{_WILL}[^,。!?;]{{0,6}}从[^,。!?;]{{0,6}}{_HIGH}[^,。!?;]{{0,4}}跳|从[^,。!?;]{{0,6}}{_HIGH}[^,。!?;]{{0,3}}跳下去"
    rf"|{_WILL}[^,。!?;]{{0,2}}(?:往下跳|跳下去(?=$|[,。!?;算了吧\s])|跳(?:河|江|海|井|桥|湖|水库))|(?<=[他她我])要跳了"
    r"|^\W*我?(?:现在|正)?[站坐]在(?:\d{1,2}[栋号]?楼?)?(?:楼顶|天台|阳台外|窗台|阳台栏杆|桥栏杆)(?:上|边上?|外面)?(?:了)?\W*$"
    r"|(?:想|要|准备|打算|在)烧炭(?!烤|取暖|火锅)|烧炭自|开(?:着)?(?:煤气|瓦斯|燃气)[^,。!?;]{0,6}(?:死|不活)"
    r"|遗书|同归于尽|(?:一起|一块)去?死(?=$|[,。!?;算了吧\s])"
    # turns of phrase
    r"|不如(?:去)?死|死了(?:算|干净|一了)|死(?:掉|了)算了|一死了之|一睡不醒|生不如死|死的心都|死给[^,。!?;]{1,4}看|安乐死"
    r"|死在(?:你们|物业|居委|社区|街道)[^,。!?;]{0,5}(?:门口|面前|办公室)|以死(?:明志|相逼|谢|抗)"
    r"|(?<!你)(?:想|要|准备|打算|决定|让我)(?:一个人)?去死(?!人)|(?<!得)我(?:真的?|只|就|好)?(?:要|准备|打算|决定)死(?=$|[,。!?;给在吧])|让我死"
    rf"|{_ME}(?:活够|活腻)了|不(?:想|愿意?)再活|{_ME}不(?:要)?活了|不想(?:再)?[活呆待留]在(?:这个?)?(?:世|人世|人间)"
    r"|活着(?:真|太|好|也|都|还|又)*(?:没|无|有什么|有啥)(?:什么|啥|了|有)?(?:意思|意义|劲|盼头|希望|用)|活着(?:真|太|好|就是)*(?:痛苦|受罪|煎熬)"
    r"|(?:(?:没有?|失去)了?)?活下去的(?:勇气|希望|意义|理由|动力)|(?:没|不)[^,。!?;]{0,3}勇气活|不想(?:再)?醒(?:过?来|了)"
    rf"|{_ME}(?:撑|熬|扛|坚持)不下去了|(?:结束|了结)(?:这一切|一切|自己|我?的?生命|我?这一生|这条命)|(?:想|要|准备)离开(?:这个)?(?:世界|人世|人间)"
    r"|来世再|下辈子再|永别了|(?:别|不要|不用)救我|我走了[^。!?;]{0,8}(?:照顾好?|拜托|托付)"
    # in English; where one lives, or beside whom, is another matter
    r"|\b(?:don't|do not|dont|not|no longer|never|didn't)(?: really| even)? (?:want|wanna|wish)"
    r"(?: to)?(?: go on| keep| be)?"
    r" (?:live|living|alive|exist|existing)\b"
    r"(?! (?:here|there|in|with|next|near|on|at|above|below|under|like|by|this|among|opposite|where|inside))"
    r"|\b(?:took|taken|swallowed|swallowing|taking|ate)(?: \w+)?"
    r" (?:all|too many|lots of|a lot of|many|a (?:whole |full )?(?:bottle|box|handful|packet) of)"
    r"(?: of)?(?: the| my| his| her| those| these)?(?: sleeping)?"
    r" ?(?:pills?|tablets?|medications?|medicines?|painkillers?)\b"
    r"|\boverdosed?\b"
    r"|\bend(?:ing)? it all\b|\b(?:end|ending|take|taking) (?:my|his|her) (?:own )?life\b"
    r"|\bkilling (?:my|him|her)self\b"
    r"|\b(?:better off|rather be|wish (?:i|he|she) (?:was|were)|want to be) dead\b"
    r"|\b(?:no|any) (?:point|reason|sense) (?:in |to |of |for )?(?:living|live|life|going on|go on)\b"
    r"|\bnothing (?:left )?to live for\b|\btired of (?:living|life|being alive)\b"
    r"|\bcan't go on(?: living)?(?=$|[.,!?;]| any ?more| like this)"
    r"|\bjump(?:ing)? (?:off|from|out of) (?:the|a|my|this|our) (?:roof|building|balcony|bridge|window|top)\b"
    r"|\b(?:i'm|i am|he's|she's|he is|she is|somebody is|someone is)(?: really)?"
    r" (?:going|about|ready|gonna)(?: to)? jump(?=$|[.,!?;])"
    r"|\bhang(?:ing)? (?:my|him|her)self\b"
    r"|\b(?:suicide|goodbye) note\b|\b(?:cut|slit|cutting|slitting) (?:my|his|her)(?: own)? wrists?\b"
    r"|\bdr(?:a|i|u)nk(?:ing)?(?: the| some| a bottle of)? (?:pesticide|bleach|poison|weed ?killer)\b"
)
_PLAY = re.compile(r"跳(?:舞|绳|操|广场)|广场舞|蹦床")
_BEAST = re.compile(r"[狗猫鸡鸭鸟鱼鼠]|误[喝食吃服]|\b(?:dogs?|cats?|rats?|mice|by mistake)\b")
_LONG_AGO = re.compile(r"差点|去年|前年|几年前|多年前|那年|\b(?:last year|years ago)\b")
_MINE = re.compile(r"我(?!们|[家的]?(?:儿|女|邻|同|朋))|\b(?:i|i'm|i've|me|my|myself)\b")
"""A long letter tells of others, too."""
_HINT = re.compile(  # nearly always none of these letters stands there, and looking for them is cheap
    r"[药安畏枯毒吊缢尽焚裁断死割划害跳站坐炭煤燃瓦遗归活醒撑熬扛持结束离世辈别救走求洁消吞剂]|[a-z]"
)
_BEFORE = 12  # characters of the clause in which a beast or a slip may stand

_ONESELF = re.compile(
    r"\W*(?:不是别人|我|刚才|其实)?(?:我?说的)?(?:那个人)?(?:就)?是?(?:我自己|我本人|是我)(?:啊|呀|呢|不想活了?|要跳楼?)?\W*"
    r"|\W*(?:it'?s|it is|i am|i'm|i mean|i meant|that'?s|about)(?: about)? (?:me|myself)\W*"
)


def meant_oneself(text: str) -> bool:
    """Whether these few words say that one spoke of oneself: 「我说的是我自己」."""
    return _ONESELF.fullmatch(text) is not None


def despairing(text: str, words: tuple[str, ...]) -> tuple[str, ...]:
    """What in `text` says that somebody may not want to live: the town's `words`, and what is said otherwise."""
    said = those_said(text, words)
    if not _HINT.search(text):
        return said
    return said + tuple(
        found[0].strip(" ,。!?;") for part in sentences(text) for found in _meant(part, at_length=len(text) > CRY)
    )


def _meant(part: str, *, at_length: bool) -> list[re.Match[str]]:
    if _LONG_AGO.search(part) or _PLAY.search(part):
        return []
    return [
        found
        for found in _SAYS.finditer(part)
        if not feared(part, found.start())
        and not _BEAST.search(part[max(0, found.start() - _BEFORE) : found.end()])
        and (not at_length or _MINE.search(re.split("[,。!?;]", part[: found.end()])[-1]))
    ]
