"""How a run shows what it does: options of every command."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from ltf_ci.options.option import Options, choice, switch, value


class Format(StrEnum):
    """How an outcome is written to standard output."""

    TEXT = "text"
    GITHUB = "github"
    JSON = "json"


class Copy(Options):
    """Output."""

    report: Path | None = value("write the outcome to this file too, as JSON", Path, "FILE", default=None)


class Output(Copy):
    """Output."""

    format: Format | None = choice(
        "how to show the outcome; in a workflow it is github", Format, default=None, in_action=False
    )
    quiet: bool = switch(
        "show findings and errors alone: no steps, and nothing of other programs", short="q", in_action=False
    )
    verbose: bool = switch("show each part of a run as it begins", short="v", in_action=False)
    timings: bool = switch("show where the time went, part by part")
