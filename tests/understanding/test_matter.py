"""Are people's short messages understood, in Chinese and in English? Every sentence is invented."""

import pytest

from models.rules.policy import Town
from models.understanding import understand

HOME = "LC01-3"

SAID = {
    "C01-1": (
        "楼道堆满杂物过不去人",
        "消防通道被私家车堵死了",
        "三楼过道堆了好多纸箱",
        "有人把旧沙发放在楼梯口",
        "Someone left boxes in the hallway and the fire exit is blocked",
    ),
    "C01-2": ("灭火器都过期两年了", "消防栓打开没有水", "楼里烟感一直响是坏的", "The fire hydrant on our floor is dry"),
    "C01-3": (
        "有人从楼上拉线给电瓶车充电",
        "电动车天天推进电梯上楼",
        "楼道里充电太吓人了",
        "Neighbours are charging an e-bike inside the stairwell",
    ),
    "C01-4": ("楼道里有很重的煤气味", "5楼有浓烟冒出来", "闻到一股焦糊味", "I can smell gas in the corridor"),
    "C02-1": (
        "外墙瓷砖掉下来差点砸到人",
        "楼上墙皮一直往下掉",
        "2栋外墙脱砖掉下来了",
        "外墙的砖掉下来",
        "墙皮一块块掉",
        "楼上花盆要掉下来",
        "空调外机快掉下来",
        "Tiles are falling off the facade",
    ),
    "C02-2": ("一下雨顶楼就漏", "外墙渗水墙都发霉了", "屋顶防水坏了漏雨", "Our roof is leaking when it rains"),
    "C02-3": (
        "我家墙上裂了一条大缝是裂缝",
        "楼前地面塌陷了一块",
        "房子有点倾斜",
        "There is a big crack in the wall of the building",
    ),
    "C02-4": (
        "楼上老往下扔烟头",
        "有人高空抛物",
        "不知道谁从窗户扔酒瓶",
        "Somebody throws cigarette butts from the window",
    ),
    "C03-1": ("有人困在电梯里了", "电梯把我妈关在里面出不来", "People are stuck in the lift"),
    "C03-2": (
        "3栋电梯停了",
        "电梯又坏了老人下不来",
        "电梯咣当咣当异响",
        "电梯门关不上",
        "The elevator is broken again",
    ),
    "C03-3": ("电梯用了二十年该换新电梯了", "电梯大修的钱怎么分摊", "We should replace the lift, it is too old"),
    "C03-4": ("我们想加装电梯", "电梯里太热能不能装空调", "When can we add a lift to our stairs"),
    "C04-1": ("家里停水了", "整栋楼没电", "煤气打不着是不是停气了", "There is no water since this morning"),
    "C04-2": ("下水道堵了污水往上冒", "水管爆了喷得到处都是", "化粪池满了", "The drain is blocked and sewage comes up"),
    "C04-3": ("楼上漏水漏到我家天花板", "卫生间顶上滴水", "楼上空调滴水滴到我窗台", "Water is leaking from upstairs"),
    "C04-4": ("自来水发黄", "水压太低洗澡都没水出来", "The water pressure is very low"),
    "C05-1": ("车子乱停堵住路口", "我的车位被占了", "有辆僵尸车停了一年", "Someone parked in my space"),
    "C05-2": ("停车费一下涨到三百", "地下车位只卖不租", "The parking fee doubled"),
    "C05-3": ("充电桩不够用", "充电桩坏了一个月", "There are not enough charging points"),
    "C06-1": ("楼下装修在拆承重墙", "隔壁砸墙改结构", "They are knocking down a load-bearing wall"),
    "C06-2": ("顶楼搭了个铁皮棚", "一楼私搭乱建", "He built an illegal extension on the roof"),
    "C06-3": ("有人在绿地种菜", "架空层被人占了当仓库", "Someone has taken over the common area"),
    "C06-4": ("楼上是群租房", "居民楼里开麻将馆", "The flat above is a group rental"),
    "C07-1": ("垃圾两天没人清运", "楼道没人打扫", "Rubbish has not been collected for days"),
    "C07-2": ("有人不做垃圾分类乱扔", "邻居把垃圾袋放门口", "People do not do waste sorting here"),
    "C07-3": ("有好多老鼠和蟑螂", "楼下饭店油烟太大", "There are rats near the bins, a bad smell too"),
    "C07-4": ("树枝挡住窗户该修剪了", "草坪没人养护都枯了", "The trees are overgrown and touch my window"),
    "C08-1": ("楼上装修电钻从早响到晚", "工地半夜还在施工", "Drilling all day, construction noise from the site"),
    "C08-2": ("晚上楼上拖桌椅响", "广场舞音响太大", "楼上小孩跑跳吵得睡不着", "Loud music every night"),
    "C08-3": ("跟邻居吵架了请人调解", "对面那户挡住我家采光", "I have a dispute with my neighbour"),
    "C08-4": ("水泵房嗡嗡响", "变压器低频噪声", "A constant low frequency hum from the pump"),
    "C09-1": ("物业电话没人接", "物业态度恶劣什么都不管", "保安态度很差", "The management office ignores us"),
    "C09-2": ("物业费收费不合理", "公摊电费太高", "I was overcharged on the service charge"),
    "C09-3": ("不交物业费就停我家水", "物业用停电催物业费", "They cut off our water until we pay"),
    "C09-4": ("物业撤了没人管小区", "我们想更换物业公司", "We want to replace the property firm"),
    "C10-1": ("业委会任期到了不换届", "想成立业委会", "When is the committee election"),
    "C10-2": ("公共收益从来不公示", "电梯广告收入去哪了", "Where does the advertising income go, show the accounts"),
    "C10-3": ("想申请使用维修资金修房顶", "维修基金怎么动用", "How to use the maintenance fund"),
    "C10-4": ("业委会主任收受好处费", "有人伪造签名贪污公款", "The chairman took a bribe"),
    "C11-1": ("楼道灯不亮", "单元门坏了关不上", "监控摄像头坏了", "The street light is out, it is dark"),
    "C11-2": ("路面坑坑洼洼", "井盖松了响", "There is a pothole at the gate"),
    "C11-3": ("中庭木板烂了", "健身器材断了", "The swing in the playground is broken"),
    "C11-4": ("门口没有坡道轮椅上不去", "想装扶手老人上下不方便", "We need a wheelchair ramp"),
    "C12-1": ("楼下有人打架", "昨晚车里东西被偷了", "有可疑人员在楼道转", "My bike was stolen"),
    "C12-2": ("邻居遛狗不牵绳", "流浪猫太多", "狗屎没人捡", "A dog is off the leash and barking"),
    "C12-3": (
        "隔壁独居老人好几天没见出门",
        "楼下有个精神病人没人照顾",
        "An old man who lives alone was not seen for days",
    ),
    "C12-4": ("楼上男的又在家暴", "我家老人走失了", "孩子不见了", "A child is missing"),
    "K00": ("请问居住证怎么办理", "谢谢林楼长", "提个建议", "Thank you for the quick work"),
    "K99": ("哦", "你好", "123", "hello"),
}


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in SAID.items() for text in texts])
def test_a_short_message_is_understood(town: Town, code: str, text: str) -> None:
    assert understand(text, town, home=HOME).category.code == code
