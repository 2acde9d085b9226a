"""A house with something to lose, and places to bring it back to."""

import secrets
from pathlib import Path

from bot.house import SAMPLE
from bot.settings import Settings
from tests.databases import postgres_url, sqlite_url
from tests.house import House
from tests.stories.camera import snapshot
from tests.stories.living import files


async def something_to_lose(house: House) -> None:
    """Two cases, one of them with a picture, at a desk that took one up."""
    desk, resident = await house.staff("WY-01"), await house.resident()
    await resident.shows(snapshot(), "3栋楼道的灯坏了三天了，晚上黑得很")
    await resident.taps("对，提交")
    await desk.taps("签收")
    other = await house.resident(name="陈先生")
    await files(other, "3栋电梯又停了，八十多岁的老人下不了楼")


def kept(house: House, folder: Path) -> Settings:
    """The settings of whoever looks after the house; the secret of its backups is in `folder`."""
    told = {"backup_key_file": secret_in(folder), "control_fd": None, "town": SAMPLE}
    return house.parts.house.settings.model_copy(update=told)


def heir_of(house: House, settings: Settings) -> House:
    """The same bot's house on another database, to be opened."""
    heir = House(house.line, house.town, str(settings.database_url), settings.data_dir)
    heir.bot = house.bot
    heir._told |= {
        "bot_token": house.bot.token,
        "data_dir": str(settings.data_dir),
        "keys_file": str(settings.keys_path),
    }
    return heir


def secret_in(folder: Path) -> Path:
    path = folder / "backup.key"
    if not path.exists():
        path.write_text(secrets.token_urlsafe(32))
        path.chmod(0o600)
    return path


def elsewhere(settings: Settings, folder: Path, engine: str = "sqlite") -> Settings:
    """An empty place on that engine, where only the two files of secrets have been brought."""
    folder.mkdir(exist_ok=True)
    url = sqlite_url(folder, tables=False) if engine == "sqlite" else postgres_url(tables=False)
    place = {"data_dir": folder, "database_url": url, "keys_file": settings.keys_path, "anchors": folder / "anchors"}
    return settings.model_copy(update=place)
