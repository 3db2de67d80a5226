"""The examples of the help: each is a command line that ltf-ci takes."""

from __future__ import annotations

import shlex

import pytest

from generators.manual import PAGE, expected
from ltf_ci.command_line import command_parser, parse
from ltf_ci.examples import EXAMPLES, Example
from ltf_ci.given import Given
from ltf_ci.verbs import COMMANDS
from tests.support.settled import Settled

EVERY = [(name, each) for name, several in EXAMPLES.items() for each in several]


def test_every_command_has_an_example() -> None:
    assert EXAMPLES.keys() == COMMANDS.keys()


@pytest.mark.parametrize(("name", "example"), EVERY, ids=[each.words for _, each in EVERY])
def test_an_example_is_a_command_line_of_its_command(name: str, example: Example) -> None:
    arguments = parse(shlex.split(example.words))
    assert arguments.command == name
    Given(arguments, {}, Settled()).request(COMMANDS[name].verb.Request)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_ends_with_examples(name: str) -> None:
    lines = command_parser(COMMANDS[name]).format_help().splitlines()
    assert f"  ltf-ci {EXAMPLES[name][0].words}" in lines


def test_the_manual_page_has_every_command_and_exit_code() -> None:
    text = expected()
    for name in COMMANDS:
        assert f".SS ltf-ci {name}\n" in text.replace("\\-", "-"), name
    assert ".SH EXIT STATUS" in text
    assert PAGE.endswith(".1")
