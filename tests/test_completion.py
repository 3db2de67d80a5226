"""The scripts by which shells complete words, asked as the shells ask them."""

from __future__ import annotations

import os
import pty
import select
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

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
SHOWN = 'function ltf-ci { printf "GO%s<%s>" T "$*"; }'  # what was typed, in words that the typed line has not
PROMPT = b"ready> "
INTERACTIVE = {
    Shell.BASH: (("bash", "--norc", "-i"), "\t"),
    Shell.ZSH: (("zsh", "-f", "-i"), "\t"),
}


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


TYPED = [
    ("rel", "release"),
    ("list ch", "list check"),
    ("release --late", "release --latest"),
    ("release --latest al", "release --latest always"),
    ("list check --no-im", "list check --no-images"),
    ("check --format j", "check --format json"),
    ("vers", "version"),
]


@pytest.mark.parametrize("shell", INTERACTIVE)
def test_a_person_who_presses_tab_has_the_word(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "script"
    file.write_text(script(shell))
    words, tab = INTERACTIVE[shell]
    with terminal(words, tmp_path) as said:
        said(f"source {file}\n", PROMPT)
        said(f"{SHOWN}\n", PROMPT)
        shown = [said(f"ltf-ci {line}{tab}\n", b"GOT<", PROMPT) for line, _ in TYPED]
    assert [each.partition("GOT<")[2].partition(">")[0] for each in shown] == [whole for _, whole in TYPED]


@contextmanager
def terminal(words: tuple[str, ...], home: Path) -> Iterator[Callable[..., str]]:
    """Run a shell at a terminal; return a function that types a line, and returns what comes until some words came."""
    keys, line_end = pty.openpty()
    environ = {**os.environ, "HOME": str(home), "TERM": "dumb", "PS1": PROMPT.decode()}
    started = ["setsid", "--ctty", "--wait", *words]  # its own session, of which the terminal is
    child = subprocess.Popen(
        started, env=environ, stdin=line_end, stdout=line_end, stderr=line_end, start_new_session=True
    )
    os.close(line_end)

    def said(line: str, *until: bytes) -> str:
        if line:
            os.write(keys, line.encode())
        found, read = b"", 0
        for awaited in until:
            while awaited not in found[read:]:
                assert select.select([keys], [], [], 20)[0], found
                found += os.read(keys, 65536)
            read = found.index(awaited, read) + len(awaited)
        return found.decode()

    try:
        said("", PROMPT)
        yield said
    finally:
        os.close(keys)  # which hangs up: the shell ends
        child.wait(20)


def test_fish_offers_the_words(tmp_path: Path) -> None:
    asked = "".join(f"complete -C 'ltf-ci {line}' | string split -f1 \\t; echo =\n" for line, _ in TYPED)
    ended = subprocess.run(
        ["fish", "-c", script(Shell.FISH) + asked],
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.replace("\n", " ").split(" = ")[:-1] == [whole.rpartition(" ")[2] for _, whole in TYPED]


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
