"""Does the human who is promised to somebody in despair know enough to go there, and does her receipt stay kind?"""

from datetime import timedelta

from tests.house import House, buttons


async def test_the_community_reads_her_own_words_and_what_to_do(house: House) -> None:
    community, street = await house.staff("SQ-PW"), await house.staff("JD")
    resident = await house.resident()
    await resident.says("我是502的陈秀英，我不想活了，电话13800001111")
    assert "陈秀英" not in "".join(community.texts), "nothing on a lock screen"
    await community.taps("点开看")
    card = community.last.text
    assert "「我是502的陈秀英，我不想活了，电话13800001111」" in card
    assert "先打电话或上门看看，别一个人去。有危险打110、120。" in card
    assert "前签收" not in card
    assert "前到场" not in card
    assert buttons(community.last)[0] == "带话给居民"
    await community.taps("带话给居民")
    await community.says("我是社区小洪，方便接电话吗？")
    await community.taps("发给居民")
    assert [row.state for row in await house.rows('SELECT state FROM "case"')] == ["working"]
    await resident.taps("点开看")
    await resident.says("方便，打13811112222", reply_to=resident.last)
    await community.taps("点开看")
    assert "13811112222" in community.last.text
    assert "陈秀英" not in "".join(street.texts)


async def test_her_receipt_stays_a_voice_whatever_the_dates(house: House) -> None:
    community = await house.staff("SQ-PW")
    await house.staff("JD")
    resident = await house.resident()
    await resident.says("我不想活了")
    receipt = resident.last
    assert "12356" in receipt.text
    for hours in (1, 24, 24 * 5):
        await house.turn(timedelta(hours=hours))
        kept = resident.that_says("12356")
        assert kept.id == receipt.id
        assert "0595-" in kept.text
        assert "超时" not in "".join(resident.texts)
    await community.taps("点开看")
    await community.taps("已联系或上门")
    assert "12356" in resident.that_says("您不是一个人").text
