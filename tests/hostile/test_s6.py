"""S6: killed at every place between what the messenger hands over and its 200; also where what came is a picture.

By webhook: the messenger sends again whatever was not answered with 200, and each word makes one case all the same.
"""

import secrets
import socket
from pathlib import Path

import pytest

from models.rules.failpoints import FILES
from models.rules.policy import Town
from models.store import Statement
from tests.hostile.children import Nursery
from tests.hostile.street import Street, live, street
from tests.hostile.verdict import judge
from tests.stories.camera import snapshot

pytestmark = pytest.mark.kill

DEATHS = {
    "sqlite": ("intake.before_keep:3", "intake.after_keep:3", "intake.before_ack:4", "store.before_commit:9"),
    "postgresql": ("store.after_commit:9", "intake.before_ack:2", "intake.after_keep:5", "intake.before_keep:6"),
}
"""Where the children of one street die, one after another: fewer than the beginnings of an update that is parked."""
_NAMED = Statement("SELECT digest, clean, lost FROM attachment")


def by_webhook(one: Street) -> None:
    """From the next child on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    one.told |= {
        "HUIYIN_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "HUIYIN_WEBHOOK_PORT": str(port),
        "HUIYIN_WEBHOOK_SECRET": secrets.token_hex(32),
    }


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_s6_killed_between_the_webhook_and_its_200_every_word_makes_one_case(
    engine: str, nursery: Nursery, town: Town, tmp_path: Path
) -> None:
    async with street(engine, tmp_path, nursery, town, seed=6) as one:
        by_webhook(one)
        deaths = DEATHS[engine]
        orders = iter([f"{place}:kill" for place in deaths])
        await live(one, next(orders), lambda: next(orders, ""))
        assert one.kills == len(deaths), one.words()
        await judge(one)


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgresql", id="torture-postgresql")])
async def test_s6_killed_while_a_picture_is_kept_no_file_is_left_that_nobody_names(
    engine: str, nursery: Nursery, town: Town, tmp_path: Path
) -> None:
    async with street(engine, tmp_path, nursery, town, seed=7) as one:
        one.phones["resident:1"].person.send_photo(one.bot, snapshot(number=1), "楼道的灯坏了好几天")
        orders = iter([f"{place}:{passage}:kill" for place in FILES for passage in (1, 2)])
        await live(one, next(orders), lambda: next(orders, ""))
        assert one.kills >= 3, one.words()
        rows = await one.store.read(_NAMED.all)
        assert [row.lost for row in rows] == [None]
        named = {digest for row in rows for digest in (row.digest, row.clean)}
        assert None not in named
        kept = {path.name for path in (one.folder / "files").glob("??/*") if not path.name.startswith(".")}
        assert kept == named
