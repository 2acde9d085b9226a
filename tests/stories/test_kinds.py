"""What do people send beside words? Pictures one by one, films, what somebody else wrote, a cry in the middle of it."""

from datetime import timedelta

from models.vault import reveal
from tests.conversations.acts import PNG
from tests.house import House, buttons
from tests.stories.living import files


async def test_pictures_one_after_another_are_answered_once_and_all_are_kept(house: House) -> None:
    resident = await house.resident()
    _ = resident.news
    for _ in range(3):
        await resident.shows(PNG)
    assert resident.news == ["图收到了。再说一句是什么事、在哪里，我就转给该管的人。"]
    await house.turn(timedelta(minutes=2))
    await resident.shows(PNG)
    assert len(resident.news) == 1, "after a while it is a new word, and is answered"
    await resident.says("3栋的墙裂开了")
    card = resident.last
    _ = resident.news
    await resident.shows(PNG)
    await resident.shows(PNG)
    assert len(resident.news) == 1
    assert await resident.presses(card, "对，提交") == "您后来又说了几句，请看最下面那张卡片。"
    await resident.taps("对，提交")
    (row,) = await house.rows("SELECT count(*) AS many FROM attachment WHERE case_id = 1 AND kind = 'photo'")
    assert row.many == 6


async def test_a_film_a_paper_and_words_in_any_order_are_one_case(house: House) -> None:
    resident = await house.resident()
    resident.person.send_video(house.bot, b"mp4")
    resident.person.send_document(house.bot, b"%PDF", "合同.pdf")
    await house.settle()
    await resident.says("楼道的灯坏了")
    await resident.says("三楼的")
    await resident.taps("对，提交")
    kinds = await house.rows("SELECT kind FROM attachment ORDER BY id")
    assert [row.kind for row in kinds] == ["video", "document"]
    assert await house.number_of("case") == 1


async def test_what_somebody_else_wrote_counts_and_who_wrote_it_is_nowhere(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident()
    await resident.says("楼道的灯坏了三天了", forwarded_from="欧阳小某")
    await resident.taps("对，提交")
    words = await house.ask(lambda work: reveal(work.session, work.keys, owner="case", owner_id=1, field="words"))
    assert words == "楼道的灯坏了三天了"
    assert not any("欧阳小某" in text for text in (*desk.texts, *resident.texts))
    (left,) = await house.rows('SELECT count(*) AS many FROM "update" WHERE length(body) > 0')
    assert left.many == 0, "what came in is blanked once it is understood"


async def test_one_draft_at_a_time_and_many_open_cases(house: House) -> None:
    resident = await house.resident()
    await files(resident, "楼道的灯坏了")
    await files(resident, "楼下大门的门禁坏了")
    await resident.says("垃圾三天没人收")
    await resident.says("我的事怎么样了")
    assert "0001号" in resident.last.text
    assert "0002号" in resident.last.text
    assert await resident.taps("对，提交") == "收到了", "the third was still on the table"
    assert await house.number_of("case") == 3


async def test_a_cry_in_the_middle_of_a_draft_is_a_case_at_once_and_the_draft_stays(house: House) -> None:
    resident = await house.resident(agreed=False)
    await resident.says("楼道的灯坏了")
    await resident.taps("知道了，接着办")
    await resident.says("家里着火了")
    assert any("119" in text for text in resident.texts)
    assert await house.number_of("case") == 1, "the fire, at once"
    await resident.presses(next(one for one in reversed(resident.messages) if "对，提交" in buttons(one)), "对，提交")
    assert await house.number_of("case") == 2, "and the light, as it was"
