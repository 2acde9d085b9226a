"""`huiyin verify-audit` and `huiyin database grant`: is the record whole, and who could change it?"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.settings import PREFIX, Settings
from models.migrations.granting import NO_ROLES, RoleRefused, grant
from models.queries.audit import Audit, verify
from models.rules.chain import Anchor, read_anchor
from models.store import DatabaseRefused, Store

SHOWN = 20
"""Findings that are printed; the first is the one to look at."""


class AnchorsRefused(Exception):
    """The file of anchors cannot be read; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Anchors:
    """What a file of anchors says, and the numbers of its lines that say nothing."""

    anchors: tuple[Anchor, ...]
    torn: tuple[int, ...]


def read_anchors(path: Path) -> Anchors:
    """Every anchor in the file, in its order; `AnchorsRefused` where it cannot be read."""
    anchors, torn = [], []
    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except OSError as error:
        raise AnchorsRefused(f"{path}: {error.strerror}: it is the file that {PREFIX}ANCHORS names") from None
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                anchors.append(read_anchor(line))
            except ValueError:
                torn.append(number)
    return Anchors(tuple(anchors), tuple(torn))


async def verify_audit(settings: Settings, anchors: Path | None = None) -> tuple[Audit, tuple[str, ...]]:
    """The record computed anew, and what is to be printed about it. `anchors` None: the usual file, if it is there."""
    path = anchors or settings.anchors_path
    known = read_anchors(path) if anchors is not None or path.exists() else Anchors((), ())
    store = await Store.open(settings.store_url, as_it_is=True)
    try:
        audit = await store.read(verify, known.anchors)
    except Exception as error:
        raise DatabaseRefused(f"the record could not be read: {type(error).__name__}") from error
    finally:
        await store.close()
    return audit, tuple(_told(audit, path, known))


def _told(audit: Audit, path: Path, known: Anchors) -> Iterator[str]:
    yield f"cases: {audit.cases}"
    yield f"events: {audit.events}, of them not sealed yet: {audit.unsealed}"
    yield f"seals: {audit.seals}"
    yield f"anchors: {audit.anchors}" if audit.anchors else f"anchors: none in {path}: a tail cut off may go unseen"
    yield from (f"note: {note}" for note in audit.notes)
    yield from (f"note: line {number} of {path} is not an anchor" for number in known.torn)
    if audit.whole:
        yield "the record is whole"
        return
    yield f"THE RECORD IS NOT WHOLE. First bad event: {audit.wrong[0]}"
    yield from (f"  {one}" for one in audit.wrong[1:SHOWN])
    if (left := len(audit.wrong) - SHOWN + audit.more) > 0:
        yield f"  and {left} more"


async def grant_role(settings: Settings, role: str) -> None:
    """The tables are the newest, and `role` may do what serving needs; `RoleRefused` says why not."""
    if settings.store_url.startswith("sqlite:"):
        raise RoleRefused(NO_ROLES)
    store = await Store.open(settings.store_url)
    try:
        await store.run(lambda session: grant(session.connection(), role))
    finally:
        await store.close()
