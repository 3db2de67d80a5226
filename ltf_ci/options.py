"""What each command can be told: one table, from which flags and environment come.

An option has one name everywhere: `--language-version` as a flag is `LTF_CI_LANGUAGE_VERSION` in the environment.
The first of these that is given wins; then the default.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from ltf_ci.errors import UsageError
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag


class Kind(StrEnum):
    """How an option is written."""

    TEXT = "text"
    SWITCH = "switch"  # given or not; `true` or `false` in the environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One thing that a command can be told. `parse` reads one word of it, or raises LtfError."""

    name: str
    help: str
    kind: Kind = Kind.TEXT
    parse: Callable[[str], Any] = str
    default: Any = None
    metavar: str = "TEXT"
    positional: bool = False

    @property
    def variable(self) -> str:
        """The environment variable's name."""
        return "LTF_CI_" + self.name.upper().replace("-", "_")

    @property
    def field(self) -> str:
        """The field's name in the command's Request."""
        return self.name.replace("-", "_")

    def read(self, value: str) -> Any:
        """Read the option from the environment's text."""
        if self.kind is Kind.SWITCH:
            return _switch(self.name, value)
        return self.parse(value)


@dataclass(frozen=True, slots=True)
class Command:
    """A verb: its module is `ltf_ci.commands.NAME`, its Request has a field for each option."""

    name: str
    help: str
    options: tuple[str, ...]

    @property
    def module(self) -> str:
        """The module that carries it out."""
        return f"ltf_ci.commands.{self.name}"


def _switch(name: str, value: str) -> bool:
    if value.lower() not in ("true", "false"):
        raise UsageError(f"{name} is {value!r}", expected="true or false")
    return value.lower() == "true"


def _switch_option(name: str, text: str) -> Option:
    return Option(name=name, help=text, kind=Kind.SWITCH, default=False)


_ALL = (
    Option(
        name="directory",
        help="the repository's folder",
        parse=Path,
        default=Path(),
        metavar="DIR",
        positional=True,
    ),
    Option(name="tag", help="the git tag to check; without it the tag at HEAD", parse=ReleaseTag.parse, metavar="TAG"),
    Option(
        name="language-version",
        help="the first, or next, revision of this version",
        parse=LanguageVersion.parse,
        metavar="VERSION",
    ),
    _switch_option("push", "push the branch and the tag, both or neither"),
    _switch_option("dry-run", "show the plan, and carry nothing out"),
)
OPTIONS = {option.name: option for option in _ALL}

COMMANDS = {
    command.name: command
    for command in (
        Command("check", "do git tag, image_name and display_name agree?", ("directory", "tag")),
        Command(
            "next", "write, commit and tag the next revision", ("directory", "language-version", "push", "dry-run")
        ),
    )
}
