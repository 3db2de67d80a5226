"""Commands of two words: given as two, or as one with a blank, as action.yml does."""

from __future__ import annotations

import pytest

from ltf_ci.cli import main, parser
from ltf_ci.options import COMMANDS


@pytest.mark.parametrize("words", [["list", "check", "/nowhere/x"], ["list check", "/nowhere/x"]])
def test_two_words_may_be_given_as_one(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words, {}) == 3
    assert "/nowhere/x is not there" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words", [["list"], ["list", "chekc"], ["list chekc"], ["list  check"], ["check images"], [""]]
)
def test_other_words_are_off(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words, {})
    assert ended.value.code == 2


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_known_by_its_own_parser_and_by_that_of_all(name: str) -> None:
    words = name.split()
    for of in (words, []):
        assert parser(of).parse_args(words).command == name


def test_only_the_named_commands_parser_is_built(capsys: pytest.CaptureFixture[str]) -> None:
    for words, others in ((["check"], ["publish"]), (["list", "check"], ["list", "convert"])):
        with pytest.raises(SystemExit):
            parser(words).parse_args(others)
        assert "invalid choice" in capsys.readouterr().err


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    for words, named in ((["--help"], "list …"), (["list", "--help"], "convert")):
        with pytest.raises(SystemExit):
            main(words, {})
        assert named in capsys.readouterr().out
