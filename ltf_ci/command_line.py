"""The words of a command line: how they are parsed, and the help."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NoReturn

from ltf_ci.options.option import Kind, Option, options_of
from ltf_ci.options.output import Output
from ltf_ci.verbs import COMMANDS, GROUPS, Command

WIDTH = 80  # to ask the terminal would import all of shutil, in every run
_FORMATTER = partial(argparse.HelpFormatter, width=WIDTH)
_RAW = partial(argparse.RawDescriptionHelpFormatter, width=WIDTH)
PROGRAM = "ltf-ci"
_ABOUT = "Take an LTF repository of cyber-dojo from a pushed git tag to a released image and a pull request."


def parse(words: Sequence[str]) -> argparse.Namespace:
    """Return what a command line says, by Requests' fields; or end where it asks for help, or is not understood."""
    number = _command_at(words)
    top = _top()
    given = top.parse_args(words[:number])
    rest = _apart(words[number:])
    if rest[:1] == ["version"]:
        return top.parse_args(["--version"])
    if rest[:1] == ["help"]:
        rest = [*rest[1:], "--help"]
    if rest in ([], ["--help"]):
        top.print_help()
        top.exit()
    command = COMMANDS.get(rest[0]) or COMMANDS.get(" ".join(rest[:2])) or _unknown(rest)
    verb = command_parser(command)
    arguments, others = verb.parse_known_args(rest[len(command.name.split(" ")) :], given)
    if others:
        known = [text for option in every_option(command) for text in _flags(option)]
        alone = {f"--{option.name}": option.metavar for option in every_option(command) if option.positional}
        verb.error(f"unknown: {' '.join(others)}{suggestion(others[0].partition('=')[0], known, alone)}")
    arguments.command = command.name
    return arguments


def command_parser(command: Command) -> argparse.ArgumentParser:
    """Return the parser of one command's options."""
    options = every_option(command)
    named = "".join(
        f" [{option.metavar}{' ...' * (option.kind is Kind.MANY)}]" for option in options if option.positional
    )
    usage, about = f"{PROGRAM} {command.name} [OPTION ...]{named}", f"{command.about[0].upper()}{command.about[1:]}"
    # No abbreviation: a new option would make it mean another.
    verb = _Parser(f"{PROGRAM} {command.name}", usage, about, formatter_class=_FORMATTER, allow_abbrev=False)
    groups: dict[str, argparse._ArgumentGroup] = {}
    for option in options:
        if option.heading not in groups:
            groups[option.heading] = verb.add_argument_group(option.heading)
        _add_option(groups[option.heading], option)
    return verb


def _top() -> argparse.ArgumentParser:
    usage = f"{PROGRAM} [OPTION ...] COMMAND ..."
    rest = f"Options of a command: {PROGRAM} help COMMAND"
    top = _Parser(
        prog=PROGRAM, usage=usage, description=_ABOUT, epilog=f"{_commands()}\n\n{rest}", formatter_class=_RAW
    )
    top.add_argument("-V", "--version", action=_Version)
    top.add_argument("-C", dest="chdir", metavar="DIR", help="run as if started in this folder")
    for option in options_of(Output):
        _add_option(top, option)
    return top


def _commands() -> str:
    """Return every command, in groups."""
    return "\n\n".join(
        "\n".join([f"{heading}:", *(f"  {name:<19} {COMMANDS[name].about}" for name in names)])
        for heading, names in GROUPS.items()
    )


def _command_at(words: Sequence[str]) -> int:
    """Return where the command's first word is, behind the options of every command."""
    takes_word = {"-C", *(f"--{option.name}" for option in options_of(Output) if option.kind is not Kind.SWITCH)}
    number = 0
    while number < len(words) and words[number].startswith("-"):
        number += 1 + (words[number] in takes_word)
    return min(number, len(words))


def _apart(words: Sequence[str]) -> list[str]:
    """Take a command of two words apart that was given as one, as the action does."""
    return [*words[0].split(" "), *words[1:]] if words and words[0] in COMMANDS else [*words]


def _unknown(words: Sequence[str]) -> NoReturn:
    """End: the words name no command, but perhaps the first word of some."""
    verbs = [name for name in COMMANDS if name.startswith(f"{words[0]} ")]
    if words[1:2] == ["--help"] and verbs:
        _print("\n".join(f"{PROGRAM} {name:<19} {COMMANDS[name].about}" for name in verbs))
        raise SystemExit(0)
    name = " ".join(words[: 2 if verbs else 1])
    if verbs and len(words) == 1:
        _end(f"{name!r} is half a command", ", ".join(verbs), f"{PROGRAM} help {name}")
    _end(f"unknown command {name!r}{suggestion(name, COMMANDS)}", f"a command of {PROGRAM}", f"{PROGRAM} --help")


def _end(found: str, expected: str, cure: str) -> NoReturn:
    """End, and print what is wrong with the words."""
    from ltf_ci.model.printable import printable  # seldom needed

    sys.stderr.write(
        f"error: {printable(found)}\n  expected: {expected}\n  what to do: {cure}\n"
    )  # argparse hides a full disk
    raise SystemExit(2)


def suggestion(word: str, known: Iterable[str], alone: Mapping[str, str] | None = None) -> str:
    from ltf_ci.mistyped import meant  # seldom needed

    return meant(word, known, alone or {})


class _Parser(argparse.ArgumentParser):
    def format_help(self) -> str:
        from ltf_ci.examples import EXAMPLES, epilog  # for the help alone

        name = self.prog.removeprefix(f"{PROGRAM} ")
        return f"{super().format_help()}\n{epilog(name)}" if name in EXAMPLES else super().format_help()

    def error(self, message: str) -> NoReturn:
        from ltf_ci.mistyped import expected_in, plain  # seldom needed

        found = plain(message)
        _end(found, expected_in(found, self.prog), f"{self.prog} --help")


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")


class _Version(argparse.Action):
    def __init__(self, option_strings: Sequence[str], dest: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help="show the version and stop")

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version  # slow to import, and seldom asked for

        _print(f"{PROGRAM} {version('ltf-ci')}")
        parser.exit()


def every_option(command: Command) -> tuple[Option, ...]:
    return (*options_of(command.verb.Request), *options_of(Output))


def _flags(option: Option) -> tuple[str, ...]:
    """Return the words that give an option."""
    short = (f"-{option.short}",) if option.short else ()
    return () if option.positional else (*short, f"--{option.name}")


def _add_option(group: argparse._ActionsContainer, option: Option) -> None:
    flags = _flags(option)
    more: dict[str, Any] = {"dest": option.field, "default": argparse.SUPPRESS}
    about = help_of(option)
    if option.kind is Kind.SWITCH:
        group.add_argument(*flags, action="store_true", help=about, **more)
        group.add_argument(f"--no-{option.name}", action="store_false", help=argparse.SUPPRESS, **more)
    elif option.positional:
        many = "*" if option.kind is Kind.MANY else "?"
        group.add_argument(option.field, nargs=many, metavar=option.metavar, help=about, default=argparse.SUPPRESS)
    else:
        group.add_argument(*flags, metavar=option.metavar, help=about, **more, **_how_many(option))


def _how_many(option: Option) -> dict[str, Any]:
    if option.kind is Kind.MANY:
        return {"action": "extend", "nargs": "+"} if option.several else {"action": "append"}
    return {} if option.bare is None else {"nargs": "?", "const": option.bare}


def help_of(option: Option) -> str:
    """Return an option's help: what it is for, its choices and default, and its environment variable."""
    return f"{option.about} [{'; '.join(_notes(option))}]".replace("%", "%%")


def _notes(option: Option) -> Iterator[str]:
    if option.kind is Kind.MANY and not option.positional:
        yield "several: " + ("one after the other" if option.several else "repeat it")
    if option.kind is Kind.MANY and option.choices:
        yield f"one of {', '.join(option.choices)}"
    if option.kind is Kind.SWITCH and option.default:
        yield f"on; --no-{option.name} turns it off"
    elif option.kind is not Kind.SWITCH and option.default_text:
        yield f"default {option.default_text}"
    yield f"${option.variable}"
