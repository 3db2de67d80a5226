"""What an option and a command are; options/ and verbs.py have the tables of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from operator import attrgetter
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
    bare: str | None = None  # what its flag says where no word follows it; None where one must
    words: bool = False  # whether several stand in one line of the environment, with spaces between
    several: bool = False  # whether several words may follow its flag, which is then given once
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
            return tuple(self.parse(each.strip()) for each in self._split(value) if each.strip())
        return self.parse(value)

    def _split(self, value: str) -> list[str]:
        return value.split() if self.words else value.splitlines()


def late(module: str, name: str) -> Callable[[str], Any]:
    """Return a parser of a module that is imported when it is first used: `check` does not pay for the others."""

    def parse(text: str) -> Any:
        return attrgetter(name)(import_module(f"ltf_ci.{module}"))(text)

    return parse


def switch(name: str, text: str, *, default: bool = False, in_settings: bool = True) -> Option:
    """Return an option that is given or not."""
    return Option(name=name, help=text, kind=Kind.SWITCH, default=default, in_settings=in_settings)


def many(name: str, text: str, metavar: str, parse: Callable[[str], Any] = str) -> Option:
    """Return an option that may be given again and again."""
    return Option(name=name, help=text, kind=Kind.MANY, parse=parse, default=(), metavar=metavar)


@dataclass(frozen=True, slots=True)
class Command:
    """A verb of one word or two: its module is `ltf_ci.commands.NAME`, its Request has a field for each option."""

    name: str
    help: str
    options: tuple[str, ...]
    at_github: bool = False  # whether it asks GitHub's API, which takes a login

    @property
    def module(self) -> str:
        """The module that carries it out."""
        return f"ltf_ci.commands.{re.sub('[ -]', '_', self.name)}"


def _switch(name: str, value: str) -> bool:
    if value.lower() not in ("true", "false"):
        raise UsageError(f"{name} is {value!r}", expected="true or false")
    return value.lower() == "true"
