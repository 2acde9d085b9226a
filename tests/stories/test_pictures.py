"""What becomes of a picture? Seen by whoever must act, kept by us, and not lost when the messenger stumbles."""

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from bot.messenger.messages import MediaKind, Message
from models.files import DiskFiles
from models.store import Statement
from models.turn import Work
from tests.house import BUILDING, House, Phone
from tests.stories.camera import bomb, snapshot
from tests.stories.living import files, says_done

A_PICTURE = snapshot(size=(40, 30))


def _pictures(phone: Phone) -> list[Message]:
    """Those the bot has sent to this phone."""
    return [message for message in phone.messages if message.media]


def _content(message: Message) -> bytes:
    assert message.media is not None
    assert message.media.kind is MediaKind.PHOTO
    return message.media.file.content


def _try_again(work: Work) -> None:
    """The pause of what failed is over."""
    _PAUSE_OVER.run(work.session)


_PAUSE_OVER = Statement("UPDATE attachment SET fetch_from = NULL")


async def _files(house: House) -> list[tuple[str | None, int, str | None]]:
    return [(row.digest, row.tries, row.lost) for row in await house.rows("SELECT digest, tries, lost FROM attachment")]


async def test_a_picture_follows_the_card_without_what_the_camera_wrote_into_it(house: House) -> None:
    desk, head, community = await house.staff("WY-01"), await house.head(), await house.staff("SQ-PW")
    resident = await house.resident(BUILDING)
    await resident.shows(A_PICTURE, "3栋电梯又停了")
    assert "服务台看到：「3栋电梯又停了」和照片" in resident.last.text
    await resident.taps("对，提交")
    card = desk.that_says("0001号 3栋电梯")
    for phone in (desk, head):
        (shown,) = _pictures(phone)
        assert shown.text == "0001号的照片"
        after = Image.open(BytesIO(_content(shown)))
        assert (after.format, after.size, len(after.getexif())) == ("JPEG", (40, 30), 0)
        assert b"Camera" in A_PICTURE
        assert b"Camera" not in _content(shown)
    assert _pictures(desk)[0].reply_to == card.id
    assert _pictures(resident) == []
    ((digest, _, lost),) = await _files(house)
    assert digest is not None
    assert lost is None
    kept = DiskFiles(house.parts.house.settings.data_dir / "files", house.parts.house.keys)
    assert kept.get(digest) == A_PICTURE
    # whoever gets a card later gets the pictures with it, and the first desk is not shown them again
    await house.turn(timedelta(days=1))
    assert len(_pictures(community)) == 1
    assert len(_pictures(desk)) == 1


async def test_no_file_of_the_raiser_ever_leaves_by_its_name_at_the_messenger(house: House) -> None:
    await house.staff("WY-01")
    resident = await house.resident(BUILDING)
    await resident.shows(A_PICTURE, "3栋楼道灯坏了")
    await resident.taps("对，提交")
    known = [row.file_id for row in await house.rows("SELECT file_id FROM attachment")]
    sent = [call for call in house.line.stage.calls if call.bot_id == house.bot.id and call.method.startswith("send")]
    assert any(call.method == "sendPhoto" for call in sent)
    assert not any(one in str(dict(call.params)) for one in known for call in sent)


async def test_an_album_of_ten_is_one_case_and_ten_pictures_at_the_desk(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident(BUILDING)
    taken = [snapshot(size=(40, 30), number=number) for number in range(10)]
    resident.person.send_album(house.bot, taken, "3栋楼道的灯坏了")
    await house.settle()
    assert "和您发的照片" in resident.last.text
    await resident.taps("对，提交")
    assert await house.number_of("case") == 1
    shown = _pictures(desk)
    assert len(shown) == 10
    assert len({one.media_group_id for one in shown}) == 1
    assert len({_content(one) for one in shown}) == 10
    assert {_content(one) for one in shown}.isdisjoint(taken)


async def test_a_picture_that_comes_late_follows_the_others(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident(BUILDING)
    taken = [snapshot(size=(40, 30), number=number) for number in range(3)]
    resident.person.send_album(house.bot, taken, "3栋楼道的灯坏了")
    await house.settle()
    house.line.stage.fail_next("getFile", 500, 1)
    await resident.taps("对，提交")
    assert len(_pictures(desk)) == 2
    await house.do(_try_again)
    await house.parts.strike()
    await house.settle()
    assert len(_pictures(desk)) == 3


async def test_broken_and_oversized_pictures_hold_up_nothing_and_the_desk_is_told(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident(BUILDING)
    for content, name, kind in (
        (b"no picture at all", "IMG_1.jpg", "image/jpeg"),
        (bomb(), "plan.png", "image/png"),
        (snapshot(size=(40, 30)), "really-a-jpeg.png", "image/png"),
    ):
        resident.person.send_document(house.bot, content, name, mime_type=kind)
    resident.person.send_video(house.bot, b"....ftypmp42")
    await house.settle()
    await files(resident, "3栋楼道灯坏了")
    (shown,) = _pictures(desk)
    assert Image.open(BytesIO(_content(shown))).size == (40, 30)
    reasons = [row.reason for row in await house.rows("SELECT reason FROM alarm WHERE kind = 'picture-unreadable'")]
    assert sorted(reasons) == ["UnidentifiedImageError", "too large"]
    await desk.taps("签收")
    card = desk.that_says("0001号 3栋")
    assert "有2张照片打不开" in card.text
    assert "另有1个视频或文件没有转发，要看请带话给居民" in card.text


async def test_a_picture_without_words_waits_for_them(house: House) -> None:
    resident = await house.resident(BUILDING)
    await resident.shows(A_PICTURE)
    assert "再说一句" in resident.last.text
    await resident.says("3栋楼道灯坏了")
    await resident.taps("对，提交")
    assert len(await _files(house)) == 1


async def test_a_neighbour_s_matter_shows_no_picture_to_anybody(house: House) -> None:
    desk = await house.staff("WY-01")
    resident = await house.resident(BUILDING)
    await resident.shows(A_PICTURE, "楼上半夜拖桌椅，吵得睡不着")
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
    await resident.shows(A_PICTURE, "3栋楼道灯坏了")
    house.line.stage.fail_next("getFile", code, 1)
    await resident.taps("对，提交")
    assert await _files(house) == [(None, 1, lost)]
    assert [row.kind for row in await house.rows("SELECT kind FROM alarm WHERE kind = 'file-lost'")] == alarms


async def test_180_days_after_closing_words_and_pictures_are_gone_and_the_case_still_stands(house: House) -> None:
    desk, resident = await house.staff("WY-01"), await house.resident(BUILDING)
    await resident.shows(A_PICTURE, "3栋楼道灯坏了，我是三楼的")
    await resident.taps("对，提交")
    ((digest, _, _),) = await _files(house)
    assert digest is not None
    await says_done(desk, "换了灯")
    await resident.taps("解决了")
    kept = DiskFiles(house.parts.house.settings.data_dir / "files", house.parts.house.keys)
    await house.turn(timedelta(days=179))
    assert kept.get(digest) == A_PICTURE
    ((clean,),) = [tuple(row) for row in await house.rows("SELECT clean FROM attachment")]
    assert kept.get(clean)
    await house.turn(timedelta(days=2))
    for gone in (digest, clean):
        with pytest.raises(KeyError):
            kept.get(gone)
    fields = [row.field for row in await house.rows("SELECT field FROM secret WHERE owner = 'case'")]
    assert sorted(fields) == ["seen", "title"]
    assert await _files(house) == []
    assert await house.number_of("case") == 1
    await resident.says("0001号怎么样了")
    assert "您说解决了" in resident.last.text
