"""The words of a command line: how they are parsed, and what they say together with environment and settings."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ltf_ci.options.option import Kind, Option, options_of
from ltf_ci.options.output import Output
from ltf_ci.verbs import COMMANDS, Command

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

R = TypeVar("R", bound="DataclassInstance")
Settings = Callable[[Path], Mapping[str, object]]
WIDTH = 80  # to ask the terminal would import all of shutil, in every run


def parser(words: Sequence[str] = ()) -> argparse.ArgumentParser:
    """Build the parser: of the one command that the words begin with, else of all, without their options."""
    top = argparse.ArgumentParser(prog="ltf-ci", description=__import__("ltf_ci").__doc__, formatter_class=_formatter)
    top.add_argument("--version", action=_Version)
    verbs = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    named = COMMANDS.get(words[0]) or COMMANDS.get(" ".join(words[:2])) if words else None
    groups: dict[str, Any] = {"": verbs}
    for command in (named,) if named else COMMANDS.values():
        first, _, second = command.name.rpartition(" ")
        if first not in groups:
            group = verbs.add_parser(first, help=f"{first} …: see `ltf-ci {first} --help`", formatter_class=_formatter)
            groups[first] = group.add_subparsers(required=True, metavar="VERB")
        about = command.about
        verb = groups[first].add_parser(second, help=about, description=about, formatter_class=_formatter)
        verb.set_defaults(command=command.name)
        if named:
            _add_options(verb, command)
    return top


def words_of(words: Sequence[str]) -> Sequence[str]:
    """Take a command of two words apart that was given as one, as the action does."""
    return [*words[0].split(" "), *words[1:]] if words and words[0] in COMMANDS else words


def _formatter(prog: str) -> argparse.HelpFormatter:
    return argparse.HelpFormatter(prog, width=WIDTH)


class _Version(argparse.Action):
    def __init__(self, option_strings: Sequence[str], dest: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help="show the version and stop")

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version  # slow to import, and seldom asked for

        parser.exit(message=f"ltf-ci {version('ltf-ci')}\n")


def _add_options(verb: argparse.ArgumentParser, command: Command) -> None:
    groups: dict[str, argparse._ArgumentGroup] = {}
    for option in (*options_of(command.verb.Request), *options_of(Output)):
        if option.heading not in groups:
            groups[option.heading] = verb.add_argument_group(option.heading)
        _add_option(groups[option.heading], option)


def _add_option(group: argparse._ArgumentGroup, option: Option) -> None:
    name, about = f"--{option.name}", help_of(option)
    if option.kind is Kind.SWITCH:
        group.add_argument(name, dest=option.field, action="store_true", default=None, help=about)
        group.add_argument(
            f"--no-{option.name}", dest=option.field, action="store_false", default=None, help=argparse.SUPPRESS
        )
    elif option.positional:
        many = "*" if option.kind is Kind.MANY else "?"
        group.add_argument(option.field, nargs=many, metavar=option.metavar, help=about)
    else:
        group.add_argument(name, dest=option.field, metavar=option.metavar, help=about, **_how_many(option))


def _how_many(option: Option) -> dict[str, Any]:
    if option.kind is Kind.MANY:
        return {"action": "extend", "nargs": "+"} if option.several else {"action": "append"}
    return {} if option.bare is None else {"nargs": "?", "const": option.bare}


def help_of(option: Option) -> str:
    """Return an option's help: what it is for, its choices and default, and its environment variable."""
    return f"{option.about} [{'; '.join(_notes(option))}]".replace("%", "%%")


def _notes(option: Option) -> Iterator[str]:
    if option.kind is Kind.MANY and not option.positional:
        yield "several: " + ("one after the other" if option.several else "give it again")
    if option.kind is Kind.MANY and option.choices:
        yield f"one of {', '.join(option.choices)}"
    if option.kind is Kind.SWITCH and option.default:
        yield f"on; --no-{option.name} turns it off"
    elif option.kind is not Kind.SWITCH and option.default_text:
        yield f"default {option.default_text}"
    yield f"${option.variable}"


class Given:
    """What a run was given, by the words of its command line, by the environment and by settings."""

    def __init__(self, arguments: argparse.Namespace, environ: Mapping[str, str], settings: Settings) -> None:
        self._arguments, self._environ, self._settings = arguments, environ, settings

    def request(self, kind: type[R], folder: Path | None = None) -> R:
        """Return a command's Request: in the folder that it names, or in another one by that one's settings."""
        options = options_of(kind)
        own = next((option for option in options if option.name == "directory"), None)
        if folder is None and own:
            named = self._value(own, {})
            folder = named if isinstance(named, Path) else None
        settled = self._settings(folder) if folder else {}
        values = {option.field: self._value(option, settled) for option in options}
        return kind(**{**values, **({"directory": folder} if own and folder else {})})

    def _value(self, option: Option, settled: Mapping[str, object]) -> object:
        """Take the first that is given: flag, environment, settings, default."""
        given = getattr(self._arguments, option.field, None)  # another command's options are not all among the words
        if given not in (None, []):  # no word at all where there may be many
            return _given(option, given)
        text = self._environ.get(option.variable, "")
        if text.strip():  # an action's input that is not given is an empty variable, or line
            return option.read(text)
        return settled.get(option.name, option.default)


def _given(option: Option, given: Any) -> object:
    if option.kind is Kind.MANY:
        return tuple(option.parse(word) for word in given)
    return given if option.kind is Kind.SWITCH else option.parse(given)
