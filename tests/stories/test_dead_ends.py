"""Does whoever is in need find somebody, even without a place, a number to be called at, or a word we understand?"""

from datetime import timedelta

from tests.house import House, buttons
from tests.stories.living import files


async def test_danger_without_a_place_reaches_the_street_at_once_and_its_own_desk_with_the_place(house: House) -> None:
    street, firm = await house.staff("JD"), await house.staff("WY-01")
    _ = street.news, firm.news
    stranger = house.stranger()
    await stranger.says("煤气泄漏了快来人")
    (card,) = street.news
    assert card.startswith("🔴 新件，紧急\n0001号")
    assert "地方还不知道 · " in card
    (receipt,) = stranger.news
    assert receipt.startswith(("先别开关灯", "人先出来"))
    assert "编号0001" in receipt
    assert receipt.endswith("在哪个小区、几栋？发一句话就行，想不起来就打上面的电话。")
    # what she says next is for whoever is looking for her
    await stranger.says("在菜市场后面那条巷子，味道越来越大")
    assert "居民又说：「在菜市场后面那条巷子，味道越来越大」" in street.last.text
    assert await house.number_of("case") == 1
    assert firm.news == []
    await stranger.says("丰穗花园3栋")
    assert stranger.last.text.startswith("好了，您这里是丰穗花园3栋，已经告诉丰穗花园物业服务台")
    assert "丰穗花园3栋" in firm.last.text
    assert "几栋？" not in stranger.that_says("编号0001").text
    (case,) = await house.rows('SELECT building, desk FROM "case"')
    assert (case.building, case.desk) == ("LC01-3", "WY-01")


async def test_despair_without_a_place_reaches_the_street_and_a_place_in_a_sentence_is_taken(house: House) -> None:
    street, community = await house.staff("JD"), await house.staff("SQ-PW")
    stranger = house.stranger()
    _ = street.news, community.news
    await stranger.says("我不想活了")
    assert len(street.news) == 1
    assert "12356" in stranger.last.text
    assert stranger.last.text.endswith("愿意的话，说一声您在哪个小区几栋，或者留个电话，好让他们找到您。")
    assert buttons(stranger.last) == ["补充一句", "先不用", "按名单找"]
    await stranger.says("我在丰穗花园3栋楼顶")
    assert [row.desk for row in await house.rows('SELECT desk FROM "case"')] == ["SQ-PW"]
    assert community.news != []


async def test_while_one_waits_for_a_human_voice_every_word_is_for_those_who_care(house: House) -> None:
    community, firm, resident = await house.staff("SQ-PW"), await house.staff("WY-01"), await house.resident()
    await resident.says("我不想活了")
    _ = community.news, resident.news, firm.news
    await resident.says("没人理我，骗人的")
    assert "12356" in resident.last.text
    assert "浦望社区" in resident.last.text
    assert len(community.news) == 1
    await community.taps("点开看")
    assert "没人理我，骗人的" in community.last.text
    await resident.says("13859990001，打给我吧")
    assert "尾号0001找您" in resident.last.text
    await community.taps("点开看")
    assert "居民电话：13859990001" in community.last.text
    await house.turn(timedelta(days=4))
    await resident.says("怎么没人来")
    assert "12356" in resident.last.text
    assert "不用您催" not in resident.last.text
    assert await house.number_of("case") == 1
    assert firm.news == []


async def test_whoever_does_not_want_to_be_called_now_is_not_forgotten(house: House) -> None:
    community, resident = await house.staff("SQ-PW"), await house.resident()
    await resident.says("我不想活了")
    _ = community.news
    await resident.taps("先不用")
    assert resident.last.text == "好的，先不打扰您。什么时候想说，直接说就行；12356一直有人接。"
    await community.taps("点开看")
    assert "居民又说：「先不用联系我」" in community.last.text
    (case,) = await house.rows('SELECT state FROM "case"')
    assert case.state == "accepted"


async def test_whoever_asks_for_a_person_is_asked_for_the_number_and_the_caller_reads_it(house: House) -> None:
    await house.staff("WY-01")
    community, resident = await house.staff("SQ-PW"), await house.resident()
    await files(resident, "3栋电梯停了")
    await resident.says("找人工")
    assert resident.last.text.endswith("要打哪个电话？直接发号码就行。")
    await resident.says("我的电话是13859990001，下午给我打")
    assert resident.last.text == "尾号0001记下了，浦望社区服务台打这个电话找您。"
    card = community.that_says("居民想找人说话").text
    assert "居民电话：13859990001" in card
    assert "下午给我打" in card
    await resident.taps("补充一句")
    await resident.says("电话0595-22223333")
    assert "居民电话：059522223333" in community.that_says("居民想找人说话").text
    assert await house.number_of("case") == 1
    await resident.says("找人工")
    assert "要打哪个电话" not in resident.last.text


async def test_a_person_asked_for_on_a_draft_calls_and_nothing_promised_gets_later(house: House) -> None:
    await house.staff("WY-01")
    community, resident = await house.staff("SQ-PW"), await house.resident()
    await resident.says("楼道的声控灯有一阵没一阵的，闪得眼睛疼")
    before = [line for line in resident.last.text.split("\n") if "前上门或给您回话" in line]
    await resident.says("不我耳朵不好，能不能打电话给我")
    card = resident.last.text
    assert before[0] in card
    assert "（0595-" in card
    assert "有人给您打电话" in card
    await resident.taps("对，提交")
    assert "要打哪个电话？直接发号码就行。" in resident.texts
    await resident.says("13859990001")
    assert "居民电话：13859990001" in community.that_says("居民想找人说话").text


async def test_whoever_cannot_say_where_hands_it_to_the_street_as_it_is(house: House) -> None:
    street, firm = await house.staff("JD"), await house.staff("WY-01")
    stranger = house.stranger()
    await stranger.says("路灯不亮")
    await stranger.says("我不知道几栋")
    assert stranger.last.text.startswith("不清楚是几栋也没关系：点「找人工」，或者打")
    await stranger.says("找人工")
    await stranger.taps("知道了，接着办")
    assert "地方：还不知道，他们会问您" in stranger.last.text
    await stranger.taps("对，提交")
    assert "居民想找人说话" in street.that_says("0001号").text
    await stranger.says("丰穗花园3栋")
    assert "丰穗花园3栋" in stranger.last.text
    (case,) = await house.rows('SELECT building, desk FROM "case"')
    assert case.building == "LC01-3"
    assert case.desk in ("WY-01", "SQ-PW", "JD")
    assert firm is not None
