"""A picture that is shown to others says nothing but what is to be seen on it; what is no picture is not shown."""

from io import BytesIO

import pytest
from PIL import Image

from scheduler.cleaning import LONGEST_SIDE, NotShown, cleaned
from tests.stories.camera import NOTE, bomb, screenshot, snapshot


def test_nothing_a_camera_writes_is_left() -> None:
    taken = snapshot()
    before = Image.open(BytesIO(taken))
    assert before.getexif().get_ifd(0x8825), "there was a place in it"
    shown = cleaned(taken)
    after = Image.open(BytesIO(shown))
    assert after.format == "JPEG"
    assert len(after.getexif()) == 0
    assert set(after.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    for trace in (NOTE, b"xmpmeta", b"icc", b"Camera", b"Exif"):
        assert trace in taken
        assert trace not in shown


def test_it_stands_upright_without_being_told_so() -> None:
    assert Image.open(BytesIO(cleaned(snapshot(size=(640, 480), turned=True)))).size == (480, 640)


def test_a_large_one_is_made_smaller_and_a_small_one_stays() -> None:
    assert max(Image.open(BytesIO(cleaned(snapshot(size=(4000, 3000))))).size) == LONGEST_SIDE
    assert Image.open(BytesIO(cleaned(snapshot(size=(30, 20))))).size == (30, 20)


def test_what_is_seen_through_is_white() -> None:
    pixel = Image.open(BytesIO(cleaned(screenshot()))).getpixel((5, 5))
    assert isinstance(pixel, tuple)
    assert min(pixel) > 250


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "UnidentifiedImageError", id="nothing"),
        pytest.param(b"a letter", "UnidentifiedImageError", id="no picture"),
        pytest.param(snapshot()[:900], "OSError", id="half a picture"),
        pytest.param(bomb(), "too large", id="50 megapixels in a few kilobytes"),
        pytest.param(bomb(30_000, 30_000), "DecompressionBombError", id="what the decoder itself refuses"),
        pytest.param(
            b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
            "UnidentifiedImageError",
            id="a drawing that runs",
        ),
    ],
)
def test_what_cannot_be_shown_says_why(content: bytes, reason: str) -> None:
    with pytest.raises(NotShown) as said:
        cleaned(content)
    assert str(said.value) == reason
