"""Is there a browser for the page's tests? Run as a module it finds or fetches one, or says what is left out."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
PACKAGES = ("chromium", "fonts-noto-cjk", "fonts-noto-color-emoji")
LEFT_OUT = "LEFT OUT: every test marked `browser` (the demo page, by clicking): there is no Chromium on this machine."


def browser() -> str | None:
    """The path of a Chromium to drive; None where there is none."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    if MAC.exists():
        return str(MAC)
    return _own()


def _own() -> str | None:
    """The one Playwright keeps for itself."""
    asked = (
        "from playwright.sync_api import sync_playwright as start\nwith start() as p: print(p.chromium.executable_path)"
    )
    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=False)
    path = answer.stdout.strip()
    return path if path and Path(path).exists() else None


def fetch() -> None:
    """Tries to get one: the system's as root, else Playwright's own; says what went wrong and goes on."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root and (apt := shutil.which("apt-get")):
        _try([apt, "update", "-qq"])
        _try([apt, "install", "-y", "-qq", "--no-install-recommends", *PACKAGES])
    if browser() is None:
        _try([sys.executable, "-m", "playwright", "install", "chromium"])


def _try(command: list[str]) -> None:
    say(f"browser: {' '.join(command[:4])} …")
    try:
        subprocess.run(command, check=True, timeout=600, stdout=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError) as failed:
        say(f"browser: {type(failed).__name__}")


def say(words: str) -> None:
    print(words, flush=True)  # noqa: T201


def main() -> int:
    """0, but 1 under CI=true without a browser: there nothing is left out."""
    if (found := browser()) is None:
        fetch()
        found = browser()
    if found is not None:
        say(f"browser: {found}")
        return 0
    say(f"\n{'!' * 100}\n{LEFT_OUT}\n{'!' * 100}\n")
    return int(os.environ.get("CI") == "true")


if __name__ == "__main__":
    sys.exit(main())
