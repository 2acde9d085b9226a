"""Files up and down, and how big they may be."""

from __future__ import annotations

import httpx

from bot.messenger.chats import BotAccount, Messenger
from bot.messenger.files import DOWNLOAD_LIMIT, PHOTO_LIMIT, Shelf, picture_size
from bot.messenger.people import Person
from tests.messenger.conftest import Ask, Served


async def test_what_a_person_sends_a_bot_can_fetch(
    served: Served, bot: BotAccount, person: Person, ask: Ask, client: httpx.AsyncClient
) -> None:
    sent = person.send_document(bot, b"a,b\n", "名单.csv", mime_type="text/csv")
    assert sent.media
    got = (await ask("getFile", file_id=sent.media.file.file_id)).result
    assert got["file_size"] == 4
    fetched = await client.get(f"{served.base}/file/bot{bot.token}/{got['file_path']}")
    assert (fetched.status_code, fetched.content) == (200, b"a,b\n")


async def test_above_20_megabytes_nothing_can_be_fetched(bot: BotAccount, person: Person, ask: Ask) -> None:
    sent = person.send_video(bot, bytes(DOWNLOAD_LIMIT + 1))
    assert sent.media
    said = await ask("getFile", file_id=sent.media.file.file_id)
    assert (said.status, said.body["description"]) == (400, "Bad Request: file is too big")


async def test_above_10_megabytes_nothing_is_a_photo(
    served: Served, bot: BotAccount, person: Person, client: httpx.AsyncClient
) -> None:
    address = f"{served.base}/bot{bot.token}/sendPhoto"
    said = await client.post(
        address, data={"chat_id": str(person.id)}, files={"photo": ("x.jpg", bytes(PHOTO_LIMIT + 1))}
    )
    assert said.status_code == 400
    assert "is too big for a photo" in said.json()["description"]
    kept = await client.post(
        address,
        data={"chat_id": str(person.id), "photo": "attach://elsewhere"},
        files={"elsewhere": ("x.jpg", b"x")},
    )
    assert kept.status_code == 200, "a part of its own name is as good as attach://"
    empty = await client.post(address, data={"chat_id": str(person.id)}, files={"photo": ("x.jpg", b"")})
    assert empty.json()["description"] == "Bad Request: file must be non-empty"


def test_a_photo_comes_in_two_sizes_with_names_of_their_own(
    messenger: Messenger, bot: BotAccount, person: Person
) -> None:
    media = person.send_photo(bot, b"\xff\xd8\xff\xc0\x00\x11\x08\x02\x00\x03\x00").media
    assert media
    assert media.thumbnail
    assert media.thumbnail.file_id != media.file.file_id
    assert (media.width, media.height) == (768, 512)


def test_a_picture_of_unknown_make_has_a_plausible_size() -> None:
    assert picture_size(b"GIF89a") == (1280, 960)
    assert picture_size(b"\xff\xd8\xff") == (1280, 960)


def test_identifiers_are_never_given_twice() -> None:
    shelf = Shelf()
    files = [shelf.put("photos", b"x", name="x.jpg", mime_type="image/jpeg") for _ in range(50)]
    assert len({one.file_id for one in files}) == 50
    assert len({one.path for one in files}) == 50
