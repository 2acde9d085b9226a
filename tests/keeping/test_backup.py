"""Does a backup, made beside a running service, bring everything back, wherever it is brought back to?"""

import asyncio
import io
import json
import shutil
import tarfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from bot.clocks import MachineClock
from bot.operations.archive import BackupRefused, Sealer, read_secret
from bot.operations.audit import verify_audit
from bot.operations.backup import backup
from bot.operations.doctor import doctor
from bot.operations.drill import drill
from bot.operations.restore import lift, restore
from bot.settings import Settings
from models.actions import keeping
from models.migrations import HEAD
from models.migrations.rows import lay_down, pages, shapes
from models.rules.policy import Town
from models.store import DatabaseRefused, Keys, KeysRefused, Store
from models.store.empty import build
from models.town import load_town, sample_town_folder
from tests.conftest import Opens
from tests.keeping.place import elsewhere, heir_of, kept, secret_in, something_to_lose
from tests.keeping.record import NOON, happen, write

WAITING = "SELECT waits_from FROM notice WHERE waits_from IS NOT NULL"
CHANGED_BY_BEING_BROUGHT_BACK = {"halt", "job_run", "life", "spent"}


async def rows_of(url: str) -> dict[str, list[list[Any]]]:
    """Everything that is kept there, the same for both engines."""

    def look(session: Session) -> dict[str, list[list[Any]]]:
        connection = session.connection()
        return {
            shape.name: [row for page in pages(connection, shape) for row in page]
            for shape in shapes(connection)
            if shape.name not in CHANGED_BY_BEING_BROUGHT_BACK
        }

    store = await Store.open(url, as_it_is=True)
    try:
        return await store.read(look)
    finally:
        await store.close()


@pytest.mark.parametrize(
    ("frm", "to"),
    [
        pytest.param("sqlite", "sqlite", id="file to file"),
        pytest.param("postgresql", "postgresql", id="server to server"),
        pytest.param("sqlite", "postgresql", id="a file outgrown"),
        pytest.param("postgresql", "sqlite", id="a server for a drill"),
    ],
)
async def test_every_row_and_file_comes_back_and_the_house_lives_on(
    open_house: Opens, tmp_path: Path, frm: str, to: str
) -> None:
    house = await open_house(engine=frm)
    await something_to_lose(house)
    settings, file = kept(house, tmp_path), tmp_path / "backup"
    made = await backup(settings, file)
    assert made.end.files.many == 2, "what she sent, and what others may see of it"
    before = await rows_of(settings.store_url)
    await house.close()

    place = elsewhere(settings, tmp_path / "place", to)
    restored = await restore(place, file, anchors=settings.anchors_path)
    assert (restored.audit.cases, restored.audit.unsealed, restored.keys_open) == (2, 0, True)
    assert await rows_of(place.store_url) == before
    old, new = settings.data_dir / "files", place.data_dir / "files"
    assert {path.name: path.read_bytes() for path in new.rglob("*") if path.is_file()} == {
        path.name: path.read_bytes() for path in old.rglob("*") if path.is_file()
    }
    await lift(place)

    heir = heir_of(house, place)
    await heir.open(at=None)
    try:
        resident = await heir.resident(name="新邻居")
        await resident.says("3栋门禁坏了")
        await resident.taps("对，提交")
        assert "0003" in resident.last.text, "numbers go on where they were"
        audit, _ = await verify_audit(place)
        assert (audit.wrong, audit.cases) == ([], 3)
    finally:
        await heir.close()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_nothing_leaves_a_restored_house_until_a_person_says_so_and_then_it_is_marked(
    open_house: Opens, tmp_path: Path, engine: str
) -> None:
    house = await open_house(engine=engine)
    desk, resident = await house.staff("WY-01"), await house.resident()
    house.line.stage.fail_next("sendMessage", 429, n=1000, retry_after=1, chat_id=desk.person.id)
    settings, file = kept(house, tmp_path), tmp_path / "backup"
    resident.person.say(house.bot, "3栋电梯困人了，快来")
    refused = "SELECT id FROM notice WHERE chat_id = :chat AND waits_from > :begun"
    async with asyncio.timeout(30):
        while not await house.rows(refused, chat=desk.person.id, begun=NOON - timedelta(days=365)):
            await asyncio.sleep(0.005)
    await backup(settings, file)
    await house.close()
    house.line.stage.clear()
    told = len(desk.messages)

    place = elsewhere(settings, tmp_path / "place", engine)
    await restore(place, file)
    heir = heir_of(house, place)
    await heir.open(at=None)
    async with asyncio.timeout(30):
        while any(row.waits_from > MachineClock().now() for row in await heir.rows(WAITING)):
            await asyncio.sleep(0.02)
    await heir.settle()
    assert len(desk.messages) == told, "it may have been sent before: nobody hears it twice unasked"
    heard = len(resident.messages)
    resident.person.say(house.bot, "3栋楼道灯不亮")
    work = {line.what: line for line in await doctor(heir.settings)}
    assert "nobody is let in" in work["fence"].said
    assert await heir.rows(WAITING) != []
    assert await heir.parts.house.store.read(keeping.is_fenced)
    assert len(house.bot.updates.pending) == 1, "the messenger keeps what is said meanwhile"
    assert len(resident.messages) == heard

    lifted = await lift(place)  # it runs meanwhile, and goes on without a start
    assert (lifted.bots, lifted.waiting > 0) == (1, True)
    assert (await lift(place)).bots == 0
    try:
        async with asyncio.timeout(30):
            while await heir.rows(WAITING):
                await asyncio.sleep(0.01)
            assert "重发" in desk.last.text
            while house.bot.updates.pending:  # it is let in once somebody has looked
                await asyncio.sleep(0.01)
    finally:
        await heir.close()


async def test_a_backup_under_writing_load_is_one_moment_of_it(
    url: str, licheng: Town, keys: Keys, tmp_path: Path
) -> None:
    record = await write(url, licheng, keys)
    settings = Settings.model_validate(
        {"database_url": url, "data_dir": tmp_path / "source", "backup_key_file": secret_in(tmp_path)}
    )
    settings.data_dir.mkdir()
    (settings.data_dir / "keys").write_text("there are none")
    written, stop = Counter[int](), asyncio.Event()

    async def load(writer: int) -> None:
        while not stop.is_set():
            case_id = 100 + 10_000 * writer + written[writer] // 3
            await record.store.run(happen, licheng, keys, case_id, NOON)
            written[writer] += 1

    async with asyncio.TaskGroup() as tasks:
        for writer in range(4):
            tasks.create_task(load(writer))
        while written.total() < 40:
            await asyncio.sleep(0.005)
        before = written.total()
        made = await backup(settings, tmp_path / "backup")
        after = written.total()
        stop.set()
    await record.store.close()
    assert before <= made.end.tables["case_event"].many - 10 <= after
    assert after > before, "nobody waited for the backup"
    place = elsewhere(settings, tmp_path / "place")
    place = place.model_copy(update={"keys_file": None})
    restored = await restore(place, tmp_path / "backup")
    assert restored.audit.whole
    assert restored.audit.events == made.end.tables["case_event"].many


async def test_only_an_empty_place_takes_a_backup_and_a_refusal_leaves_it_as_it_was(
    url: str, licheng: Town, keys: Keys, tmp_path: Path
) -> None:
    record = await write(url, licheng, keys)
    await record.store.close()
    settings = Settings.model_validate({"database_url": url, "data_dir": tmp_path / "source"})
    settings = settings.model_copy(update={"backup_key_file": secret_in(tmp_path)})
    settings.data_dir.mkdir()
    file = tmp_path / "backup"
    await backup(settings, file)
    before = await rows_of(url)
    with pytest.raises(DatabaseRefused, match="it is not empty"):
        await restore(settings, file)
    assert await rows_of(url) == before
    place = elsewhere(settings, tmp_path / "place")
    (place.data_dir / "files" / "ab").mkdir(parents=True)
    with pytest.raises(BackupRefused, match="it is not empty: there are files"):
        await restore(place, file)
    assert not Path(place.store_url.removeprefix("sqlite:///")).exists()


async def test_a_damaged_backup_or_one_of_other_keys_brings_nothing_back(
    url: str, licheng: Town, tmp_path: Path
) -> None:
    settings = Settings.model_validate({"database_url": url, "data_dir": tmp_path / "source"})
    settings = settings.model_copy(update={"backup_key_file": secret_in(tmp_path)})
    settings.data_dir.mkdir()
    keys = Keys.generate(settings.keys_path)
    record = await write(url, licheng, keys)
    await record.store.run(lambda session: _remember(session, keys))
    await record.store.close()
    file, spoilt = tmp_path / "backup", tmp_path / "spoilt"
    await backup(settings, file)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    spoilt.write_bytes(content)
    engine = "sqlite" if url.startswith("sqlite") else "postgresql"
    place = elsewhere(settings, tmp_path / "place", engine)
    with pytest.raises(BackupRefused, match=r"spoilt: it is damaged in bytes \d+ to \d+, in "):
        await restore(place, spoilt)
    Keys.generate(tmp_path / "other")
    with pytest.raises(KeysRefused, match="sealed with other keys"):
        await restore(place.model_copy(update={"keys_file": tmp_path / "other"}), file)
    assert [path.name for path in place.data_dir.iterdir()] == []
    await restore(place, file)


def _remember(session: Session, keys: Keys) -> None:
    from models import vault

    vault.remember(session, keys, now=NOON)


async def test_an_older_backup_is_migrated_up(tmp_path: Path) -> None:
    path = tmp_path / "old.db"

    def of_then(session: Session) -> None:
        lay_down(session.connection(), "0001")
        session.connection().exec_driver_sql(
            "INSERT INTO bot (id, base, username, registered_at) VALUES (7, 'b', 'u', '2026-11-24 04:00:00.000000')"
        )

    await build(f"sqlite:///{path}", of_then)
    settings = Settings.model_validate({"database_url": f"sqlite:///{path}", "data_dir": tmp_path})
    settings = settings.model_copy(update={"backup_key_file": secret_in(tmp_path)})
    made = await backup(settings, tmp_path / "backup")
    assert made.begin.revision == "0001"
    place = elsewhere(settings, tmp_path / "place")
    await restore(place, tmp_path / "backup")
    rows = await rows_of(place.store_url)
    assert rows["bot"] == [[7, "b", "u", "2026-11-24 04:00:00.000000"]]
    assert rows["seal"] == []
    store = await Store.open(place.store_url)
    assert await store.read(keeping.is_fenced)
    await store.close()


async def test_a_newer_backup_is_refused(tmp_path: Path) -> None:
    secret = read_secret(secret_in(tmp_path), keys=tmp_path / "keys")
    begin = {"format": 1, "version": "9.0", "revision": "9999", "made_at": NOON.isoformat(), "tables": {}}
    with (tmp_path / "backup").open("wb") as file:
        sealer = Sealer(file, secret)
        with tarfile.open(fileobj=sealer, mode="w|") as bundle:  # type: ignore[call-overload]
            member = tarfile.TarInfo("begin.json")
            content = json.dumps(begin).encode()
            member.size = len(content)
            bundle.addfile(member, io.BytesIO(content))
        sealer.finish()
    settings = Settings.model_validate({"data_dir": tmp_path / "place", "backup_key_file": secret_in(tmp_path)})
    with pytest.raises(BackupRefused, match=f"of a newer version \\(9.0, tables 9999; here {HEAD}\\): install that"):
        await restore(settings, tmp_path / "backup")
    assert not (tmp_path / "place").exists()


async def test_a_town_that_is_a_folder_comes_back_and_a_drill_elsewhere_uses_it(
    open_house: Opens, licheng: Town, tmp_path: Path
) -> None:
    house = await open_house()
    await something_to_lose(house)
    folder = tmp_path / "our-town"
    shutil.copytree(sample_town_folder(), folder)
    settings, file = kept(house, tmp_path).model_copy(update={"town": folder}), tmp_path / "backup"
    await backup(settings, file)
    restored = await restore(elsewhere(settings, tmp_path / "place"), file)
    assert restored.town is not None
    assert load_town(restored.town) == licheng
    told = await drill(settings.model_copy(update={"town": None}), file)
    assert told.failed == ""
