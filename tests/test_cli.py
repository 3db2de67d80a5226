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
from ltf_ci.command_line import parse
from ltf_ci.given import Given
from ltf_ci.model.github_host import AT_GITHUB
from ltf_ci.options.login import Login
from ltf_ci.verbs import COMMANDS
from tests.support.printing import printed
from tests.support.repositories import LtfRepository, git
from tests.support.settled import Settled


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
def test_every_command_is_known_and_in_the_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert parse(name.split()).command == parse([name]).command == name
    with pytest.raises(SystemExit):
        parse([])
    assert f"  {name} " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], None),
        (["--no-cache"], True),
        (["--no-no-cache"], False),
        (["--test"], True),
        (["--no-test"], False),
    ],
)
def test_a_switch_is_given_by_its_name_and_denied_by_no(words: list[str], expected: bool | None) -> None:  # noqa: FBT001
    told = vars(parse(["publish", *words]))
    assert told.get("test" if "test" in str(words) else "no_cache") is expected


@pytest.mark.parametrize(
    ("words", "code", "named"),
    [
        ([], 0, "Options of a command: ltf-ci help COMMAND"),
        (["help"], 0, "dependents graph"),
        (["--help"], 0, "dependents graph"),
        (["help", "list"], 0, "list convert"),
        (["list", "--help"], 0, "list convert"),
        (["help", "list", "check"], 0, "usage: ltf-ci list check [OPTION ...] [FILE]"),
        (["help", "check"], 0, "usage: ltf-ci check [OPTION ...] [DIR]"),
        (["list images", "-h"], 0, "usage: ltf-ci list images [OPTION ...] [FILE ...]"),
        (["version"], 0, "ltf-ci 0."),
        (["-V"], 0, "ltf-ci 0."),
        (["--version"], 0, "ltf-ci 0."),
        (["relase"], 2, "unknown command 'relase'; did you mean release?"),
        (["list", "chekc"], 2, "unknown command 'list chekc'; did you mean list check?"),
        (["list"], 2, "'list' is half a command\n  expected: list check, list images"),
        (["start-point"], 2, "\n  expected: start-point create\n  what to do: ltf-ci help start-point\n"),
        (["chekc"], 2, "did you mean check?\n  expected: a command of ltf-ci\n  what to do: ltf-ci --help\n"),
        (["watch", "--max"], 2, "unknown: --max\n"),
        (["release", "-dry-run"], 2, "unknown: -dry-run; did you mean --dry-run?"),
        (["release", "--dryrun"], 2, "unknown: --dryrun; did you mean --dry-run?"),
        (["release", "--dryrun=x"], 2, "did you mean --dry-run?"),
        (["list", "check", "--list", "urls"], 2, "unknown: --list; write FILE without --list\n"),
        (["check", ".", "more"], 2, "unknown: more"),
        (["check", "--tag"], 2, "--tag needs a value\n  expected: a value behind it"),
        (["release", "--dry-run=yes"], 2, "--dry-run takes no value, and has 'yes'"),
        (["-x", "check"], 2, "unknown: -x\n  expected: an option of ltf-ci (options of a command come behind"),
        (["check", "-C", "there"], 2, "unknown: -C\n  expected: it before the command: ltf-ci -C DIR check\n"),
        (["retag", "--line", "3.7.4"], 2, "unknown: --line; did you mean --lines?"),
        (["tag"], 2, "unknown command 'tag'; did you mean next?"),
        (["update"], 2, "unknown command 'update'; did you mean init --update?"),
        (["##[error]x"], 2, r"unknown command '##\x5berror]x'"),
        (["check", "--x\n::error::x\x1b"], 2, r"unknown: --x\n::error::x\x1b"),
        (["--formatt", "json", "check"], 2, "--formatt"),
    ],
)
def test_help_is_given_and_what_was_meant_is_suggested(
    words: list[str], code: int, named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words, {})
    out, err = capsys.readouterr()
    assert ended.value.code == code
    assert named in (err if code else out)
    assert (out if code else err) == ""


@pytest.mark.parametrize("words", [["--format", "json", "check"], ["check", "--format", "json"], ["-q", "check"]])
def test_options_of_every_command_may_stand_before_it(words: list[str]) -> None:
    told = vars(parse(words))
    assert told["command"] == "check"
    assert told.get("format") == "json" or told["quiet"]


def test_a_folder_is_gone_to_first(
    ltf: LtfRepository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir("/")  # and back afterwards
    assert main(["-C", str(ltf.directory), "check", "--tag", "9-1"], {}) == 1
    assert "start_point/manifest.json:2:" in printed(capsys)
    assert main(["-C", "/nowhere", "check"], {}) == 3
    assert "-C /nowhere: No such file or directory" in printed(capsys)


@pytest.mark.parametrize(
    ("words", "environ", "says"),
    [
        (["check", "--tag", "3.7..4"], {}, "error: --tag: "),
        (["check", "--only", "x"], {}, "error: --only: 'x' is none of its values\n  expected: manifest or agreement"),
        (["next"], {"LTF_CI_DRY_RUN": "yes"}, "error: LTF_CI_DRY_RUN is 'yes'"),
        (["notify", "x", "--timeout", "0"], {}, "error: --timeout is '0'"),
        (["check"], {"LTF_CI_TAG": "3.7..4"}, "error: LTF_CI_TAG: "),
        (["completion", "bsh"], {}, "error: shell: 'bsh' is none of its values\n  expected: bash, zsh or fish"),
        (["changed", "x y"], {}, "error: IMAGE: "),
        (["check"], {"LTF_CI_RETRY_PAUSE": "x"}, "error: LTF_CI_RETRY_PAUSE is 'x'"),
        (
            ["check"],
            {"LTF_CI_LATST": "x"},
            "LTF_CI_LATST is not a variable of ltf-ci, and is ignored; did you mean LTF_CI_L",
        ),
    ],
)
def test_it_is_said_where_a_value_came_from(
    words: list[str], environ: dict[str, str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(words, environ)
    assert says in printed(capsys)


def test_variables_of_other_commands_and_empty_ones_are_no_mistake(
    ltf: LtfRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {"LTF_CI_COMMAND": "check", "LTF_CI_LATEST": "auto", "LTF_CI_LATST": " ", "LTF_CI_TOKEN": "x"}
    assert main(["check", str(ltf.directory)], environ) == 0
    assert "variable" not in printed(capsys)


def test_what_begins_is_shown_where_that_is_wanted(ltf: LtfRepository, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-v", "check", str(ltf.directory)], {}) == 0
    assert "check ...\n" in printed(capsys)


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
        12,
        "error: the outcome cannot be written: No space left on device\n",
    )


@pytest.mark.parametrize("words", ["check", "chck", "check nowhere", "check --tag", "check --report /nowhere/x"])
def test_messages_that_find_no_room_end_with_the_machine_s_code(ltf: LtfRepository, words: str) -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run([*PROGRAM, *words.split(" ")], stderr=full, cwd=ltf.directory, check=False)
    assert ended.returncode == 12


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


@pytest.mark.parametrize("variable", ["GITHUB_SERVER_URL", "GITHUB_API_URL"])
@pytest.mark.parametrize(
    ("command", "more", "expected"),
    [("check", {}, 0), ("list check", {}, 3), ("list refresh", {}, 2), ("check", {"LTF_CI_GIT_TOKEN": "x"}, 2)],
)
def test_an_address_of_github_that_is_none_stops_who_would_ask_there(
    ltf: LtfRepository,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    command: str,
    more: dict[str, str],
    expected: int,
) -> None:
    monkeypatch.chdir("/")  # and back afterwards
    ltf.tag("3.7.4-18")
    run = {"GITHUB_REPOSITORY": "o/n", "GITHUB_RUN_ID": "1"}
    words = ["-C", str(ltf.directory), *command.split()]
    assert main(words, {variable: "nonsense", **run, **more}) == expected


def test_who_has_no_home_has_no_login_there() -> None:
    program = (
        "import os; from ltf_ci.cli import _access; from ltf_ci.options.login import Login; "
        "os.setresuid(54321, 0, 0); print(_access(Login(), None, {}, None).docker_config)"
    )
    environ = {name: value for name, value in os.environ.items() if name != "HOME"}
    words = [sys.executable, "-c", program]
    ended = subprocess.run(words, capture_output=True, text=True, check=False, env=environ)
    assert (ended.stdout, ended.stderr) == ("/dev/null/.docker\n", "")


def test_a_line_end_that_was_pasted_with_a_secret_is_no_part_of_it() -> None:
    names = ("LTF_CI_TOKEN", "LTF_CI_GIT_TOKEN", "LTF_CI_REGISTRY_USERNAME", "LTF_CI_REGISTRY_PASSWORD")
    environ = {name: f"{name}\r\n" for name in names}
    login = Given(argparse.Namespace(), environ, Settled()).request(Login)
    given = _access(login, None, environ, AT_GITHUB)
    assert given.token
    assert given.git_token
    assert given.credentials
    there = given.token.reveal(), given.git_token.reveal(), given.credentials.username
    assert (*there, given.credentials.password.reveal()) == names
