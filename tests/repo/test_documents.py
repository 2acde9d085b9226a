"""Can what the documents tell be done? Commands, targets, settings, links and examples are looked up."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from bot.cli import app
from bot.settings import PREFIX, Settings
from models.rules.alarms import AlarmKind
from models.rules.policy import Role
from models.town import load_town, sample_town_folder
from tests.repo.tree import PRODUCT, ROOT, modules, read

READMES = ("README.md", "README.zh.md")
DOCUMENTS = (
    *READMES,
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    *(path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "docs").glob("*.md"))),
)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SPAN = re.compile(r"`([^`\n]+)`")
COMMAND = re.compile(r"(?:^|[/\s])huiyin ([a-z]+(?:-[a-z]+)*)((?: [^\s#|]+)*)", re.MULTILINE)
TARGET = re.compile(r"(?:^|\s)make ([a-z]+)", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[\w-]+)?\)")


def code(document: str) -> Iterator[str]:
    """Every fenced block and every span of code."""
    text = read(document)
    yield from (found[2] for found in FENCE.finditer(text))
    yield from (found[1] for found in SPAN.finditer(FENCE.sub("", text)))


def commands(document: str) -> list[tuple[str, list[str]]]:
    """Every `huiyin …` a document tells to type: the command and what follows it."""
    return [(found[1], found[2].split()) for piece in code(document) for found in COMMAND.finditer(piece)]


def known() -> dict[str, Any]:
    """What can be typed after `huiyin`."""
    group: Any = typer.main.get_command(app)
    return dict(group.commands)


def settings_table(document: str) -> dict[str, tuple[str, str]]:
    """Setting: default and meaning, as its table tells."""
    rows = re.findall(rf"^\| `{PREFIX}(\w+)` \| (.*?) ?\| (.+) \|$", read(document), re.MULTILINE)
    return {name: (default.strip("` "), meaning.replace("\\|", "|")) for name, default, meaning in rows}


def test_both_readmes_tell_to_type_the_same() -> None:
    english, chinese = ([found.groups() for found in FENCE.finditer(read(readme))] for readme in READMES)
    assert english == chinese
    assert ("sh", "make demo\n") in english
    assert ("sh", "make test\n") in english


def test_both_readmes_show_the_same_pictures_and_lead_to_the_same_pages() -> None:
    english, chinese = (
        {link for link in LINK.findall(read(readme)) if not link.startswith("README")} for readme in READMES
    )
    assert english == chinese


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_told_can_be_typed(document: str) -> None:
    for name, words in commands(document):
        command = known().get(name)
        assert command is not None, f"huiyin {name}"
        if getattr(command, "commands", None) is not None and words:
            named = words.pop(0).split("|")
            assert set(named) <= set(command.commands), f"huiyin {name} {named}"
            command = command.commands[named[0]]
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options | {"--help"}, f"huiyin {name} {words}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_target_told_can_be_made(document: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    told = {found[1] for piece in code(document) for found in TARGET.finditer(piece)}
    assert told <= targets


@pytest.mark.parametrize("target", re.findall(r"\$\(BIN\)/huiyin ([a-z]+)", read("Makefile")))
def test_every_command_that_make_gives_exists(target: str) -> None:
    assert target in known()


@pytest.mark.parametrize("readme", READMES)
def test_the_settings_table_is_the_settings(readme: str) -> None:
    told = settings_table(readme)
    assert list(told) == [name.upper() for name in Settings.model_fields]
    for name, field in Settings.model_fields.items():
        default, meaning = told[name.upper()]
        assert default == ("" if field.default is None else str(field.default)), name
        if readme == "README.md":
            assert meaning == field.description, name


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_setting_named_exists(document: str) -> None:
    named = set(re.findall(rf"{PREFIX}([A-Z_]+)", read(document)))
    assert named <= {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_somewhere(document: str) -> None:
    here = (ROOT / document).parent
    links = [link for link in LINK.findall(read(document)) if "://" not in link]
    assert [link for link in links if not (here / link).exists()] == []


def test_the_invitations_shown_are_good_in_the_sample_town() -> None:
    town = load_town(sample_town_folder())
    shown = [words for name, words in commands("README.md") if name == "invite" and len(words) == 4]
    assert len(shown) >= 5
    for _, role, _, place in shown:
        if Role(role) in (Role.RESIDENT, Role.HEAD):
            assert place in town.buildings
        else:
            assert town.desks[place].kind == role, place


def test_every_alarm_is_explained_to_whoever_looks_after_the_machine() -> None:
    told = re.search(r"\| alarm \| it means \|\n\| --- \| --- \|\n(.*)", read("docs/operations.md"), re.DOTALL)
    assert told is not None
    assert set(re.findall(r"^\| `([\w-]+)` \|", told[1], re.MULTILINE)) == set(AlarmKind)


def rows_under(head: str) -> list[str]:
    """What stands in backticks at the beginning of each row of the operators' table with this head."""
    table = read("docs/operations.md").partition(f"\n| {head} |")[2].partition("\n\n")[0]
    return re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)


def test_every_command_has_its_line_in_the_operators_book() -> None:
    assert {row.removeprefix("huiyin ") for row in rows_under("command")} == set(known())


@pytest.mark.parametrize("line", rows_under("you see in the log"))
def test_every_line_of_the_log_that_is_explained_is_written(line: str) -> None:
    said = line.split("…")[-1].strip()
    assert any(said in module.text for module in modules(*PRODUCT)), said
