"""What a person at a terminal is asked before several things are published."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from io import RawIOBase
from pathlib import Path

import pytest

ENVIRON = {name: value for name, value in os.environ.items() if name not in ("CI", "GITHUB_ACTIONS")}


def answered(words: list[str], answer: str, folder: Path, **environ: str) -> tuple[int, str]:
    """Run a command at a terminal, and answer what it asks."""
    person, terminal = pty.openpty()
    os.write(person, answer.encode())
    command = [sys.executable, "-m", "ltf_ci", *words]
    ended = subprocess.run(
        command,
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=terminal,
        cwd=folder,
        env={**ENVIRON, **environ},
        timeout=60,
        check=False,
    )
    os.close(terminal)
    with os.fdopen(person, "rb", buffering=0) as shown:
        return ended.returncode, b"".join(_chunks(shown)).decode()


def _chunks(shown: RawIOBase) -> Iterator[bytes]:
    """Return all that a terminal shows: one read may end early, and the end is an error of Linux."""
    with suppress(OSError):
        while chunk := shown.read(10_000):
            yield chunk


@pytest.mark.parametrize(
    ("words", "answer", "code", "is_asked"),
    [
        (["retag", "--lines", "all"], "n\n", 4, True),
        (["retag", "--lines", "all"], "\n", 4, True),
        (["retag", "--lines", "all"], "y\n", 8, True),  # it goes on, and the folder is no repository
        (["retag", "--lines", "all", "--yes"], "", 8, False),
        (["retag", "--lines", "all", "--dry-run"], "", 8, False),
        (["notify", "python:3.7.4"], "n\n", 4, True),
        (["check"], "", 3, False),
    ],
)
def test_several_releases_at_once_are_asked_for(
    words: list[str], answer: str, code: int, *, is_asked: bool, tmp_path: Path
) -> None:
    found, printed = answered(words, answer, tmp_path)
    assert (found, "Go on? [y/N]" in printed) == (code, is_asked), printed


@pytest.mark.parametrize("name", ["CI", "GITHUB_ACTIONS"])
def test_a_runner_with_a_terminal_is_not_asked(name: str, tmp_path: Path) -> None:
    code, printed = answered(["retag", "--lines", "all"], "", tmp_path, **{name: "true"})
    assert (code, "Go on?" in printed) == (8, False), printed
