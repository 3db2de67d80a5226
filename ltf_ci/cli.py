"""The only reader of argv and of the environment, and the only place where an error becomes an exit code."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ltf_ci import settings
from ltf_ci.clients.run import Run, Timed, untimed
from ltf_ci.errors import LtfError, OwnMistake, UsageError
from ltf_ci.model.access import APP_KEY, GITHUB, GITHUB_API, Access, App
from ltf_ci.model.image import DOCKER_HUB, registry_host
from ltf_ci.model.outcome import Outcome
from ltf_ci.model.secret import Secret
from ltf_ci.option import Command, Kind, Option, switch
from ltf_ci.options import OPTIONS
from ltf_ci.report import Format, Report
from ltf_ci.verbs import COMMANDS

if TYPE_CHECKING:
    from ltf_ci.model.access import Credentials

INTERRUPTED = 130
TIMINGS = switch("timings", "show where the time went, part by part", in_settings=False)
REPORT = Option(
    name="report", help="write the outcome to this file too, as JSON", parse=Path, metavar="FILE", in_settings=False
)
APP_CLIENT_ID = Option(
    name="app-client-id",
    help=f"act as this GitHub App, whose private key is {APP_KEY}",
    metavar="ID",
    in_settings=False,
)


def main(argv: Sequence[str] | None = None, environ: Mapping[str, str] | None = None) -> int:
    """Run one command; give its exit code (they are listed in ltf_ci/errors.py)."""
    words = _words(sys.argv[1:] if argv is None else argv)  # noqa: TID251 - the one place
    environ = os.environ if environ is None else environ  # noqa: TID251 - the one place
    arguments = parser(words).parse_args(words)
    command = COMMANDS[arguments.command]
    report = _report(environ)
    try:
        report.tell_github(_file(environ, "GITHUB_OUTPUT"), _file(environ, "GITHUB_STEP_SUMMARY"))
        report.copy_to(_value(REPORT, arguments, environ, {}))
        report.use(_format(arguments.format or environ.get("LTF_CI_FORMAT")))
        timed = _stopwatch(report) if _value(TIMINGS, arguments, environ, {}) else untimed
        return _run(command, arguments, environ, report, timed)
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
    named = COMMANDS.get(words[0]) or COMMANDS.get(" ".join(words[:2])) if words else None
    groups: dict[str, Any] = {"": verbs}
    for command in (named,) if named else COMMANDS.values():
        first, _, second = command.name.rpartition(" ")
        if first not in groups:
            group = verbs.add_parser(first, help=f"{first} …: see `ltf-ci {first} --help`", formatter_class=_formatter)
            groups[first] = group.add_subparsers(required=True, metavar="VERB")
        about = command.help
        verb = groups[first].add_parser(second, help=about, description=about, formatter_class=_formatter)
        verb.set_defaults(command=command.name)
        _add_options(verb, command)
    return top


def _words(words: Sequence[str]) -> Sequence[str]:
    """Take a command of two words apart that was given as one, as the action does."""
    return [*words[0].split(" "), *words[1:]] if words and words[0] in COMMANDS else words


def _formatter(prog: str) -> argparse.HelpFormatter:
    return argparse.HelpFormatter(prog, width=100)  # to ask the terminal would import all of shutil, in every run


class _Switch(argparse.BooleanOptionalAction):
    """Given or not; argparse itself takes --no-cache for a denial, where it is the option's own name."""

    def __call__(
        self, _parser: argparse.ArgumentParser, namespace: argparse.Namespace, _values: object, flag: str | None = None
    ) -> None:
        setattr(namespace, self.dest, flag == self.option_strings[0])


class _Version(argparse.Action):
    def __init__(self, option_strings: Sequence[str], dest: str) -> None:
        super().__init__(option_strings, dest, nargs=0, help="show the version and stop")

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version  # slow to import, and seldom asked for

        parser.exit(message=f"ltf-ci {version('ltf-ci')}\n")


def _add_options(verb: argparse.ArgumentParser, command: Command) -> None:
    verb.add_argument("--format", choices=[str(form) for form in Format], help="how to show the outcome")
    login = (APP_CLIENT_ID,) if command.at_github else ()
    for option in (TIMINGS, REPORT, *login, *(OPTIONS[name] for name in command.options)):
        _add_option(verb, option)


def _add_option(verb: argparse.ArgumentParser, option: Option) -> None:
    name, more = f"--{option.flag}", dict[str, Any](dest=option.field, help=option.help)
    if option.kind is Kind.SWITCH:
        verb.add_argument(name, action=_Switch, default=None, **more)
    elif option.positional:
        many = "*" if option.kind is Kind.MANY else "?"
        verb.add_argument(option.field, nargs=many, metavar=option.metavar, help=option.help)
    elif option.kind is Kind.MANY:
        more |= {"action": "extend", "nargs": "+"} if option.several else {"action": "append"}
        verb.add_argument(name, metavar=option.metavar, **more)
    else:
        more |= {} if option.bare is None else {"nargs": "?", "const": option.bare}
        verb.add_argument(name, metavar=option.metavar, **more)


def _stopwatch(report: Report) -> Timed:
    from ltf_ci.stopwatch import Stopwatch  # seldom asked for

    watch = Stopwatch()
    report.timings = lambda: watch.timings
    return watch.timed


def _run(
    command: Command, arguments: argparse.Namespace, environ: Mapping[str, str], report: Report, timed: Timed
) -> int:
    def request_of(name: str, folder: Path) -> Any:
        return _request(COMMANDS[name], arguments, environ, folder)

    access = _access(environ, _app(arguments, environ) if command.at_github else None)
    with closing(Run(access, report.log, request_of, report.progress, timed)) as run:
        outcome: Outcome = import_module(command.module).execute(_request(command, arguments, environ), run)
    report.outcome(command.name, outcome)
    return outcome.exit_code


def _request(
    command: Command, arguments: argparse.Namespace, environ: Mapping[str, str], folder: Path | None = None
) -> Any:
    """Return what a command is told: in the folder that it names, or in another one by that one's settings."""
    options = [OPTIONS[name] for name in command.options]
    if folder is None and "directory" in command.options:
        folder = _value(OPTIONS["directory"], arguments, environ, {})
    settled = settings.read(folder) if folder else {}
    values = {option.field: _value(option, arguments, environ, settled) for option in options}
    own = {"directory": folder} if folder else {}
    return import_module(command.module).Request(**{**values, **own})


def _value(
    option: Option, arguments: argparse.Namespace, environ: Mapping[str, str], settled: Mapping[str, Any]
) -> Any:
    """Take the first that is given: flag, environment, settings, default."""
    given = getattr(arguments, option.field, None)  # another command's options are not all among the words
    if given not in (None, []):  # no word at all where there may be many
        return _given(option, given)
    if environ.get(option.variable, "").strip():  # an action's input that is not given is an empty variable, or line
        return option.read(environ[option.variable])
    return settled.get(option.name, option.default)


def _given(option: Option, given: Any) -> Any:
    if option.kind is Kind.MANY:
        return tuple(option.parse(word) for word in given)
    return given if option.kind is Kind.SWITCH else option.parse(given)


def _app(arguments: argparse.Namespace, environ: Mapping[str, str]) -> App | None:
    """Read which GitHub App the run acts as; its key, as every credential, from the environment alone."""
    client_id, key = _value(APP_CLIENT_ID, arguments, environ, {}), environ.get(APP_KEY)
    if bool(client_id) != bool(key):
        given, expected = f"only one of {APP_CLIENT_ID.variable} and {APP_KEY} is given", "both, or none"
        raise UsageError(given, expected=expected)
    if key and environ.get("LTF_CI_TOKEN"):
        raise UsageError("LTF_CI_TOKEN and a GitHub App's key are both given", expected="one of them")
    return App(client_id, Secret(key.replace("\\n", "\n"))) if key else None  # in one line, as some keep it


def _access(environ: Mapping[str, str], app: App | None = None) -> Access:
    """Read credentials from the environment alone: a command line can be seen by everybody on the machine."""
    username, password = (environ.get(f"LTF_CI_REGISTRY_{name}", "").strip() for name in ("USERNAME", "PASSWORD"))
    if bool(username) != bool(password):
        raise UsageError(
            "only one of LTF_CI_REGISTRY_USERNAME and LTF_CI_REGISTRY_PASSWORD is given", expected="both, or none"
        )
    return Access(
        registry=_registry(environ.get("LTF_CI_REGISTRY")),
        credentials=_credentials(username, password) if username else None,
        token=_secret(environ, "LTF_CI_TOKEN"),
        app=app,
        git_token=_secret(environ, "LTF_CI_GIT_TOKEN"),
        github=environ.get("GITHUB_SERVER_URL") or GITHUB,
        github_api=environ.get("GITHUB_API_URL") or GITHUB_API,
        docker_config=_docker_config(environ),
        pause=_seconds("LTF_CI_RETRY_PAUSE", environ.get("LTF_CI_RETRY_PAUSE") or "1"),
    )


def _secret(environ: Mapping[str, str], name: str) -> Secret | None:
    """Read a token: a line end that was pasted with it is not a part of it."""
    text = environ.get(name, "").strip()
    return Secret(text) if text else None


def _docker_config(environ: Mapping[str, str]) -> Path:
    """Return docker's own folder; who has no home has no login there."""
    try:
        home = Path(environ.get("HOME") or "~").expanduser()
    except RuntimeError:
        home = Path(os.devnull)
    return Path(environ.get("DOCKER_CONFIG") or home / ".docker")


def _registry(text: str | None) -> str:
    if not text:
        return DOCKER_HUB
    from ltf_ci.model.image import image_place  # `check` must not pay for it

    if "/" in text:
        raise UsageError(f"LTF_CI_REGISTRY is {text[:200]!r}", expected="a registry's host: ghcr.io, localhost:5000")
    return registry_host(image_place(text).lower())


def _credentials(username: str, password: str) -> Credentials:
    from ltf_ci.model.access import Credentials  # `check` must not pay for it

    return Credentials(username, Secret(password))


def _seconds(name: str, text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3})?", text):
        raise UsageError(f"{name} is {text[:40]!r}", expected="a number of seconds, 1 say")
    return float(text)


def _report(environ: Mapping[str, str]) -> Report:
    return Report(
        Format.GITHUB if environ.get("GITHUB_ACTIONS") == "true" else Format.TEXT,
        sys.stdout,
        terminal=sys.stderr if sys.stderr.isatty() and not environ.get("CI") else None,
    )


def _file(environ: Mapping[str, str], name: str) -> Path | None:
    return Path(environ[name]) if environ.get(name) else None


def _format(text: str | None) -> Format | None:
    if text and text not in tuple(Format):
        raise UsageError(f"format is {text!r}", expected="text, github or json")
    return Format(text) if text else None
