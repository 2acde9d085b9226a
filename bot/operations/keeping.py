"""What can be typed to keep what is kept? Audit, backup, restore, drill: thin, each imports its work when called."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

NOT_WHOLE = 1
"""Exit code where something that was looked at is not as it should be."""


def attach(app: typer.Typer) -> None:
    """The commands stand in the command line."""
    app.command("verify-audit")(_verify_audit)
    database = typer.Typer(help="The roles of a PostgreSQL database.", no_args_is_help=True)
    database.callback()(_database)
    database.command("grant")(_database_grant)
    app.add_typer(database, name="database")


def _verify_audit(
    anchors: Annotated[Path | None, typer.Option(help="Heads written down elsewhere; else HUIYIN_ANCHORS.")] = None,
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
