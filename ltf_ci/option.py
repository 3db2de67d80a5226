"""What an option and a command are; options.py has the table of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ltf_ci.errors import UsageError


class Kind(StrEnum):
    """How an option is written."""

    TEXT = "text"
    SWITCH = "switch"  # given or not; `true` or `false` in the environment
    MANY = "many"  # may be given again and again; a line each in the environment


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
    spelled: str = ""  # the flag, where another command has one of the same spelling that means something else
    in_settings: bool = True  # whether a repository may settle it once and for all, in .github/ltf-ci.yml
    for_one_run: tuple[Any, ...] = ()  # values that it may not settle so

    @property
    def variable(self) -> str:
        """The environment variable's name."""
        return "LTF_CI_" + self.name.upper().replace("-", "_")

    @property
    def flag(self) -> str:
        """The flag, without its dashes."""
        return self.spelled or self.name

    @property
    def field(self) -> str:
        """The field's name in the command's Request."""
        return self.name.replace("-", "_")

    def read(self, value: str) -> Any:
        """Read the option from the environment's text."""
        if self.kind is Kind.SWITCH:
            return _switch(self.name, value)
        if self.kind is Kind.MANY:
            return tuple(self.parse(line.strip()) for line in value.splitlines() if line.strip())
        return self.parse(value)


@dataclass(frozen=True, slots=True)
class Command:
    """A verb of one word or two: its module is `ltf_ci.commands.NAME`, its Request has a field for each option."""

    name: str
    help: str
    options: tuple[str, ...]

    @property
    def module(self) -> str:
        """The module that carries it out."""
        return f"ltf_ci.commands.{self.name.replace(' ', '_')}"


def _switch(name: str, value: str) -> bool:
    if value.lower() not in ("true", "false"):
        raise UsageError(f"{name} is {value!r}", expected="true or false")
    return value.lower() == "true"
