"""What do receivers read? Never who raised it: numbers and names are out, a neighbour's matter is reworded."""

import pytest

from models.rules.policy import Town
from models.understanding import SEEN_MOST, TITLE_MOST, understand
from models.understanding.masking import masked

HOME = "LC01-3"


@pytest.mark.parametrize(
    ("said", "read"),
    [
        pytest.param("电话13800001234", "电话***", id="a mobile number"),
        pytest.param("电话 138-0000-1234 谢谢", "电话 *** 谢谢", id="with dashes"),
        pytest.param("打138 0000 1234", "打***", id="with blanks"),
        pytest.param("打138.0000.1234", "打***", id="with dots"),
        pytest.param("打１３８００００１２３４", "打***", id="in full width"),
        pytest.param("打+86 138 0000 1234", "打+***", id="with the country's code"),
        pytest.param("打一三八零零零零一二三四", "打***", id="spelt out"),
        pytest.param("打幺三八〇〇〇〇幺二三四", "打***", id="spelt as people say it"),
        pytest.param("座机0595-22001234", "座机***", id="a landline"),
        pytest.param("座机22001234", "座机***", id="a local number"),
        pytest.param("身份证35050019600101123X", "身份证***", id="an identity card"),
        pytest.param("卡号6222 0000 1111 2222 333", "卡号***", id="a bank card"),
        pytest.param("加我微信abc_1234", "加我***", id="an account by letters"),
        pytest.param("QQ号: 12345", "***", id="an account by number"),
        pytest.param("写信给lin.x@example.com吧", "写信给***吧", id="an e-mail"),
        pytest.param("找我 @lin_home", "找我 ***", id="a handle"),
        pytest.param("我住502室", "我住***室", id="a room"),
        pytest.param("3栋502漏水", "3栋***漏水", id="a room after its building"),
        pytest.param("3栋2单元502", "3栋2单元***", id="a room after its stairs"),
        pytest.param("家住3-502", "家住***", id="building and room"),
        pytest.param("家住3-2-502", "家住***", id="building, stairs and room"),
        pytest.param("五零二室", "***室", id="a room spelt out"),
        pytest.param("我是502的", "我是***的", id="a room for a name"),
        pytest.param("I live in flat 502B", "I live in flat ***", id="a flat"),
        pytest.param("Room 1203, please", "Room ***, please", id="a room in English"),
        pytest.param("我叫林小明\uff0c电梯停了", "我叫***\uff0c电梯停了", id="one's own name"),
        pytest.param("我叫林小明住这里", "我叫***住这里", id="a name and on"),
        pytest.param("我是林志强的女儿", "我是***的女儿", id="one's father's name"),
        pytest.param("我是林女士", "我是***女士", id="a style"),
        pytest.param("联系人\uff1a陈志强", "联系人\uff1a***", id="a contact"),
        pytest.param("本人黄素珍\uff0c反映", "本人***\uff0c反映", id="an official's tone"),
        pytest.param("我是502的陈秀英", "我是***的***", id="a room and a name"),
        pytest.param("我是502户主陈秀英\uff0c漏水", "我是***户主***\uff0c漏水", id="the owner of a room"),
        pytest.param("我是3栋502的陈秀英", "我是3栋***的***", id="building, room and name"),
        pytest.param("我是3栋2单元502室陈秀英", "我是3栋2单元***室***", id="all of it without a blank"),
        pytest.param("我住3栋502\uff0c陈秀英", "我住3栋***\uff0c***", id="a name after one's room"),
        pytest.param("我家502漏水", "我家***漏水", id="the room of one's home"),
        pytest.param("我们家1203一直漏水", "我们家***一直漏水", id="and with four digits"),
        pytest.param("我家五零二漏水", "我家***漏水", id="and spelt out"),
        pytest.param("我是住五楼的老陈", "我是住五楼的***", id="what the neighbours call one"),
        pytest.param("我是楼上的陈阿姨\uff0c灯坏了", "我是楼上的***阿姨\uff0c灯坏了", id="a style after a floor"),
        pytest.param("我是小陈\uff0c3栋的", "我是***\uff0c3栋的", id="a young one"),
        pytest.param("我\uff0c陈秀英\uff0c反映", "我\uff0c***\uff0c反映", id="as in a statement"),
        pytest.param("我是陈秀英我家漏水", "我是***我家漏水", id="a name without a mark after it"),
        pytest.param("灯是李阿姨请人装的,李阿姨住502", "灯是李阿姨请人装的,***住***", id="who lives in a room"),
        pytest.param("李秀英住3栋502室", "***住3栋***室", id="by their whole name"),
        pytest.param("老陈家住在2单元302", "***家住在2单元***", id="as neighbours say it"),
        pytest.param("楼上502的李阿姨", "楼上***的***阿姨", id="a room and who lives there"),
        pytest.param("My name is Lin Xiaoming and", "My name is *** and", id="a name in English"),
    ],
)
def test_what_tells_who_is_hidden(said: str, read: str) -> None:
    assert masked(said) == read


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("3栋电梯停了", id="a building"),
        pytest.param("李阿姨住3栋", id="a neighbour of a building"),
        pytest.param("2026-11-24开始停水", id="a date"),
        pytest.param("2026年11月24日", id="a date in Chinese"),
        pytest.param("晚上22:30-23:30施工", id="hours"),
        pytest.param("停了3天\uff0c打了12345", id="days, and the hotline everybody knows"),
        pytest.param("打119和96333", id="emergency numbers"),
        pytest.param("物业费每月300元", id="money"),
        pytest.param("3栋500户居民都停水", id="households"),
        pytest.param("我叫物业来看了两次", id="叫 that calls somebody"),
        pytest.param("我叫师傅修过", id="叫 again"),
        pytest.param("我是3栋业主", id="是 without a name"),
        pytest.param("5楼灯坏了", id="a floor"),
        pytest.param("我是万和城的业主", id="是 of a place that begins like a surname"),
        pytest.param("我是业主", id="an owner"),
        pytest.param("我是三楼的住户", id="somebody of a floor"),
        pytest.param("我是3栋的老住户", id="somebody who has lived there long"),
        pytest.param("我是3栋的司机", id="a calling that begins like a surname"),
        pytest.param("我是小区业主", id="小 without a surname"),
        pytest.param("我家120平漏水", id="how large one's home is"),
        pytest.param("我家300元电费", id="what one pays"),
        pytest.param("我\uff0c高血压", id="an illness"),
        pytest.param("我是向物业反映过的", id="是 of what one did"),
        pytest.param("3栋500余户停水", id="more than so many"),
        pytest.param("停车费50-100元", id="a range of money"),
        pytest.param("2020年房子就漏", id="a year"),
        pytest.param("I am very worried", id="I am, without a name"),
        pytest.param("lift 2 in building 3", id="numbers of things"),
    ],
)
def test_what_tells_what_and_where_stays(said: str) -> None:
    assert masked(said) == said


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        pytest.param(
            "楼上502漏水\uff0c我是402林小明", "3栋有居民反映\uff1a楼上漏水", id="a leak points at the flat above"
        ),
        pytest.param("隔壁王强天天半夜唱歌", "3栋有居民反映\uff1a夜里隔壁唱歌声大", id="a named neighbour"),
        pytest.param(
            "Loud music from flat 502 every night", "A resident of No.3 reports: noise at night", id="in English"
        ),
        pytest.param("业委会主任陈某收受好处费", "3栋有居民反映\uff1a监督举报", id="a sealed matter"),
    ],
)
def test_a_matter_that_points_at_a_neighbour_is_reworded(town: Town, said: str, seen: str) -> None:
    understood = understand(said, town, home=HOME)
    assert understood.plain
    assert understood.seen == seen


@pytest.mark.parametrize(
    ("said", "title"),
    [
        pytest.param("楼上半夜拖桌椅", "3栋夜里楼上拖桌椅响", id="hour, side and kind"),
        pytest.param("楼上脚步声太重了\uff0c晚上睡不着", "3栋夜里楼上脚步声响", id="said in two clauses"),
        pytest.param("隔壁一大早装修", "3栋清早隔壁装修噪声", id="early"),
        pytest.param("楼上装修电钻从早响到晚", "3栋楼上装修电钻声", id="no one hour"),
        pytest.param("楼下KTV半夜还在唱", "3栋夜里楼下KTV太吵", id="a word of Latin letters"),
        pytest.param("楼下广场舞音响太大", "3栋楼下广场舞", id="no hour said"),
        pytest.param("半夜狗叫", "3栋夜里狗叫", id="a dog"),
        pytest.param("楼上卫生间漏水漏到我家", "3栋楼上卫生间漏水", id="the room that leaks"),
        pytest.param("空调滴水滴到我窗台", "3栋空调滴水", id="what drips"),
        pytest.param(
            "楼上小孩跑跳吵得楼下睡不着", "3栋楼上跑跳声响", id="downstairs suffers, it does not make the noise"
        ),
        pytest.param("昨天晚上我跟物业说了\uff0c楼上弹琴", "3栋楼上弹琴声", id="the hour of something else"),
        pytest.param("楼上楼下都吵", "3栋噪声扰民", id="two sides are none"),
        pytest.param("Loud music every night", "No.3: Noise at night", id="in English"),
        pytest.param("Loud music upstairs every night", "No.3: Noise at night", id="as much as fits on the line"),
    ],
)
def test_a_rewrite_keeps_hour_side_and_kind(town: Town, said: str, title: str) -> None:
    understood = understand(said, town, home=HOME)
    assert understood.plain
    assert understood.title == title
    if understood.lang == "zh":
        assert understood.seen == f"3栋有居民反映\uff1a{title.removeprefix('3栋')}"


def test_an_english_rewrite_says_in_full_what_the_title_leaves_out(town: Town) -> None:
    understood = understand("Loud music upstairs every night", town, home=HOME)
    assert understood.seen == "A resident of No.3 reports: noise upstairs at night"


def test_a_sealed_matter_keeps_neither_hour_nor_side(town: Town) -> None:
    assert understand("楼上男的半夜又在家暴", town, home=HOME).title == "3栋紧急关爱"


def test_without_a_building_the_rewrite_names_none(town: Town) -> None:
    assert understand("楼上漏水", town, home=None).seen == "有居民反映\uff1a楼上漏水"


def test_no_word_of_the_raiser_is_left_in_a_rewrite(town: Town) -> None:
    """Whatever stands around the matter, the same matter at the same place reads the same."""
    bare = understand("楼上漏水", town, home=HOME)
    full = understand("我家502天花板被楼上漏水泡了\uff0c他姓王\uff0c上周三吵过一架\uff0c我有心脏病", town, home=HOME)
    assert bare.seen == full.seen
    assert bare.title == full.title


def test_other_matters_are_read_as_they_were_said(town: Town) -> None:
    understood = understand("3栋电梯停了\n老人下楼不便\uff0c打我电话13800001234", town, home=HOME)
    assert not understood.plain
    assert understood.seen == "3栋电梯停了 老人下楼不便\uff0c打我电话***"


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("No light in building 3 unit 2", "No light in building 3 unit 2"),
        ("No light, I live in Unit 502", "No light, I live in Unit ***"),
        ("No light, unit 1203B", "No light, unit ***"),
        ("No light, flat 5", "No light, flat ***"),
    ],
)
def test_a_stairwell_in_english_stays_and_a_flat_goes(town: Town, said: str, read: str) -> None:
    assert understand(said, town, home=HOME).seen == read


def test_a_long_story_is_cut_at_a_sentence(town: Town) -> None:
    understood = understand("电梯停了。" + "老人在等。" * 80, town, home=HOME)
    assert len(understood.seen) <= SEEN_MOST
    assert understood.seen.endswith("老人在等。…")


def test_a_number_is_not_let_through_by_the_cut(town: Town) -> None:
    """The text is masked before it is cut, so that half a number is not left at the edge."""
    story = "电梯停了" + "啊" * (SEEN_MOST - 12) + "13800001234"
    assert not any(char.isdigit() for char in understand(story, town, home=HOME).seen)


@pytest.mark.parametrize(
    ("said", "title"),
    [
        pytest.param("3栋电梯停了", "3栋电梯停运", id="the part that was said"),
        pytest.param("电梯又坏了", "3栋电梯故障", id="the general word where no part was"),
        pytest.param("家里停水了", "3栋停水", id="not what was not said: no power, no gas"),
        pytest.param("5栋楼道灯不亮", "5栋楼道灯不亮", id="at the building meant"),
        pytest.param("The lift is out of order", "No.3: Lift out of order", id="in English"),
        pytest.param("请问居住证怎么办理\uff0c急", "3栋请问居住证怎么办理", id="a question by its own words"),
        pytest.param("谢谢3栋林楼长", "谢谢3栋林楼长", id="a building is not said twice"),
        pytest.param("请问13800001234是谁的", "3栋请问***是谁的", id="and masked"),
        pytest.param("", "3栋的一件事", id="nothing said"),
        pytest.param("撤回", "3栋的一件事", id="a word that names no matter"),
        pytest.param("123\uff0c哦", "3栋的一件事", id="numbers are no substance"),
        pytest.param("um", "A matter at No.3", id="nothing said, in English"),
        pytest.param("我想说说心里话", "3栋我想说说心里话", id="not understood, but words of one's own"),
    ],
)
def test_a_title_is_place_and_matter(town: Town, said: str, title: str) -> None:
    assert understand(said, town, home=HOME).title == title


def test_every_category_has_a_title_that_fits_in_both_languages(town: Town) -> None:
    for category in town.categories.values():
        assert all(len(f"12栋{name}") <= TITLE_MOST for name in category.short)
        assert len(f"No.12: {category.short_en}") <= TITLE_MOST
