"""Does the house keep its shape? What no linter we use can say is said here, file by file."""

import ast
import re
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.repo.tree import PRODUCT, ROOT, Module, distributions, modules, project, read, top

FOLDERS = {*PRODUCT, "tests", "docs"}
FILES = {
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "README.zh.md",
    "pyproject.toml",
    "requirements.lock",
}
MOST_LINES = 400
"""What a reader can hold."""
MOST_LINES_OF_TESTS = 500
"""They are read one at a time."""
SPELLED_OUT = "models/migrations/versions/"
"""Tables as they once were: data, not prose."""
EMPTY_WORDS = {"manager", "service", "helper", "helpers", "util", "utils", "processor", "data", "info"}
"""Names that say nothing (design §7.8)."""
BORROWED = {"bot/messenger/messages.py: Service"}
"""Telegram's own noun for a message that nobody wrote."""
WALL = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
ENVIRONMENT = {"os.environ", "os.getenv", "os.putenv", "os.environb"}
FOREIGN = ("/wo" + "rk/", "/ro" + "ot/", "pypi" + ".org", "python" + "hosted")
"""Where somebody happened to build it, and whom they fetched it from."""
PARENTS = {"bot/demo/parent.py", "bot/bench/startup.py", "bot/operations/bundle.py"}
"""They hand their own environment on to a child, and look at nothing in it."""


def _dotted(module: Module) -> dict[str, int]:
    """Every `a.b` in a module, with its line; names that were imported from somewhere count with where from."""
    found = {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute):
            found[ast.unparse(node)] = node.lineno
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}": node.lineno for alias in node.names}
    return found


def test_nothing_stands_at_the_top_that_does_not_belong_there() -> None:
    assert {path.name for path in top() if path.is_dir()} == FOLDERS
    assert {path.name for path in top() if path.is_file()} == FILES


def test_a_file_says_what_it_answers() -> None:
    mute = []
    for module in modules(*PRODUCT, "tests"):
        docstring = ast.get_docstring(module.tree) or ""
        first = docstring.split("\n\n")[0].strip()
        if module.text.strip() and not (len(first) > 8 and first.endswith((".", "?", "!", ":", ";", ")"))):
            mute.append(f"{module}: {first!r}")
    assert mute == []


def test_a_file_is_what_a_reader_can_hold() -> None:
    long = []
    for module in modules(*PRODUCT, "tests"):
        lines = module.text.count("\n")
        most = MOST_LINES_OF_TESTS if module.name.startswith("tests/") else MOST_LINES
        if lines > most and not module.name.startswith(SPELLED_OUT):
            long.append(f"{module}: {lines}")
    assert long == []


def test_a_name_says_something() -> None:
    empty = set()
    for module in modules(*PRODUCT, "tests"):
        names = [part.removesuffix(".py") for part in module.name.split("/")]
        names += [node.name for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)]
        for name in names:
            words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)
            if {word.lower() for word in words} & EMPTY_WORDS:
                empty.add(f"{module}: {name}")
    assert empty - BORROWED == set()


def test_only_the_settings_read_the_environment() -> None:
    looks = {module.name for module in modules(*PRODUCT) if _dotted(module).keys() & ENVIRONMENT}
    assert looks - PARENTS == {"bot/settings.py"}


def test_only_the_clocks_look_at_the_wall() -> None:
    looks = {module.name for module in modules(*PRODUCT) if _dotted(module).keys() & WALL}
    assert looks == {"bot/clocks.py"}


def test_no_verb_decides_by_a_state() -> None:
    """What can happen is a row (design §7.1): an action asks the table, it has no `if … State.X` of its own."""
    decided = [
        f"{module}:{node.lineno} {ast.unparse(node.test)}"
        for module in modules("models/actions")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.If) and "State." in ast.unparse(node.test)
    ]
    assert decided == []


def test_no_text_remembers_the_machine_it_was_written_on() -> None:
    texts = [path for path in top() if path.is_file()]
    texts += [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.*") if "__pycache__" not in path.parts]
    told = []
    for path in [*texts, ROOT / ".ci" / "run"]:
        if path.is_file() and path.suffix not in (".png", ".pyc"):
            text = path.read_text(encoding="utf-8")
            told += [f"{path.relative_to(ROOT)}: {foreign}" for foreign in FOREIGN if foreign in text]
    assert told == []


def test_the_lock_holds_every_dependency_with_its_hash_and_names_no_host() -> None:
    lock = read("requirements.lock")
    entries = re.findall(r"^([a-z0-9][\w.-]*)==\S+(.*?)(?=^[a-z0-9]|\Z)", lock, re.DOTALL | re.MULTILINE)
    locked = {name for name, _ in entries}
    wanted = project()["project"]["dependencies"] + project()["dependency-groups"]["dev"]
    assert distributions(wanted) <= locked
    assert [name for name, rest in entries if "--hash=sha256:" not in rest] == []
    assert "://" not in lock
    assert "--index" not in lock


def test_a_built_package_carries_all_that_is_not_python(tmp_path: Path) -> None:
    """The English words, the tables of rules, the sample town, the demo's page: read at run time, from the package."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as package:
        carried = set(package.namelist())
    wanted = {
        path.relative_to(ROOT).as_posix()
        for folder in PRODUCT
        for path in (ROOT / folder).rglob("*.*")
        if path.is_file() and path.suffix not in (".py", ".pyc")
    }
    assert {"handlers/words/en.po", "models/rules/access.csv", "bot/demo/page/index.html"} <= wanted
    assert wanted <= carried
