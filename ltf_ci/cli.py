"""The only reader of argv and of the environment, and the only place where an error becomes an exit code."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from ltf_ci.commands.outside import Outside, Surroundings
from ltf_ci.errors import LtfError, UsageError
from ltf_ci.model.secret import Secret
from ltf_ci.options import COMMANDS, OPTIONS, Command, Kind, Option
from ltf_ci.report import Format, Report

UNEXPECTED = 70
INTERRUPTED = 130
SETTINGS = Path(".github/ltf-ci.yml")


def main(argv: Sequence[str] | None = None, environ: Mapping[str, str] | None = None) -> int:
    """Run one command; give its exit code (they are listed in ltf_ci/errors.py)."""
    words = sys.argv[1:] if argv is None else argv  # noqa: TID251 - the one place
    environ = os.environ if environ is None else environ  # noqa: TID251 - the one place
    arguments = parser(words).parse_args(words)
    command = COMMANDS[arguments.command]
    report = _report(arguments.format or environ.get("LTF_CI_FORMAT"), environ)
    try:
        return _run(command, arguments, environ, report)
    except LtfError as error:
        report.error(command.name, error)
        return error.exit_code
    except KeyboardInterrupt:
        report.error(command.name, LtfError("interrupted", cure="run it again: it goes on where it stopped"))
        return INTERRUPTED


def parser(words: Sequence[str] = ()) -> argparse.ArgumentParser:
    """Build the parser: with the options of the command that the words name, or of all without words."""
    top = argparse.ArgumentParser(prog="ltf-ci", description=__import__("ltf_ci").__doc__)
    top.add_argument("--version", action=_Version)
    verbs = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS.values():
        verb = verbs.add_parser(command.name, help=command.help, description=command.help)
        if not words or command.name in words:
            _add_options(verb, command)
    return top


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
    name = option.field if option.positional else f"--{option.name}"
    if option.kind is Kind.SWITCH:
        verb.add_argument(name, action=argparse.BooleanOptionalAction, default=None, help=option.help)
    elif option.positional:
        many = option.kind is Kind.MANY
        verb.add_argument(
            name, nargs="*" if many else "?", default=None, metavar=option.metavar, help=option.help
        )
    else:
        action = "append" if option.kind is Kind.MANY else "store"
        verb.add_argument(name, action=action, dest=option.field, metavar=option.metavar, help=option.help)


def _run(command: Command, arguments: argparse.Namespace, environ: Mapping[str, str], report: Report) -> int:
    request = _request(command, arguments, environ)
    with Outside(_surroundings(environ), log=report.log) as outside:
        outcome = import_module(command.module).run(request, outside)
    report.outcome(command.name, outcome)
    return 1 if outcome.failed else 0


def _request(command: Command, arguments: argparse.Namespace, environ: Mapping[str, str]) -> Any:
    folder = Path(getattr(arguments, "directory", None) or environ.get("LTF_CI_DIRECTORY") or ".")
    settings = _settings(folder) if "directory" in command.options else {}
    values = {
        option.field: _value(option, arguments, environ, settings)
        for option in map(OPTIONS.get, command.options)
        if option
    }
    return import_module(command.module).Request(**values)


def _value(
    option: Option, arguments: argparse.Namespace, environ: Mapping[str, str], settings: Mapping[str, Any]
) -> Any:
    """Take the first that is given: flag, environment, settings, default."""
    given = getattr(arguments, option.field)
    if isinstance(given, list) and given:
        return tuple(option.parse(word) for word in given)
    if given is not None and given != []:
        return given if option.kind is Kind.SWITCH else option.parse(given)
    if environ.get(option.variable):  # an action's input that is not given is an empty variable
        return option.read(environ[option.variable])
    if option.from_settings and option.name in settings:
        return settings[option.name]
    return option.default


def _settings(folder: Path) -> Mapping[str, Any]:
    path = folder / SETTINGS
    if not path.is_file():
        return {}
    from ltf_ci.clients.settings_file import read_settings  # YAML is slow to import

    return read_settings(path)


def _report(form: str | None, environ: Mapping[str, str]) -> Report:
    on_github = environ.get("GITHUB_ACTIONS") == "true"
    files = {
        name: Path(environ[name]) if environ.get(name) else None
        for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")
    }
    return Report(
        _format(form or (Format.GITHUB if on_github else Format.TEXT)),
        sys.stdout,
        outputs=files["GITHUB_OUTPUT"],
        summary=files["GITHUB_STEP_SUMMARY"],
    )


def _format(text: str) -> Format:
    if text not in tuple(Format):
        raise UsageError(f"format is {text!r}", expected="text, github or json")
    return Format(text)


def _surroundings(environ: Mapping[str, str]) -> Surroundings:
    return Surroundings(
        environ=environ,
        token=Secret(environ.get("LTF_CI_TOKEN", "")),
        registry=environ.get("LTF_CI_REGISTRY") or "docker.io",
        registry_username=environ.get("LTF_CI_REGISTRY_USERNAME", ""),
        registry_password=Secret(environ.get("LTF_CI_REGISTRY_PASSWORD", "")),
        github_api_url=environ.get("GITHUB_API_URL") or "https://api.github.com",
        repository=_repository(environ),
        docker_host=environ.get("DOCKER_HOST", ""),
        docker_config=Path(environ["DOCKER_CONFIG"]) if environ.get("DOCKER_CONFIG") else None,
    )


def _repository(environ: Mapping[str, str]) -> str:
    server, name = environ.get("GITHUB_SERVER_URL"), environ.get("GITHUB_REPOSITORY")
    return f"{server}/{name}" if server and name else ""
