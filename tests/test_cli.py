"""The program's own ways: commands of two words, given as two or as one with a blank, and its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ltf_ci.cli import main, parser
from ltf_ci.verbs import COMMANDS


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


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], None),
        (["--no-cache"], True),
        (["--no-c"], True),
        (["--no-no-cache"], False),
        (["--test"], True),
        (["--no-test"], False),
    ],
)
def test_a_switch_is_given_by_its_name_and_denied_by_no(words: list[str], expected: bool | None) -> None:  # noqa: FBT001
    told = parser(["publish"]).parse_args(["publish", *words])
    assert (told.test if "test" in str(words) else told.no_cache) is expected


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    for words, named in ((["--help"], "list …"), (["list", "--help"], "convert")):
        with pytest.raises(SystemExit):
            main(words, {})
        assert named in capsys.readouterr().out


def test_who_reads_no_more_is_not_told_of_it(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as closed:
        words = [sys.executable, "-m", "ltf_ci", "check", str(tmp_path)]
        ended = subprocess.run(words, stdout=closed, stderr=subprocess.PIPE, check=False)
    assert (ended.returncode, ended.stderr) == (128 + signal.SIGPIPE, b"")
