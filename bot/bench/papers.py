"""Where are the figures written down? One paper, two sections: each command writes its own and leaves the other."""

from pathlib import Path

PAPER = Path(__file__).parents[2] / "docs" / "benchmarks.md"
UNDER_LOAD = "## Under load"
"""What begins the section of `make load`; what stands above it is `huiyin bench`'s."""


def write_section(begins: str, text: str) -> None:
    """The section is as given; what belongs to the other command stays. `begins` "": the head of the paper."""
    before = PAPER.read_text("utf-8") if PAPER.exists() else ""
    head, mark, load = before.partition(UNDER_LOAD)
    if begins == UNDER_LOAD:
        head, mark, load = head.rstrip() + "\n\n", "", text
    else:
        head = text.rstrip() + "\n" + ("\n" if mark else "")
    PAPER.write_text(f"{head}{mark}{load}", encoding="utf-8")
