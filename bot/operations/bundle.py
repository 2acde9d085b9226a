"""`make bundle`: everything an installation needs in one file, for a machine that reaches no registry (issue 4.6).

The wheels of what runs, for the platform this is made on, as requirements.lock names them by hash, our own among them;
what only tests and builds need stays out. Made here, it is at once installed into an empty place without any network.
"""

import hashlib
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

NAME = "huiyin"
ROOT = Path(__file__).parents[2]
DOCUMENTS = ("README.md", "README.zh.md", "LICENSE", "docs")
_ENTRY = re.compile(r"^([a-z0-9][\w.-]*)==(?:.*\\\n)*.*\n?", re.MULTILINE)


def needed(name: str = NAME) -> set[str]:
    """Every distribution that runs when we do, ourselves left out; read off what is installed here."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    found: set[str] = set()
    waiting = [(name, "")]
    seen: set[tuple[str, str]] = set()
    while waiting:
        one, extra = waiting.pop()
        if (one, extra) in seen:
            continue
        seen.add((one, extra))
        found.add(one)
        for line in importlib.metadata.requires(one) or ():
            wanted = Requirement(line)
            if wanted.marker is None or wanted.marker.evaluate({"extra": extra}):
                below = canonicalize_name(wanted.name)
                waiting += [(below, ""), *((below, more) for more in wanted.extras)]
    return found - {name}


def requirements(lock: str, names: set[str]) -> str:
    """Those entries of the lock, each with its hashes. KeyError for a name that is not locked."""
    entries = {found[1]: found[0] for found in _ENTRY.finditer(lock)}
    return "".join(entries[name] for name in sorted(names))


def bundle(folder: Path) -> Path:
    """The bundle, and its sum beside it. CalledProcessError where a step fails; then there is none."""
    version = importlib.metadata.version(NAME)
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch) / f"{NAME}-{version}"
        wheels = place / "wheels"
        wheels.mkdir(parents=True)
        wanted = place / "requirements.txt"
        wanted.write_text(requirements((ROOT / "requirements.lock").read_text(encoding="utf-8"), needed()))
        download = ("pip", "download", "--no-deps", "--only-binary=:all:", "--require-hashes")
        _python(*download, "--dest", str(wheels), "--requirement", str(wanted))
        _python("hatchling", "build", "--target", "wheel", "--directory", str(wheels))
        ours = next(wheels.glob(f"{NAME}-*.whl"))
        with wanted.open("a") as lines:
            lines.write(f"{NAME}=={version} \\\n    --hash=sha256:{_sum(ours)}\n")
        _documents(place)
        made = Path(scratch) / f"{place.name}.tar"
        with tarfile.open(made, "w") as packed:
            packed.add(place, place.name, filter=_anybodys)
        try_out(made)
        folder.mkdir(parents=True, exist_ok=True)
        kept = folder / made.name
        shutil.move(made, kept)
    kept.with_name(f"{kept.name}.sha256").write_text(f"{_sum(kept)}  {kept.name}\n")
    return kept


def try_out(made: Path) -> None:
    """It installs into an empty place without any network, and what it installs answers."""
    with tempfile.TemporaryDirectory() as scratch:
        with tarfile.open(made) as packed:
            packed.extractall(scratch, filter="data")
        (unpacked,) = Path(scratch).iterdir()
        target = Path(scratch) / "installed"
        alone = {**os.environ, "PYTHON": sys.executable, "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
        _run("sh", str(unpacked / "install.sh"), str(target), environment=alone)
        _run(str(target / ".venv" / "bin" / NAME), "--help", environment=alone)


def _documents(place: Path) -> None:
    for name in DOCUMENTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, place / name, ignore=shutil.ignore_patterns("pictures"))
        else:
            shutil.copy(source, place / name)
    shutil.copytree(ROOT / "docs" / "deploy", place / "deploy")
    shutil.move(place / "deploy" / "install.sh", place / "install.sh")


def _anybodys(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Nothing of the machine it was packed on."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


def _python(*words: str) -> None:
    _run(sys.executable, "-m", *words)


def _run(*words: str, environment: dict[str, str] | None = None) -> None:
    subprocess.run(words, check=True, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 our own words


def _sum(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _told(made: Path) -> Iterator[str]:
    with tarfile.open(made) as packed:
        wheels = sum(name.endswith(".whl") for name in packed.getnames())
    yield f"{made}: {wheels} wheels, {made.stat().st_size / 1024**2:.0f} MB, installed and tried without a network"


if __name__ == "__main__":
    for line in _told(bundle(ROOT / "artefacts")):
        print(line)  # noqa: T201
