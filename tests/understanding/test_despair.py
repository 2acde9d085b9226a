"""Is despair heard whatever word is chosen for it, and is a pesticide, a dance or a lost sleep no despair?"""

import pytest

from models.actions.emergencies import is_emergency
from models.actions.filing import Draft
from models.rules.policy import Town
from models.understanding import understand

HOME = "LC01-3"

OWN = (
    *(
        "喝农药了",
        "我吃了一瓶安眠药",
        "我把安眠药全吃了",
        "我吃了一瓶安定",
        "我吞了好多药",
        "我准备上吊",
        "我想自尽",
        "不如死了算了",
    ),
    *("死了算了", "我想从楼上跳下去", "活着没意思，想从楼上跳下去算了", "我想跳下去", "我站在楼顶", "写好遗书了"),
    *("我想跳河", "我想烧炭自杀", "开煤气一起死", "我割了手腕", "活够了", "活着真没劲", "我不想再活了", "我不活了"),
    *("我想结束这一切", "我要死给他们看", "我死的心都有了", "我撑不下去了", "没有活下去的勇气了", "我想离开这个世界"),
    *("别救我", "我走了，照顾好我妈", "我就死在你们门口", "我真想一睡不醒", "我只想去死"),
    *("I don't want to live anymore", "I want to end it all", "i took all the pills", "there is no point living"),
    *("I'm going to jump off the roof", "I wrote a suicide note", "I wish I was dead", "I can't go on"),
    *("I want to hang myself", "I swallowed a whole bottle of sleeping pills", "I don’t want to be alive"),
    *("被逼得快要跳楼了", "要跳楼了", "没钱治病只能跳楼了", "被物业逼得要跳楼了", "真要自杀了"),
)


@pytest.mark.parametrize("said", OWN)
def test_despair_is_heard_as_ones_own(town: Town, said: str) -> None:
    understood = understand(said, town, home=HOME)
    assert understood.care
    assert understood.category.sealed
    assert not understood.of_another, "where nobody else is named it is meant of oneself"
    assert is_emergency(Draft(said), town, home=HOME)


@pytest.mark.parametrize(
    "said", ["他要跳了", "他跳楼了", "3栋跳楼了", "我妈喝农药了", "邻居写了遗书", "my son took all the pills"]
)
def test_somebody_elses_is_told_from_ones_own(town: Town, said: str) -> None:
    understood = understand(said, town, home=HOME)
    assert understood.care
    assert understood.of_another


@pytest.mark.parametrize(
    "said",
    [
        *("绿化带打农药味道很大", "物业喷了农药，孩子闻了难受", "狗吃了老鼠药死了", "噪音太大，天天吃安眠药才睡得着"),
        *("楼上孩子天天从沙发上跳下来", "广场舞跳下去没完没了", "楼顶有人种菜", "路灯从楼上掉下来", "请把鱼缸的鱼养活"),
        *("物业上吊扇没装好", "树都不活了", "楼下烧炭烤串，烟大", "卫生死角没人管", "下水道堵死了", "电梯门卡死了"),
        *("希望早点结束这场施工", "写了建议书", "去年有人喝农药", "这样下去大家坚持不下去了"),
        *("I don't want to live next to a karaoke bar", "I don't want to live here anymore", "Kids jump off the bench"),
        *("the dog took all the pills", "I cannot go on the balcony", "The pills are in the box"),
    ],
)
def test_an_ordinary_matter_is_no_despair(town: Town, said: str) -> None:
    assert not understand(said, town, home=HOME).care


@pytest.mark.parametrize("said", ["我在电梯里出不去", "电梯里有个老人出不去"])
def test_who_cannot_get_out_of_a_lift_is_no_car(town: Town, said: str) -> None:
    understood = understand(said, town, home=HOME)
    assert understood.category.code == "C03-1"
    assert understood.danger
