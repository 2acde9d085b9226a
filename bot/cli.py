"""What can be typed after `huiyin`? Every command imports what it needs when it is called: `--help` stays quick."""

import asyncio
import dataclasses
import gc
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from bot.operations import keeping

if TYPE_CHECKING:
    from bot.settings import Part, Settings


class _Refusing(TyperGroup):
    """Every command ends with 2 and the reason where its input is wrong: settings, keys, database, town, token."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            reason = _wrong_input(error)
            if reason is None:
                raise
            _refuse(reason)


app = typer.Typer(
    cls=_Refusing,
    help="回音 Huiyin: every complaint gets an answer. 事事有回音，件件有着落。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
town_app = typer.Typer(help="The town's folder: policy (YAML) and register (CSV).", no_args_is_help=True)
app.add_typer(town_app, name="town")

keeping.attach(app)

WRONG_INPUT = 2
"""Exit code for input that cannot be used; everything that is wrong has been said."""
NOT_EMPTY = 1
"""Exit code of a drain after whose wait something is still inside."""
LAST = 2**63 - 1
"""The highest number a row can have."""
LONGEST_WAIT_S = 86_400.0
"""A drain is over long before."""


def main() -> None:
    """The command line; exits with 0, or with 2 where the input is wrong."""
    app()


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Port of the page, on this machine only.", min=0, max=65535)] = 8000,
    data: Annotated[
        Path | None, typer.Option(help="Keep the demo's files here; otherwise they are thrown away.")
    ] = None,
) -> None:
    """Phones of everyone side by side, on our own messenger: no token, no internet."""
    from bot.demo.parent import demo as play

    asyncio.run(play(port, data))


@app.command()
def run(
    only: Annotated[
        list[str] | None, typer.Option(help="intake, worker, delivery, clock or web; more than once; on PostgreSQL")
    ] = None,
) -> None:
    """Production: settings from the environment (HUIYIN_…), with or without a Telegram token."""
    gc.disable()  # a quarter of a start went into looking for garbage among modules that stay
    from bot import logs
    from bot.settings import Settings
    from bot.wiring import run as serve

    logs.begin()
    settings = Settings()
    if settings.log == "json":
        logs.begin("json")
    parts = _parts(only, settings)
    asyncio.run(_until_told_to_stop(lambda stop: serve(settings, only=parts, stop=stop, started=_tidy)))


@app.command()
def bench(
    only: Annotated[
        list[str] | None, typer.Option(help="conversation, filing, echo, startup or audit; more than once")
    ] = None,
    rounds: Annotated[int, typer.Option(help="Medians of so many.")] = 5,
    write: Annotated[bool, typer.Option("--write", help="Write the table to docs/benchmarks.md too.")] = False,
) -> None:
    """How fast it is, beside the bare thing: CPU and wall, in turns, with the goals."""
    from bot.bench.all import MEASURES
    from bot.bench.all import bench as measure

    if unknown := set(only or ()) - set(MEASURES):
        _refuse(f"there is no measure {', '.join(sorted(unknown))}; there are {', '.join(MEASURES)}")
    typer.echo(asyncio.run(measure(tuple(only or MEASURES), rounds, write=write)))


@town_app.command("check")
def town_check(folder: Path) -> None:
    """Read a town's folder and say everything that is wrong with it; changes nothing."""
    from bot.house import holidays_run_out
    from models.town import load_town, town_summary

    town = load_town(folder)
    summary = town_summary(town)
    for name, count in dataclasses.asdict(summary).items():
        typer.echo(f"{name.replace('_', ' ')}: {count}")
    if summary.committee_rate is not None:
        typer.echo(f"committee rate: {summary.committee_rate:.2f} %")
    if soon := holidays_run_out(town):
        typer.echo(soon, err=True)


@town_app.command("load")
def town_load(
    folder: Path,
    force: Annotated[bool, typer.Option("--force", help="Even where open cases name what it does not have.")] = False,
) -> None:
    """Put a town's folder in force from the next start on; a folder with an error loads nothing."""
    from bot.house import load_into_force
    from bot.settings import Settings

    loaded = asyncio.run(load_into_force(Settings(), folder, forced=force))
    for gone in loaded.gone:
        typer.echo(f"not in this edition: {gone}", err=True)
    typer.echo("loaded; in force from the next start" if loaded.new else "this very edition is in force already")


@town_app.command("roster")
def town_roster() -> None:
    """Who has not enrolled yet, by desk and building: places and counts, no names."""
    from bot.house import roster
    from bot.settings import Settings
    from models.rules.policy import Role

    town, missing = asyncio.run(roster(Settings()))
    heads = [one for one in missing if one.role is Role.HEAD]
    desks = [one for one in missing if one.role is not Role.HEAD]
    typer.echo(f"desks where somebody is missing: {len(desks)}")
    for one in desks:
        typer.echo(f"  {one.place} {town.desks[one.place].name}: {one.enrolled} of {one.expected}")
    typer.echo(f"buildings whose head has not enrolled: {len(heads)}")
    for one in heads:
        typer.echo(f"  {one.place} {town.place_name(one.place)}")


@app.command()
def invite(
    role: Annotated[str, typer.Option(help="resident, head, property, committee, community, street or district")],
    place: Annotated[str, typer.Option(help="code of the building or the desk")],
) -> None:
    """A link: single-use for an office, standing for a stairwell (role resident); the same by each bot."""
    from bot.house import make_invitation
    from bot.settings import Settings
    from models.rules.policy import Role

    if role not in set(Role):
        _refuse(f"there is no role {role}")
    try:
        token, usernames = asyncio.run(make_invitation(Settings(), role=Role(role), place=place))
    except KeyError:
        _refuse(f"the town has no {place} for a {role}")
    for username in usernames:
        typer.echo(f"https://t.me/{username}?start={token}")
    if not usernames:
        typer.echo(f"/start {token}")


@app.command()
def parked() -> None:
    """Updates that were set aside because handling them failed: numbers, moments, the error's name."""
    from bot.operations.parked import as_line, list_parked
    from bot.settings import Settings

    for one in asyncio.run(list_parked(Settings())):
        typer.echo(as_line(one))


@app.command()
def replay(
    numbers: Annotated[list[int], typer.Argument(help="as `huiyin parked` lists them", min=1, max=LAST)],
) -> None:
    """Let parked updates in again, once what they failed on is mended; the running service takes them."""
    from bot.operations.parked import let_in_again
    from bot.settings import Settings

    typer.echo(f"let in again: {asyncio.run(let_in_again(Settings(), numbers))}")


@app.command()
def alarms(
    clear: Annotated[
        list[int] | None, typer.Option(help="The number of one you have looked at; more than once.", min=1, max=LAST)
    ] = None,
) -> None:
    """What a person must look at, by number; docs/operations.md says what each asks for."""
    from bot.operations.alarms import alarms as look_at
    from bot.settings import Settings

    cleared, left = asyncio.run(look_at(Settings(), clear or ()))
    if clear:
        typer.echo(f"cleared: {', '.join(map(str, cleared)) or 'none of them was open'}")
    for one in left:
        typer.echo(f"{one.id} {one.raised_at:%Y-%m-%d %H:%M} UTC {one.kind} {one.ref} {one.reason}".rstrip())
    typer.echo(f"open: {len(left)}")


@app.command()
def doctor() -> None:
    """Look at everything the house needs and say what to do; changes nothing. Exit 1 where something is bad."""
    from pydantic import ValidationError

    from bot.operations.doctor import doctor as examine
    from bot.operations.verdicts import Verdict
    from bot.settings import Settings

    try:
        settings = Settings()
    except ValidationError as error:
        typer.echo(f"bad   settings: {_wrong_input(error)}")
        raise typer.Exit(1) from None
    found = asyncio.run(examine(settings))
    for line in found:
        typer.echo(str(line))
    raise typer.Exit(1 if any(line.verdict is Verdict.BAD for line in found) else 0)


@app.command()
def drain(
    do: Annotated[str, typer.Argument(help="on, off or status")],
    hours: Annotated[float, typer.Option(help="It opens by itself after so long; 4 at most.")] = 4.0,
    wait: Annotated[float, typer.Option(help="Seconds to wait until nothing is left inside; 1 if something is.")] = 0.0,
) -> None:
    """Close the door before an upgrade: what comes stays with the messenger, what is inside is finished."""
    from datetime import timedelta

    from bot.operations.drain import drain as close
    from bot.settings import Settings
    from models.actions.draining import AT_MOST
    from models.queries.draining import Inside

    if do not in ("on", "off", "status"):
        _refuse(f"drain {do}? on, off or status")
    most = AT_MOST / timedelta(hours=1)
    if not 0 < hours <= most:  # nor is what is no number
        _refuse(f"--hours: a drain lasts at most {most:g} hours")
    if not 0 <= wait <= LONGEST_WAIT_S:
        _refuse(f"--wait: seconds, at most {LONGEST_WAIT_S:.0f}")
    spans = {"span": timedelta(hours=hours), "wait": timedelta(seconds=wait)}
    standing = asyncio.run(close(Settings(), do, **spans))  # type: ignore[arg-type]
    typer.echo(str(standing))
    if do == "on" and wait and standing.left != Inside(0, 0):
        raise typer.Exit(NOT_EMPTY)


@app.command()
def check(
    at_rest: Annotated[
        bool, typer.Option("--at-rest", help="Nobody serves it (a copy, a stopped house): what is overdue is no fault.")
    ] = False,
) -> None:
    """Does the database keep every invariant? What was looked at, and every violation; ends with 1 for any."""
    from bot.operations.check import check as look
    from bot.settings import Settings

    checked = asyncio.run(look(Settings(), running=not at_rest))
    for line in checked.lines():
        typer.echo(line)
    if checked.found:
        raise typer.Exit(1)


@app.command()
def release() -> None:
    """The machine's clock is right: what its leap held back (alarm clock-jumped) goes on."""
    from bot.operations.release import let_go
    from bot.settings import Settings

    since = asyncio.run(let_go(Settings()))
    typer.echo("nothing was held" if since is None else f"released; held since {since:%Y-%m-%d %H:%M}Z")


def _parts(only: list[str] | None, settings: "Settings") -> "frozenset[Part]":
    """What this process does; several processes share one PostgreSQL, never one file."""
    from bot.settings import EVERYTHING, Part

    if not only:
        return EVERYTHING
    if unknown := set(only) - set(Part):
        _refuse(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(Part)}")
    if not settings.store_url.startswith("postgresql://"):
        _refuse("--only: several processes share a PostgreSQL (HUIYIN_DATABASE_URL), on SQLite one process does it all")
    if set(only) == {Part.WEB} and settings.web_port is None:
        _refuse("--only web: HUIYIN_WEB_PORT says where; without it there is nothing to do")
    return frozenset(Part(one) for one in only)


def _tidy(parts: object) -> None:
    """Everything that stands now stands for good; from here on garbage is looked for among what came later."""
    gc.freeze()
    gc.enable()


def _wrong_input(error: Exception) -> str | None:
    """What to say where the input is at fault; None where we are."""
    from pydantic import ValidationError

    from bot.doors import PortTaken
    from bot.house import NoPlace, NoTown
    from bot.operations.audit import AnchorsRefused
    from bot.operations.parked import NotParked
    from bot.telegram.account import TokenRefused
    from models.actions.housing import StillNamed
    from models.lives import TakenIn
    from models.store import DatabaseRefused, KeysRefused
    from models.town import TownErrors

    match error:
        case ValidationError():
            return "\n".join(_named(one["loc"], one["msg"]) for one in error.errors(include_input=False))
        case TokenRefused():
            return "HUIYIN_BOT_TOKEN: the Bot API server does not know this token"
        case StillNamed():
            return f"{error}\nclose or move those cases first, or load it with --force: each is then shown by its code"
        case (
            TakenIn()
            | PortTaken()
            | AnchorsRefused()
            | NoPlace()
            | NoTown()
            | NotParked()
            | TownErrors()
            | DatabaseRefused()
            | KeysRefused()
        ):
            return str(error)
        case _:
            return None


def _named(where: tuple[int | str, ...], reason: str) -> str:
    """A setting's fault with the setting's name; what it was set to may be a secret and is not said."""
    name = "_".join(str(part) for part in where).upper()
    reason = reason.removeprefix("Value error, ")
    return f"HUIYIN_{name}: {reason}" if name else reason


def _refuse(reason: str) -> NoReturn:
    typer.echo(reason, err=True)
    raise typer.Exit(WRONG_INPUT)


async def _until_told_to_stop(serve: Callable[[asyncio.Event], Coroutine[None, None, None]]) -> None:
    """Serves until SIGTERM or SIGINT; what was begun is finished."""
    import signal

    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await serve(stop)
