"""The program's own ways: commands of two words, given as two or as one with a blank, and its end."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ltf_ci.cli import _access, main
from ltf_ci.command_line import Given, parser
from ltf_ci.options.login import Login
from ltf_ci.verbs import COMMANDS
from tests.support.printing import printed
from tests.support.repositories import LtfRepository, git


@pytest.mark.parametrize("words", [["list", "check", "/nowhere/x"], ["list check", "/nowhere/x"]])
def test_two_words_may_be_given_as_one(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words, {}) == 3
    assert "/nowhere/x is not there" in printed(capsys)


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
        assert named in printed(capsys)


def test_who_reads_no_more_is_not_told_of_it(ltf: LtfRepository) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as closed:
        words = [sys.executable, "-m", "ltf_ci", "check", str(ltf.directory), "--tag", "9-1"]
        ended = subprocess.run(words, stdout=closed, stderr=subprocess.PIPE, check=False)
    assert (ended.returncode, ended.stderr) == (128 + signal.SIGPIPE, b"")


PROGRAM = [sys.executable, "-m", "ltf_ci"]


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_stream_that_is_closed_is_not_missed(ltf: LtfRepository, closed: str) -> None:
    words = ["sh", "-c", f'exec "$@" {closed}', "sh", *PROGRAM, "check", str(ltf.directory)]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    assert ended.returncode == 0
    assert ended.stderr in ("", "check       done       without a tag\ndone: 1 notice\n")


def test_an_outcome_that_finds_no_room_is_told(ltf: LtfRepository) -> None:
    with Path("/dev/full").open("w") as full:
        words = [*PROGRAM, "check", str(ltf.directory), "--tag", "9-1"]
        ended = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (
        1,
        "error: the outcome cannot be written: No space left on device\n",
    )


def test_letters_that_the_terminal_lacks_are_escaped(ltf: LtfRepository) -> None:
    ltf.manifest.write_text(ltf.manifest.read_text().replace(", unittest", ", \u00fcnittest"))
    environ = {**os.environ, "PYTHONIOENCODING": "ascii"}
    words = [*PROGRAM, "check", str(ltf.directory), "--tag", "9-1"]
    ended = subprocess.run(words, capture_output=True, text=True, check=False, env=environ)
    assert ended.returncode == 1
    assert "'Python (3.7.4), \\xfcnittest'" in ended.stdout


def test_the_folder_s_repository_counts_and_not_that_of_a_hook(ltf: LtfRepository, tmp_path: Path) -> None:
    ltf.tag("3.7.4-18")
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    environ = {**os.environ, "GIT_DIR": str(other / ".git"), "GIT_WORK_TREE": str(other)}
    words = [*PROGRAM, "check", str(ltf.directory)]
    ended = subprocess.run(words, capture_output=True, text=True, check=False, env=environ, cwd=other)
    assert "against the tag 3.7.4-18" in ended.stderr


def test_who_has_no_home_has_no_login_there() -> None:
    program = (
        "import os; from ltf_ci.cli import _access; from ltf_ci.options.login import Login; "
        "os.setresuid(54321, 0, 0); print(_access(Login(), None, {}).docker_config)"
    )
    environ = {name: value for name, value in os.environ.items() if name != "HOME"}
    words = [sys.executable, "-c", program]
    ended = subprocess.run(words, capture_output=True, text=True, check=False, env=environ)
    assert (ended.stdout, ended.stderr) == ("/dev/null/.docker\n", "")


def test_a_line_end_that_was_pasted_with_a_secret_is_no_part_of_it() -> None:
    names = ("LTF_CI_TOKEN", "LTF_CI_GIT_TOKEN", "LTF_CI_REGISTRY_USERNAME", "LTF_CI_REGISTRY_PASSWORD")
    environ = {name: f"{name}\r\n" for name in names}
    login = Given(argparse.Namespace(), environ, lambda _: {}).request(Login)
    given = _access(login, None, environ)
    assert given.token
    assert given.git_token
    assert given.credentials
    there = given.token.reveal(), given.git_token.reveal(), given.credentials.username
    assert (*there, given.credentials.password.reveal()) == names
