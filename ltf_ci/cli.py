"""The only reader of argv and of the environment, and the only place where an error becomes an exit code."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ltf_ci import settings
from ltf_ci.commands.outside import Outside
from ltf_ci.errors import LtfError, OwnMistake, UsageError
from ltf_ci.model.access import GITHUB_API, Access
from ltf_ci.model.image import DOCKER_HUB
from ltf_ci.model.outcome import Outcome
from ltf_ci.model.secret import Secret
from ltf_ci.options import COMMANDS, OPTIONS, Command, Kind, Option
from ltf_ci.report import Format, Report

if TYPE_CHECKING:
    from ltf_ci.model.registry import Credentials

INTERRUPTED = 130


def main(argv: Sequence[str] | None = None, environ: Mapping[str, str] | None = None) -> int:
    """Run one command; give its exit code (they are listed in ltf_ci/errors.py)."""
    words = sys.argv[1:] if argv is None else argv  # noqa: TID251 - the one place
    environ = os.environ if environ is None else environ  # noqa: TID251 - the one place
    arguments = parser(words).parse_args(words)
    command = COMMANDS[arguments.command]
    report = _report(environ)
    try:
        report.use(_format(arguments.format or environ.get("LTF_CI_FORMAT")))
        return _run(command, arguments, environ, report)
    except LtfError as error:
        return report.error(command.name, error)
    except KeyboardInterrupt:
        report.error(command.name, LtfError("interrupted", cure="run it again: it goes on where it stopped"))
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the one place: what escapes everything else is our own mistake
        from traceback import format_exception  # slow to import, and never needed

        for line in format_exception(error):
            report.log(line.rstrip())
        found = f"ltf-ci made a mistake of its own: {type(error).__name__}: {error}"
        return report.error(command.name, OwnMistake(found, cure="run it again, and tell its developers"))


def parser(words: Sequence[str] = ()) -> argparse.ArgumentParser:
    """Build the parser: of the one command that the words begin with, else of all."""
    top = argparse.ArgumentParser(prog="ltf-ci", description=__import__("ltf_ci").__doc__, formatter_class=_formatter)
    top.add_argument("--version", action=_Version)
    verbs = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    named = COMMANDS.get(words[0]) if words else None
    for command in (named,) if named else COMMANDS.values():
        about = command.help
        _add_options(verbs.add_parser(command.name, help=about, description=about, formatter_class=_formatter), command)
    return top


def _formatter(prog: str) -> argparse.HelpFormatter:
    return argparse.HelpFormatter(prog, width=100)  # to ask the terminal would import all of shutil, in every run


class _Version(argparse.Action):
    def __init__(self, option_strings: Sequence[str], dest: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help="show the version and stop")

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version  # slow to import, and seldom asked for

        parser.exit(message=f"ltf-ci {version('ltf-ci')}\n")


def _add_options(verb: argparse.ArgumentParser, command: Command) -> None:
    verb.add_argument("--format", choices=[str(form) for form in Format], help="how to show the outcome")
    for option in (OPTIONS[name] for name in command.options):
        _add_option(verb, option)


def _add_option(verb: argparse.ArgumentParser, option: Option) -> None:
    if option.kind is Kind.SWITCH:
        verb.add_argument(f"--{option.name}", action=argparse.BooleanOptionalAction, default=None, help=option.help)
    elif option.kind is Kind.MANY:
        verb.add_argument(
            f"--{option.name}", dest=option.field, action="append", metavar=option.metavar, help=option.help
        )
    elif option.positional:
        verb.add_argument(option.field, nargs="?", metavar=option.metavar, help=option.help)
    else:
        verb.add_argument(f"--{option.name}", dest=option.field, metavar=option.metavar, help=option.help)


def _run(command: Command, arguments: argparse.Namespace, environ: Mapping[str, str], report: Report) -> int:
    request = _request(command, arguments, environ)
    outcome: Outcome = import_module(command.module).run(request, Outside(_access(environ), report.log))
    report.outcome(command.name, outcome)
    return outcome.exit_code


def _request(command: Command, arguments: argparse.Namespace, environ: Mapping[str, str]) -> Any:
    options = [OPTIONS[name] for name in command.options]
    folder = _value(OPTIONS["directory"], arguments, environ, {}) if "directory" in command.options else None
    settled = settings.read(folder) if folder else {}
    values = {option.field: _value(option, arguments, environ, settled) for option in options}
    return import_module(command.module).Request(**values)


def _value(
    option: Option, arguments: argparse.Namespace, environ: Mapping[str, str], settled: Mapping[str, Any]
) -> Any:
    """Take the first that is given: flag, environment, settings, default."""
    given = getattr(arguments, option.field)
    if given is not None:
        return _given(option, given)
    if environ.get(option.variable):  # an action's input that is not given is an empty variable
        return option.read(environ[option.variable])
    return settled.get(option.name, option.default)


def _given(option: Option, given: Any) -> Any:
    if option.kind is Kind.MANY:
        return tuple(option.parse(word) for word in given)
    return given if option.kind is Kind.SWITCH else option.parse(given)


def _access(environ: Mapping[str, str]) -> Access:
    """Read credentials from the environment alone: a command line can be seen by everybody on the machine."""
    username, password = (environ.get(f"LTF_CI_REGISTRY_{name}", "") for name in ("USERNAME", "PASSWORD"))
    if bool(username) != bool(password):
        raise UsageError(
            "only one of LTF_CI_REGISTRY_USERNAME and LTF_CI_REGISTRY_PASSWORD is given", expected="both, or none"
        )
    home = environ.get("DOCKER_CONFIG") or Path(environ.get("HOME") or "~").expanduser() / ".docker"
    return Access(
        registry=_registry(environ.get("LTF_CI_REGISTRY")),
        credentials=_credentials(username, password) if username else None,
        token=Secret(environ["LTF_CI_TOKEN"]) if environ.get("LTF_CI_TOKEN") else None,
        github_api=environ.get("GITHUB_API_URL") or GITHUB_API,
        docker_config=Path(home),
        pause=_seconds("LTF_CI_RETRY_PAUSE", environ.get("LTF_CI_RETRY_PAUSE") or "1"),
    )


def _registry(text: str | None) -> str:
    if not text:
        return DOCKER_HUB
    from ltf_ci.model.build_options import image_place  # `check` must not pay for it

    if "/" in text:
        raise UsageError(f"LTF_CI_REGISTRY is {text[:200]!r}", expected="a registry's host: ghcr.io, localhost:5000")
    return image_place(text).lower()


def _credentials(username: str, password: str) -> Credentials:
    from ltf_ci.model.registry import Credentials  # `check` must not pay for it

    return Credentials(username, Secret(password))


def _seconds(name: str, text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3})?", text):
        raise UsageError(f"{name} is {text[:40]!r}", expected="a number of seconds, 1 say")
    return float(text)


def _report(environ: Mapping[str, str]) -> Report:
    files = {
        name: Path(environ[name]) if environ.get(name) else None for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")
    }
    return Report(
        Format.GITHUB if environ.get("GITHUB_ACTIONS") == "true" else Format.TEXT,
        sys.stdout,
        outputs=files["GITHUB_OUTPUT"],
        summary=files["GITHUB_STEP_SUMMARY"],
    )


def _format(text: str | None) -> Format | None:
    if text and text not in tuple(Format):
        raise UsageError(f"format is {text!r}", expected="text, github or json")
    return Format(text) if text else None
