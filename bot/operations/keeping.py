"""What can be typed to keep what is kept? Audit, backup, restore, drill: thin, each imports its work when called."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

T = TypeVar("T")

NOT_WHOLE = 1
"""Exit code where something that was looked at is not as it should be."""


def attach(app: typer.Typer) -> None:
    """The commands stand in the command line."""
    app.command("verify-audit")(_verify_audit)
    database = typer.Typer(help="The roles of a PostgreSQL database.", no_args_is_help=True)
    database.callback()(_database)
    database.command("grant")(_database_grant)
    app.add_typer(database, name="database")
    app.command("backup")(_backup)
    app.command("restore")(_restore)
    app.command("drill")(_drill)


def _verify_audit(
    anchors: Annotated[Path | None, typer.Option(help="File of heads kept elsewhere; else HUIYIN_ANCHORS.")] = None,
) -> None:
    """Recompute the record of everything that ever happened; exit 1 and the first bad event where it is not whole."""
    from bot.operations.audit import verify_audit
    from bot.settings import Settings

    audit, told = asyncio.run(verify_audit(Settings(), anchors))
    for line in told:
        typer.echo(line, err=not audit.whole)
    raise typer.Exit(0 if audit.whole else NOT_WHOLE)


def _database() -> None:
    """The roles of a PostgreSQL database."""


def _database_grant(role: Annotated[str, typer.Argument(help="the role that serves and owns nothing")]) -> None:
    """As the owner: bring the tables up to date and give a role what serving needs, but no event to change."""
    from bot.operations.audit import grant_role
    from bot.settings import Settings

    asyncio.run(grant_role(Settings(), role))
    typer.echo(f"{role} may serve; it can neither change nor delete an event or a seal")


def _backup(file: Annotated[Path, typer.Argument(help="a new file, best on another disk")]) -> None:
    """Everything as of now in one sealed file, beside the running service; HUIYIN_BACKUP_KEY_FILE seals it."""
    from bot.operations.backup import backup
    from bot.settings import Settings

    for line in asyncio.run(_or_nothing(backup(Settings(), file))).told():
        typer.echo(line)


def _restore(
    file: Annotated[Path | None, typer.Argument(help="what `huiyin backup` wrote")] = None,
    anchors: Annotated[Path | None, typer.Option(help="File of heads kept elsewhere, to compare with.")] = None,
    lift: Annotated[bool, typer.Option("--lift", help="Let what waits in a restored database leave.")] = False,
) -> None:
    """Bring a backup back into an empty place, verified; nothing leaves from it until --lift."""
    from bot.operations.restore import lift as let_go
    from bot.operations.restore import restore
    from bot.settings import Settings

    if (file is None) is not lift:
        raise typer.BadParameter("name a backup, or say --lift")
    if file is not None:
        for line in asyncio.run(_or_nothing(restore(Settings(), file, anchors=anchors))).told():
            typer.echo(line)
        return
    lifted = asyncio.run(let_go(Settings()))
    if not lifted.bots:
        typer.echo("nothing was held back")
        return
    since = f", the oldest since {lifted.oldest_at.isoformat(timespec='minutes')}" if lifted.oldest_at else ""
    typer.echo(f"{lifted.waiting} notices leave with the next start, marked as copies{since}")


async def _or_nothing(writes: Coroutine[Any, Any, T]) -> T:
    """What it returned; where SIGTERM ends it, nothing half written stays behind."""
    from models.store.aside import leave_on_sigterm

    leave_on_sigterm()
    return await writes


def _drill(file: Annotated[Path, typer.Argument(help="what `huiyin backup` wrote")]) -> None:
    """Try a backup: bring it back aside, verify it, put a grievance through, throw it away; exit 1 where that fails."""
    from bot.clocks import MachineClock
    from bot.operations.drill import drill
    from bot.settings import Settings

    told = asyncio.run(drill(Settings(), file))
    for line in told.told(MachineClock().now()):
        typer.echo(line, err=bool(told.failed))
    raise typer.Exit(NOT_WHOLE if told.failed else 0)
