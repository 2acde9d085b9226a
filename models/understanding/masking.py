"""What may a receiver read? The words without numbers, rooms, addresses and names that tell who raised it."""

import re

HIDDEN = "***"

SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严金魏陶姜戚谢邹喻苏潘葛范彭郎鲁韦马苗方俞任袁柳鲍史唐费廉岑薛雷贺倪汤"
    "滕殷罗毕郝邬常傅康伍余顾孟黄穆萧尹姚邵汪祁毛狄臧戴宋庞熊纪舒屈项祝董梁杜阮蓝闵席季贾江童颜郭梅盛林钟徐邱骆高夏蔡田樊胡凌霍"
    "万柯管卢莫丁邓洪包左石崔龚程邢裴陆翁荀甄封储靳段焦谷侯全班秋仲伊宁仇甘厉祖武符刘景詹束龙叶司黎薄印白蒲卓池乔闻党翟谭劳申冉"
    "雍桑桂牛尚温庄晏柴瞿阎连艾向古易廖耿匡文寇欧曾沙关红游权桓公岳邰赖涂"
)
_HAN_DIGIT = "〇零一二三四五六七八九幺"
_END = r"(?=[,，。.!！?？;；、\s住是家电手联我您啊呀]|的(?!业主|住户|居民|租户|物业)|$)"

_TITLE = r"(?:先生|女士|小姐|阿姨|大姐|大妈|大爷|大叔|师傅|老师|老伯|老太|奶奶|爷爷|伯伯|叔叔|婆婆|姨|叔|伯|婶)"
_STYLE = rf"(?={_TITLE})"
_NO_NAME = (  # begins like a surname and is none
    r"(?!万[元块人户一分]|余[户人下元]|左[右边侧]|全[部家体都天年楼]|高[血层龄空中三]|常[年住常]|曾[经多在]|向[物社街居你您政领有上下]|连[续着]"
    r"|党[员支委]|司机|文员|程序|班[长主]|管[家理道]|白[领天]|董事|包[工括]|钟点|武警|关[心于系]|牛奶|马[桶路]|水|江[西苏]人|温州|和[物我他她你一]"
    r"|任[何职]|于[是此]|方[便案]|房|古稀|单|双|云南|贺州|宁[波德]|阳|安|湖|祖[父母籍]|金融|石材|花|龙头|项目|经|成|时|应|温[水度]|边|段时)"
)
_WHO_LIVES = (
    r"(?:[-—–\d\s〇零一二三四五六七八九十栋幢座号楼弄元室房层梯户住的]"
    r"|单元|业主|户主|住户|居民|租户|楼[上下]|隔壁|对[门面]|小区){0,16}"
)

_PARTS = (
    r"(?P<date>(?<!\d)(?:19|20)\d{2}[-./年]\d{1,2}[-./月]\d{1,2}日?(?!\d))",
    rf"(?P<me>(?P<where>(?:我们?是|我家是|本人是|(?<![\u4e00-\u9fff])我(?=[,\uff0c])|[栋幢座楼元#住]\s*(?=\d{{3,4}}))"
    rf"{_WHO_LIVES}[,\uff0c]?\s*){_NO_NAME}"
    rf"(?:[{SURNAMES}](?:{_STYLE}|[\u4e00-\u9fff]{{1,2}}{_END})|[老小阿][{SURNAMES}]{_END}))",
    rf"(?P<lodger>{_NO_NAME}(?:[{SURNAMES}](?:{_TITLE}|[\u4e00-\u9fff]{{1,2}})|[老小阿][{SURNAMES}])"
    r"(?=家?(?:是|就|也|都)?住在?(?:\d{1,3}[栋幢座号]楼?)?(?:\d{1,2}(?:单元|梯))?\s*\d{3,4}(?![\d年月号栋幢弄米天]|户(?!主))))",
    rf"(?P<roomer>(?<![\d.])(?P<its>\d{{3,4}}(?:室|房|号房)?(?:的|住的)?)(?P<who>{_NO_NAME}[{SURNAMES}](?={_TITLE})))",
    r"(?P<mail>[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,255})",
    r"(?P<handle>(?<![A-Za-z0-9])@[A-Za-z0-9_]{3,64}|\bt\.me/[A-Za-z0-9_+/-]{1,64})",
    r"(?P<account>(?:微信号?|[qQ]{2}号?|[vV][xX]|[wW]e[cC]hat|WhatsApp|whatsapp)\s*(?:id|ID|号码?|是|为)?\s*[:：]?\s*[A-Za-z0-9_-]{5,64})",
    r"(?P<digits>\d(?:[\s.\-—–·]{0,2}\d){6,40}[xX]?)",
    rf"(?P<spelt>[{_HAN_DIGIT}]{{7,40}})",
    r"(?P<pair>(?<![\d:.])\d{1,2}\s*[-—–]\s*(?:\d{1,2}\s*[-—–]\s*)?\d{3,4}(?![\d:.元块米年月度人户]))",
    rf"(?P<room>(?:(?<!\d)\d{{3,4}}|(?<![{_HAN_DIGIT}])[{_HAN_DIGIT}]{{3,4}})\s*(?:号房|室|房(?!间|子|屋|租|价))"
    r"|(?:(?<=[栋幢座楼元#住])|(?<=住在))\s*\d{3,4}(?![\d年月号栋幢弄路米度块元人余天台辆个医:.]|户(?!主))"
    r"|(?:(?<=我是)|(?<=我们是)|(?<=家是)|(?<=本人))\s*\d{3,4}(?=[的,，。.\s业住]|户主|$)"
    rf"|(?:(?<=我家)|(?<=们家))\s*(?:\d{{3,4}}|[{_HAN_DIGIT}]{{3,4}})"
    r"(?![\d年月号栋幢弄路楼层米度块元人余多来天台辆个平方兆斤瓦万几口:.㎡]|户(?!主)))",
    r"(?P<flat>\b(?:[rR]oom|[rR]m\.?|[fF]lat|[aA]pt\.?|[aA]partment|[sS]uite)\s*(?:[nN]o\.?)?\s*#?\d{1,5}[A-Za-z]?\b"
    r"|\b[uU]nit\s*(?:[nN]o\.?)?\s*#?\d{3,5}[A-Za-z]?\b)",  # 「unit 2」 is a stairwell, 「unit 502」 a flat
    rf"(?P<styled>(?:我是|我姓|本人|联系人[:：]?)\s*[{SURNAMES}](?=[先女小阿大师老][生士姐姨爷妈师傅叔伯娘]))",
    rf"(?P<named>(?:我的?名字[是叫]?|本人姓名|我叫|我姓|我是|本人|本人叫|姓名[:：]?|联系人[:：]?是?)\s*[{SURNAMES}][\u4e00-\u9fff]{{1,2}}{_END})",
    r"(?P<name>(?:[mM]y name is|[mM]y name's|[tT]his is|I am|I'm|[cC]all me)\s+[A-Z][a-z]+(?:\s+[A-Z][a-z]+){0,2})",
)
_ALL = re.compile("|".join(_PARTS))
_LEADS = re.compile(
    r"我的?名字[是叫]?|本人姓名|我叫|我姓|我是|本人叫|本人|姓名[:：]?|联系人[:：]?是?"
    r"|[mM]y name is|[mM]y name's|[tT]his is|I am|I'm|[cC]all me|[rR]oom|[fF]lat|[aA]partment|[uU]nit|[sS]uite"
)


def masked(text: str) -> str:
    """The text with telephone, identity and account numbers, rooms, e-mails and self-given names as `***`.

    Dates, times, amounts and building numbers stay. Receivers never need to know who; what and where remain.
    """
    return _ALL.sub(_hide, text)


def _hide(found: re.Match[str]) -> str:
    kind = found.lastgroup
    if kind == "date":
        return found[0]
    if kind == "roomer":
        return f"{HIDDEN}{found['its'].lstrip('0123456789')}{HIDDEN}"
    if kind == "me":
        return f"{masked(found['where'])}{HIDDEN}"
    if kind in ("named", "styled", "name", "flat"):
        lead = _LEADS.match(found[0])
        return f"{lead[0] if lead else ''}{' ' if found[0].isascii() else ''}{HIDDEN}"
    if kind == "room":
        tail = re.search(r"(?:号房|室|房)$", found[0])
        return HIDDEN + (tail[0] if tail else "")
    return HIDDEN
