"""The one door to other programs: a list of words, never a shell."""

from __future__ import annotations

import os
import subprocess  # noqa: TID251 - this is the door
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ltf_ci.errors import MissingTool


@dataclass(frozen=True, slots=True)
class Finished:
    """A program that has ended: its exit status and what it printed."""

    status: int
    output: bytes
    errors: bytes

    @property
    def text(self) -> str:
        """Its standard output as text."""
        return self.output.decode("utf-8", "replace")

    @property
    def complaint(self) -> str:
        """Its standard error as text."""
        return self.errors.decode("utf-8", "replace").strip()


def run(
    words: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    stdin: bytes = b"",
    more_env: Mapping[str, str] | None = None,
    seconds: float | None = None,
) -> Finished:
    """Run a program to its end, in our own environment and `more_env`; or raise MissingTool."""
    try:
        ended = subprocess.run(
            [str(word) for word in words],
            cwd=cwd,
            input=stdin,
            env={**os.environ, **(more_env or {})},  # noqa: TID251 - handed on, not read
            timeout=seconds,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise _missing(words) from error
    return Finished(ended.returncode, ended.stdout, ended.stderr)


def _missing(words: Sequence[str | Path]) -> MissingTool:
    return MissingTool(f"{words[0]} is not on PATH", cure=f"install {words[0]}")
