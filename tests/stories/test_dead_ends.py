"""Does whoever is in need find somebody, even without a place, a number to be called at, or a word we understand?"""

from datetime import timedelta

from tests.house import House, buttons


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
