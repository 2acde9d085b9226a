"""What becomes of a picture? Seen by whoever must act, kept by us, and not lost when the messenger stumbles."""

from datetime import timedelta

import pytest

from models.files import DiskFiles
from tests.house import BUILDING, House
from tests.stories.living import says_done

A_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


async def _files(house: House) -> list[tuple[str | None, int, str | None]]:
    return [(row.digest, row.tries, row.lost) for row in await house.rows("SELECT digest, tries, lost FROM attachment")]


async def test_a_picture_comes_with_the_card_and_into_our_own_keeping(house: House) -> None:
    desk = await house.staff("WY-01")
    resident = await house.resident(BUILDING)
    await resident.shows(A_PNG, "3栋楼道灯坏了")
    assert "和您发的照片，看不到您是谁" in resident.last.text
    await resident.taps("对，提交")
    assert any(message.media for message in desk.messages), "the desk sees the picture"
    await house.parts.metronome.strike()
    ((digest, _, lost),) = await _files(house)
    assert digest is not None
    assert lost is None
    kept = DiskFiles(house.parts.house.settings.data_dir / "files", house.parts.house.keys)
    assert kept.get(digest) == A_PNG


async def test_a_picture_without_words_waits_for_them(house: House) -> None:
    resident = await house.resident(BUILDING)
    await resident.shows(A_PNG)
    assert "再说一句" in resident.last.text
    await resident.says("3栋楼道灯坏了")
    await resident.taps("对，提交")
    assert len(await _files(house)) == 1


async def test_a_neighbour_s_matter_shows_no_picture_to_anybody(house: House) -> None:
    desk = await house.staff("WY-01")
    resident = await house.resident(BUILDING)
    await resident.shows(A_PNG, "楼上半夜拖桌椅，吵得睡不着")
    assert "照片" not in resident.last.text
    await resident.taps("对，提交")
    assert not any(message.media for message in desk.messages)


@pytest.mark.parametrize(
    ("code", "lost", "alarms"),
    [
        pytest.param(500, None, [], id="a messenger that stumbles is asked again later"),
        pytest.param(400, "FileLost", ["file-lost"], id="what it will never give is lost, and an alarm says so"),
    ],
)
async def test_a_file_that_does_not_come_is_not_forgotten(
    house: House, code: int, lost: str | None, alarms: list[str]
) -> None:
    resident = await house.resident(BUILDING)
    await resident.shows(A_PNG, "3栋楼道灯坏了")
    await resident.taps("对，提交")
    house.line.stage.fail_next("getFile", code, 1)
    await house.parts.metronome.strike()
    assert await _files(house) == [(None, 1, lost)]
    assert [row.kind for row in await house.rows("SELECT kind FROM alarm WHERE kind = 'file-lost'")] == alarms


async def test_180_days_after_closing_words_and_pictures_are_gone_and_the_case_still_stands(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident(BUILDING)
    await resident.shows(A_PNG, "3栋楼道灯坏了，我是三楼的")
    await resident.taps("对，提交")
    await house.parts.metronome.strike()
    ((digest, _, _),) = await _files(house)
    assert digest is not None
    await says_done(desk, "换了灯")
    await resident.taps("解决了")
    kept = DiskFiles(house.parts.house.settings.data_dir / "files", house.parts.house.keys)
    await house.turn(timedelta(days=179))
    assert kept.get(digest) == A_PNG
    await house.turn(timedelta(days=2))
    with pytest.raises(KeyError):
        kept.get(digest)
    fields = [row.field for row in await house.rows("SELECT field FROM secret WHERE owner = 'case'")]
    assert sorted(fields) == ["seen", "title"]
    assert await _files(house) == []
    assert await house.number_of("case") == 1
    await resident.says("0001号怎么样了")
    assert "您说解决了" in resident.last.text
