"""What was this process told? The only reader of the environment: `HUIYIN_…`, checked before anything starts."""

import os
import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from models.rules import failpoints

PREFIX = "HUIYIN_"
CREDENTIALS = "CREDENTIALS_DIRECTORY"
"""Where systemd puts the files of LoadCredential=: one a setting, named by it in small letters (reliability §10)."""
TOKEN_FORM = re.compile(r"\d{1,18}:[^\s,@]+(?:@https?://[^\s,@]+)?")
"""A bot's number, a colon and its secret, and the Bot API server it lives at where that is not `BOT_API`."""
SECRET_FORM = re.compile(r"[A-Za-z0-9_-]{32,256}")
"""What a webhook secret is made of: long, as it is the whole lock (reliability S2), and what Telegram can send."""


class Part(StrEnum):
    """What one process may do alone, beside others on the same PostgreSQL."""

    INTAKE = "intake"
    WORKER = "worker"
    DELIVERY = "delivery"
    CLOCK = "clock"
    WEB = "web"


EVERYTHING = frozenset(Part)
"""What one process does that is told nothing."""

PORTS = 65535
"""The highest there is; 0 is any that is free."""


class Settings(BaseSettings):
    """Where things are. A weak or contradictory setting is refused with its name; an empty one was not set."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", env_ignore_empty=True)

    data_dir: Path = Field(default=Path("huiyin-data"), description="database, keys and files, unless named apart")
    database_url: str = Field(default="", description="sqlite:///… or postgresql://…; empty: DATA_DIR/huiyin.db")
    keys_file: Path | None = Field(default=None, description="encryption keys, mode 0600; empty: DATA_DIR/keys")
    anchors: Path | None = Field(
        default=None, description="file for the heads of the record, best elsewhere; empty: DATA_DIR/anchors"
    )
    backup_key_file: Path | None = Field(default=None, description="what backups are sealed with, mode 0600")
    town: Path | None = Field(default=None, description="folder of the town, or `sample`; empty: the one loaded last")
    bot_token: str = Field(
        default="", description="token of the bot, or of several: 1:token,2:token@http://server; empty: none is served"
    )
    bot_api: str = Field(default="https://api.telegram.org", description="address of the Bot API server")
    public_url: str = Field(default="", description="own HTTPS address; set: updates come by webhook, else by polling")
    webhook_secret: str = Field(default="", description="shared with the Bot API server: 32 to 256 of A-Z a-z 0-9 _ -")
    webhook_port: int = Field(default=8443, ge=0, le=PORTS, description="port the webhook listens on")
    pace: Literal["strict", "lenient"] = Field(default="strict", description="whose sending limits hold")
    web_port: int | None = Field(
        default=None, ge=0, le=PORTS, description="port of /healthz, /readyz and /metrics; empty: none"
    )
    web_host: str = Field(default="127.0.0.1", description="where that port listens")
    log: Literal["text", "json"] = Field(default="text", description="the log's lines: text or json")
    control_fd: int | None = Field(default=None, description="the demo's line to its child")
    failpoint: str = Field(default="", description="for tests: name:n:kill|raise|hang")

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.public_url and not SECRET_FORM.fullmatch(self.webhook_secret):
            raise ValueError(
                f"{PREFIX}WEBHOOK_SECRET must be 32 to 256 of A-Z a-z 0-9 _ - when {PREFIX}PUBLIC_URL is set:"
                " openssl rand -hex 32"
            )
        if self.public_url and not self.bot_token:
            raise ValueError(f"{PREFIX}PUBLIC_URL is set but {PREFIX}BOT_TOKEN is not: a webhook belongs to a bot")
        if not all(TOKEN_FORM.fullmatch(one) for one in self._tokens):
            raise ValueError(f"{PREFIX}BOT_TOKEN is not a token: it begins with the bot's number and a colon")
        if len({one.partition(":")[0] for one in self._tokens}) < len(self._tokens):
            raise ValueError(f"{PREFIX}BOT_TOKEN names one bot twice: each has one token and one server")
        return self

    @field_validator("bot_api")
    @classmethod
    def _at_a_server(cls, address: str) -> str:
        if not re.match(r"https?://[^/]", address):
            raise ValueError("it must begin with http:// or https://")
        return address

    @field_validator("database_url")
    @classmethod
    def _at_a_database(cls, address: str) -> str:
        """Refused without being shown: where an address is misread, its password is in what would be shown."""
        if address and not address.startswith(("sqlite:///", "postgresql://")):
            raise ValueError("it must begin with sqlite:/// or postgresql://")
        if address.startswith("postgresql://"):
            who, at, place = address.removeprefix("postgresql://").rpartition("@")
            if "@" in who or (at and "/" in who.partition(":")[0]):
                raise ValueError("in a user's name or a password write %40 for @ and %2F for /")
            if re.search(r"[?&]password=", place):
                raise ValueError("its password stands before the host: postgresql://user:password@host/huiyin")
            port = re.match(r"(?:\[[^]/?]*\]|[^:/?]*)(?::([^/?]*))?", place)
            if port and port[1] and not (port[1].isdecimal() and int(port[1]) <= PORTS):
                raise ValueError(f"its port is a number up to {PORTS}: postgresql://user:password@host:5432/huiyin")
        return address

    @field_validator("failpoint")
    @classmethod
    def _known(cls, order: str) -> str:
        if order:
            failpoints.understood(order)
        return order

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment, then files a service manager hands over: a secret need not stand in any environment."""
        folder = os.environ.get(CREDENTIALS)
        handed = (SecretsSettingsSource(settings_cls, secrets_dir=folder),) if folder and Path(folder).is_dir() else ()
        return (init_settings, env_settings, *handed)

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """The settings another process was given: what a parent reads on behalf of its child."""
        named = {
            name.removeprefix(PREFIX).lower(): value
            for name, value in environment.items()
            if value and name.startswith(PREFIX)
        }
        return cls.model_validate(named)

    @property
    def _tokens(self) -> list[str]:
        return [one.strip() for one in self.bot_token.split(",")] if self.bot_token else []

    @property
    def bots(self) -> list[tuple[int, str, str]]:
        """Each bot that is served: its number, its token, and the address of its Bot API server."""
        parted = (one.partition("@") for one in self._tokens)
        return [(int(token.partition(":")[0]), token, base or self.bot_api) for token, _, base in parted]

    @property
    def bot_id(self) -> int:
        """The number of the first bot."""
        return self.bots[0][0]

    @property
    def store_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'huiyin.db'}"

    @property
    def keys_path(self) -> Path:
        return self.keys_file or self.data_dir / "keys"

    @property
    def anchors_path(self) -> Path:
        return self.anchors or self.data_dir / "anchors"
