"""The pages are in sentences that need not be read twice: of some 25 words at most."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ltf_ci.options.login import Login
from ltf_ci.options.option import options_of
from ltf_ci.options.output import Output
from ltf_ci.verbs import COMMANDS
from tests.support import ROOT

LONGEST = 28  # words
LONGEST_OF_AN_OPTION = 22
LONGEST_OF_A_PROOF = 45  # those of docs/decisions
PAGES = [*(ROOT / "docs").glob("*.md"), *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md"))]
PROOFS = [*(ROOT / "docs/decisions").glob("*.md")]
LISTS = ("→", "·")  # signs between the items of a list that is on one line
BLOCK = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*]|\d+\.|\|) ?)|\n(?=#)")
END = re.compile(r"(?<=[.!?:;])\s+(?=[A-Z\"X(*\[])|; ")


def sentences(text: str) -> Iterator[str]:
    """Return the sentences of a page: code counts as one word, the cells of a table are apart."""
    text = re.sub(r"```.*?```", "\n\n", text, flags=re.DOTALL)
    for block in BLOCK.split(text):
        for cell in re.split(r"(?<!\\)\|", block) if block.strip().startswith("|") else (block,):
            words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", cell)
            yield from END.split(" ".join(re.sub(r"`[^`]*`", "X", words).split()))


def long_ones(page: Path, longest: int) -> list[str]:
    found = (each for each in sentences(page.read_text()) if not any(sign in each for sign in LISTS))
    return [each for each in found if len(each.split()) > longest]


@pytest.mark.parametrize("page", sorted(PAGES), ids=lambda page: page.name)
def test_no_sentence_of_a_page_is_long(page: Path) -> None:
    assert long_ones(page, LONGEST) == []


@pytest.mark.parametrize("page", sorted(PROOFS), ids=lambda page: page.name)
def test_no_sentence_of_a_proof_is_very_long(page: Path) -> None:
    assert long_ones(page, LONGEST_OF_A_PROOF) == []


def test_what_a_command_does_is_said_in_a_line_or_two() -> None:
    assert [name for name, command in COMMANDS.items() if len(command.about.split()) > LONGEST] == []


def test_what_an_option_is_for_is_said_in_a_line_or_two() -> None:
    requests = (*(command.verb.Request for command in COMMANDS.values()), Output, Login)
    texts = {option.about for request in requests for option in options_of(request)}
    assert {text for text in texts if len(text.split()) > LONGEST_OF_AN_OPTION} == set()


def test_a_long_sentence_is_found() -> None:
    (found,) = [each for each in sentences(f"Short. {'Word ' * 40}.\n\n| a | b. |\n") if len(each.split()) > LONGEST]
    assert found.startswith("Word")
