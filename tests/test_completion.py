"""The scripts by which shells complete words, asked as the shells ask them."""

from __future__ import annotations

import subprocess

import pytest

from ltf_ci.cli import main
from ltf_ci.completion import Shell, script
from ltf_ci.verbs import COMMANDS

ASK = """
source /dev/stdin <<< "$SCRIPT"
COMP_WORDS=(ltf-ci "$@") COMP_CWORD=$#
_ltf_ci
printf '%s\\n' "${COMPREPLY[@]}"
"""


def completed(*words: str) -> list[str]:
    told = ["bash", "-c", ASK, "bash", *words]
    return subprocess.run(
        told, env={"SCRIPT": script(Shell.BASH)}, capture_output=True, text=True, check=True
    ).stdout.split()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["rel"], ["release"]),
        (["dep"], ["dependents"]),
        (["list", ""], ["check", "images", "convert", "lock", "refresh"]),
        (["list", "check", "--all"], ["--allow", "--allow-local"]),
        (["release", "--late"], ["--latest"]),
        (["release", "--latest", ""], ["auto", "always", "never"]),
        (["release", "--dry-run", "--no-t"], ["--no-test"]),
        (["check", "--format", "j"], ["json"]),
        (["check", "dir"], []),
    ],
)
def test_bash_is_offered_what_may_come_next(words: list[str], expected: list[str]) -> None:
    assert completed(*words) == expected


@pytest.mark.parametrize("shell", Shell)
def test_a_script_is_printed_and_names_every_command(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell], {}) == 0
    out, err = capsys.readouterr()
    assert (out, err) == (script(shell), "")
    assert [word for name in COMMANDS for word in name.split() if word not in out] == []


@pytest.mark.parametrize("shell", Shell)
def test_the_shell_reads_its_script(shell: Shell) -> None:
    subprocess.run([shell, "-n", "/dev/stdin"], input=script(shell), text=True, check=True)


def test_a_shell_must_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion"], {}) == 2
    assert "expected: bash, zsh or fish" in capsys.readouterr().err
