"""Has the page a word for everything the house can tell it, in Chinese and in English?"""

import re
from collections.abc import Iterable

import pytest

from bot.demo.routes import PAGE
from models.rules.alarms import AlarmKind
from models.rules.lifecycle import Event, Reader, State, Telling
from models.rules.policy import Effect, Level, Milestone, Role

WORDS = (PAGE / "words.js").read_text(encoding="utf-8")


def block(name: str) -> str:
    """What stands between `name` and the end of its braces."""
    found = re.search(rf"\b{name}\b[^{{\n]*\{{(.*?)\n(?:  )?\}}", WORDS, re.S)
    assert found is not None, name
    return found.group(1)


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        pytest.param("state", State, id="where a case stands"),
        pytest.param("event", Event, id="what happened to it"),
        pytest.param("role", Role, id="who did it"),
        pytest.param("unless", Milestone, id="what a clock waits for"),
        pytest.param("effect", Effect, id="what silence does"),
        pytest.param("telling", Telling, id="what a notice says"),
        pytest.param("alarm", AlarmKind, id="what a person must look at"),
        pytest.param("reader", Reader, id="whom it tells"),
    ],
)
def test_an_official_never_meets_a_bare_code(kind: str, codes: Iterable[str]) -> None:
    said = block(kind)
    assert [code for code in codes if not re.search(rf'\b"?{code}"?: \["[^"]+", "[^"]+"\]', said)] == []


def test_every_level_has_a_name() -> None:
    said = block("level")
    assert [level for level in Level if f"{int(level)}: [" not in said] == []


def test_both_languages_have_the_same_sentences() -> None:
    chinese, english = (set(re.findall(r"(\w+): \"", block(f"const {name}"))) for name in ("ZH", "EN"))
    assert chinese == english
    assert len(chinese) > 40


def test_every_sentence_asked_for_exists() -> None:
    known = set(re.findall(r"(\w+): \"", block("const ZH")))
    scripts = "\n".join(path.read_text(encoding="utf-8") for path in PAGE.glob("*.js"))
    page = (PAGE / "index.html").read_text(encoding="utf-8")
    asked = set(re.findall(r'\bword\("(\w+)"', scripts)) | set(re.findall(r'data-(?:word|label|hint)="(\w+)"', page))
    asked |= set(re.findall(r'dataset: \{ (?:word|label): "(\w+)"', scripts))
    assert asked - known == set()


def test_the_page_has_no_script_or_style_of_its_own_in_the_markup() -> None:
    page = (PAGE / "index.html").read_text(encoding="utf-8")
    assert re.findall(r"<script(?![^>]*src=)|\son\w+=|\sstyle=|<style|https?://", page) == []
