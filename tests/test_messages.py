"""Each error and finding says what to do, and a finding what was expected too; none is in words of the house alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from ltf_ci import errors
from ltf_ci.cli import main
from tests.support import ROOT
from tests.support.printing import printed

FILES = sorted((ROOT / "ltf_ci").rglob("*.py"))
ERRORS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.LtfError)}
USUAL = {name for name, kind in vars(errors).items() if name in ERRORS and kind.usual}  # it says what is expected
NEEDED = {
    **{name: {"cure"} if name in USUAL else {"expected", "cure"} for name in ERRORS},
    "Finding": {"expected", "cure"},
    "UsageError": {"expected"},
    "LtfError": {"cure"},
    "OwnMistake": {"cure"},
}
OURS = (  # words that have to be read twice; CONTRIBUTING.md has those to take instead
    *("anew", "held against", "as they lie", "of ours", "neighbour", "outranks", "rival", "told from", "nobody"),
    *("somebody", "everybody", "anybody", "whoever", "beside", "look whether", "look who", "is told", "are told"),
)


def made(call: ast.Call) -> str:
    """Return which error or finding a call makes; `BadInput.at(…)` makes a BadInput."""
    called = call.func
    if isinstance(called, ast.Attribute) and called.attr == "at":
        called = called.value
    return called.id if isinstance(called, ast.Name) and called.id in NEEDED else ""


@cache
def calls() -> tuple[tuple[str, ast.Call], ...]:
    return tuple(_calls())


def _calls() -> Iterator[tuple[str, ast.Call]]:
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and made(node):
                yield f"{file.relative_to(ROOT)}:{node.lineno}", node


def lacking(call: ast.Call) -> set[str]:
    given = {keyword.arg for keyword in call.keywords}
    return set() if None in given else NEEDED[made(call)] - given


def test_every_message_says_what_to_do() -> None:
    """A mistake on the command line may leave that to the command's help, which the command line then names."""
    found = dict(calls())
    assert len(found) > 300
    assert {place: names for place, call in found.items() if (names := lacking(call))} == {}


@pytest.mark.parametrize("word", OURS)
def test_no_message_has_words_of_the_house(word: str) -> None:
    pattern = re.compile(rf"\b{word}\b")
    texts = (
        (place, text.value) for place, call in calls() for text in ast.walk(call) if isinstance(text, ast.Constant)
    )
    assert [place for place, text in texts if isinstance(text, str) and pattern.search(text)] == []


PAGES = [
    file
    for place in ("README.md", "SECURITY.md", "action.yml", "docs/*.md", "docs/*.1", "workflows/*.yml", "ltf_ci/*.yml")
    for file in ROOT.glob(place)
]


@pytest.mark.parametrize("word", OURS)
def test_no_page_has_words_of_the_house(word: str) -> None:
    pattern = re.compile(rf"\b{word}\b".replace(" ", r"\s+"))
    assert {file.name for file in PAGES if pattern.search(file.read_text())} == set()


@pytest.mark.parametrize(
    "words", [["retag", "--base", "x"], ["notify", "--timeout", "long"], ["publish", "--platform", "x"]]
)
def test_a_mistake_on_the_command_line_leads_to_the_help(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words, {}) == 2
    assert f"what to do: ltf-ci help {words[0]}" in printed(capsys)
