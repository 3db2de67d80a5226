"""What a run was given: for each option the first of command line, environment, settings and default that has it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar

from ltf_ci.command_line import every_option, suggestion
from ltf_ci.errors import LtfError, UsageError
from ltf_ci.model.finding import Place
from ltf_ci.options.login import Login
from ltf_ci.options.option import Kind, Option, Options, options_of
from ltf_ci.options.output import Output
from ltf_ci.verbs import COMMANDS

R = TypeVar("R")
_OWN = ("LTF_CI_COMMAND",)  # the action's


class Settings(Protocol):
    """What repositories settle for themselves."""

    def read(self, directory: Path, /) -> Mapping[str, object]:
        """Return the values of the options that a repository settles."""

    def places(self, directory: Path, /) -> Mapping[str, Place]:
        """Return where the settings have each value."""


class Given:
    """What a run was given, by the words of its command line, by the environment and by settings."""

    def __init__(self, arguments: argparse.Namespace, environ: Mapping[str, str], settings: Settings) -> None:
        self._arguments, self._environ, self._settings = arguments, environ, settings
        self._folder: Path | None = None  # whose settings count first

    def request(self, kind: type[R], folder: Path | None = None) -> R:
        """Return a command's Request: in the folder that it names, or in another one by that one's settings."""
        options = options_of(kind)
        own = next((option for option in options if option.name == "directory"), None)
        if folder is None and own:
            named = self._value(own, {})
            folder = named if isinstance(named, Path) else None
        self._folder = self._folder or folder
        settled = self._settings.read(folder) if folder else {}
        values = {option.field: self._value(option, settled) for option in options}
        made: Callable[..., R] = kind
        return made(**{**values, **({"directory": folder} if own and folder else {})})

    def named(self, error: LtfError, kind: type[Options]) -> LtfError:
        """Return an error with the option that has the value which it is about, and where that has it."""
        if not error.about or error.place:
            return error
        settled = self._settings.read(self._folder) if self._folder else {}
        given = {option.name: self._value(option, settled) for option in options_of(kind)}
        name = next((name for name, value in {**settled, **given}.items() if _has(value, error.about)), "")
        origin = self._origin(name)
        error.found = f"{name if isinstance(origin, Place) else origin}: {error.found}" if origin else error.found
        return error.found_at(origin) if isinstance(origin, Place) else error

    def _origin(self, name: str) -> str | Place:
        """Return the flag, the variable or the place in the settings that an option's value is of; empty for none."""
        option = Option(about="", name=name)
        if self._is_in_words(option) or self._environ.get(option.variable, "").strip():
            return f"--{name}" if self._is_in_words(option) else option.variable
        return self._settings.places(self._folder).get(name, "") if self._folder else ""

    def _is_in_words(self, option: Option) -> bool:
        return getattr(self._arguments, option.field, None) not in (None, [])

    def unknown_variables(self, kind: type[Options]) -> Iterator[str]:
        """Return a sentence about each variable that looks like an option's, and is none."""
        own = {option.variable for one in (kind, Output, Login) for option in options_of(one)}
        set_ones = {name for name, text in self._environ.items() if name.startswith("LTF_CI_") and text.strip()}
        if set_ones <= {*own, *_OWN}:
            return
        every = own.union(option.variable for command in COMMANDS.values() for option in every_option(command))
        for name in sorted(set_ones.difference(every, _OWN)):
            yield f"{name} is not a variable of ltf-ci, and is ignored{suggestion(name, every)}"

    def _value(self, option: Option, settled: Mapping[str, object]) -> object:
        """Take the first that is given: flag, environment, settings, default."""
        if self._is_in_words(option):  # another command's options are not all among them
            given = getattr(self._arguments, option.field)
            word = option.name if option.choices else option.metavar
            with _given_by(option, word if option.positional else f"--{option.name}"):
                return _parsed(option, given)
        text = self._environ.get(option.variable, "")
        if text.strip():  # an action's input that is not given is an empty variable, or line
            with _given_by(option, option.variable):
                return option.read(text)
        return settled.get(option.name, option.default)


def _has(given: object, text: str) -> bool:
    """Whether a value, or one of several, is written so."""
    return text in map(str, given if type(given) is tuple else (given,))  # an image's name is a tuple of its own kind


@contextmanager
def _given_by(option: Option, origin: str) -> Iterator[None]:
    """Raise UsageError for a value that cannot be read, whatever reads it; it names where the value came from."""
    try:
        yield
    except LtfError as error:
        of_itself = error.found.startswith((f"{option.name} ", f"{option.variable} "))
        found = f"{origin} {error.found.partition(' ')[2]}" if of_itself else f"{origin}: {error.found}"
        raise UsageError(found, expected=error.expected, cure=error.cure) from error


def _parsed(option: Option, given: Any) -> object:
    if option.kind is Kind.MANY:
        return tuple(option.parse(word) for word in given)
    return given if option.kind is Kind.SWITCH else option.parse(given)
