"""The only reader of argv and of the environment, and the only place where an error becomes an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ltf_ci import settings
from ltf_ci.clients import process
from ltf_ci.clients.run import Run, Timed, untimed
from ltf_ci.command_line import parse
from ltf_ci.errors import BadInput, LtfError, MachineFailed, OwnMistake, Refused, UsageError
from ltf_ci.given import Given
from ltf_ci.model.access import APP_KEY, DOCKER_AUTH, Access
from ltf_ci.model.github_host import AT_GITHUB, GithubHost
from ltf_ci.model.network import Network
from ltf_ci.model.outcome import Conclusion, Outcome
from ltf_ci.options.login import AtGithub, Login
from ltf_ci.options.output import Copy, Format, Output
from ltf_ci.report import Report
from ltf_ci.verbs import COMMANDS, Command

if TYPE_CHECKING:
    from ltf_ci.model.credentials import App, Credentials
    from ltf_ci.model.secret import Secret

INTERRUPTED = 130


def main(argv: Sequence[str] | None = None, environ: Mapping[str, str] | None = None) -> int:
    """Run one command; return its exit code (they are listed in ltf_ci/errors.py)."""
    environ = os.environ if environ is None else environ  # noqa: TID251 - the one place
    arguments = parse(sys.argv[1:] if argv is None else argv)  # noqa: TID251 - the one place
    command, given = COMMANDS[arguments.command], Given(arguments, environ, settings)
    report = _report(environ)
    try:
        _change_folder(arguments.chdir)
        report.write_for_github(_file(environ, "GITHUB_OUTPUT"), _file(environ, "GITHUB_STEP_SUMMARY"))
        report.copy_to(given.request(Copy).report)
        output = given.request(Output)
        data, rows = command.prints_data, command.prints_rows
        report.use(output.format, is_data=data, has_rows=rows, is_quiet=output.quiet)
        for sentence in given.unknown_variables(command.verb.Request):
            report.warn(command.name, sentence)
        timed = _stopwatch(report) if output.timings else untimed
        return _run(command, given, environ, report, _verbose(report, timed) if output.verbose else timed)
    except LtfError as error:
        error = given.named(error, command.verb.Request)
        return report.error(command.name, _explained(_with_help(error, command), environ))
    except KeyboardInterrupt as interrupt:
        _interrupted(command, interrupt, report)
        return INTERRUPTED
    except (OSError, MemoryError) as error:
        if report.is_lost:
            raise
        return report.error(command.name, _machine_failed(error))
    except Exception as error:
        if report.is_lost:
            raise
        return report.error(command.name, _own_mistake(error, report))


def _interrupted(command: Command, interrupt: KeyboardInterrupt, report: Report) -> None:
    """Report an interrupt, with what is known, and what was done by then."""
    error = LtfError("interrupted", cure="run it again: it goes on where it stopped")
    findings, steps = getattr(interrupt, "findings", ()), (*report.shown, *getattr(interrupt, "steps", ()))
    if not findings and not steps:
        report.error(command.name, error)
        return
    reason = "interrupted: this was done and found until then; the rest is not known"
    ended = Outcome(
        conclusion=Conclusion.FAILED,
        reason=reason,
        findings=findings,
        steps=steps,
        outputs={"released": "false"},
        error=error,
    )
    report.outcome(command.name, ended)


def _machine_failed(error: OSError | MemoryError) -> MachineFailed:
    """Return what the system refused, in its words."""
    why = getattr(error, "strerror", None) or "no memory is left"
    file = getattr(error, "filename", None)
    cure = "make room, or look at the folder; then run it again: it goes on where it stopped"
    return MachineFailed(f"{file}: {why}" if file else why, expected="a machine that has room", cure=cure)


def _with_help(error: LtfError, command: Command) -> LtfError:
    """Let a mistake on the command line that names no cure of its own lead to the command's help."""
    if isinstance(error, UsageError) and not error.cure:
        return UsageError(error.found, expected=error.expected, cure=f"ltf-ci help {command.name}")
    return error


def _explained(error: LtfError, environ: Mapping[str, str]) -> LtfError:
    from ltf_ci.fork import explained  # seldom needed

    return explained(error, _file(environ, "GITHUB_EVENT_PATH"))


def _own_mistake(error: Exception, report: Report) -> OwnMistake:
    """Show where a mistake was made, and return it: without its values, of which one may be a secret."""
    from traceback import extract_tb  # slow to import, and never needed

    for frame in extract_tb(error.__traceback__):
        report.log(f"  {frame.filename}:{frame.lineno} in {frame.name}: {frame.line}")
    found = f"ltf-ci made a mistake of its own: {type(error).__name__}"
    return OwnMistake(
        found,
        cure="run it again; if it fails again, report it with the lines above: https://github.com/cyber-dojo-tools/ltf-ci/issues",
    )


def _stopwatch(report: Report) -> Timed:
    from ltf_ci.stopwatch import Stopwatch  # seldom asked for

    watch = Stopwatch()
    report.timings = lambda: watch.timings
    return watch.timed


def _verbose(report: Report, timed: Timed) -> Timed:
    """Show each part as it begins."""

    def shown(name: str) -> AbstractContextManager[None]:
        report.log(f"{name} ...")
        return timed(name)

    return shown


def _change_folder(folder: str | None) -> None:
    """Go to the folder that `-C` names, or raise BadInput."""
    try:
        if folder:
            os.chdir(folder)
    except OSError as error:
        raise BadInput(f"-C {folder}: {error.strerror}", expected="a folder", cure="check the folder's name") from error


def _run(command: Command, given: Given, environ: Mapping[str, str], report: Report, timed: Timed) -> int:
    verb = command.verb
    request = given.request(verb.Request)
    if not any(environ.get(name) for name in ("CI", "GITHUB_ACTIONS")):  # some runners have a terminal without a person
        _expect_consent(command, request)
    login = given.request(Login)
    app = _app(_client_id(verb.Request, given, login), login) if issubclass(verb.Request, AtGithub) else None
    is_asked = issubclass(verb.Request, AtGithub) or login.git_token is not None
    access = _access(login, app, environ, _github(environ, is_asked=is_asked))
    process.forget_credentials()
    with closing(Run(access, report, given.request, timed)) as run:
        outcome = verb.execute(request, run)
    if outcome.error:
        outcome = outcome._replace(error=_explained(given.named(outcome.error, verb.Request), environ))
    report.outcome(command.name, outcome)
    return outcome.exit_code or (MachineFailed.exit_code if report.lost else 0)


def _expect_consent(command: Command, request: Any) -> None:
    """Ask a person at a terminal before several things are published; raise Refused where the answer is not yes."""
    if not command.publishes or request.yes or request.dry_run or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return
    sys.stderr.write(f"ltf-ci {command.name} {command.publishes}. Go on? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise Refused(
            "nothing was done",
            expected="yes, at the question",
            cure="--dry-run shows what would be done; --yes goes on without a question",
        )


def _access(login: Login, app: App | None, environ: Mapping[str, str], github: GithubHost) -> Access:
    """Return what the run may use of the outside."""
    docker_config = _docker_config(environ)
    return Access(
        registry=login.registry,
        credentials=_credentials(login),
        token=login.token,
        app=app,
        git_token=login.git_token,
        github=github,
        docker_config=docker_config,
        docker_auth=_docker_auth(environ),
        pause=login.retry_pause,
        patience=login.repository_seconds,
        network=Network.of_environment(environ, docker_config),
        run_url=_run_url(environ, github),
    )


def _run_url(environ: Mapping[str, str], github: GithubHost) -> str:
    """Return the page of the workflow run that this is a part of; nothing where it is none."""
    repository, number = environ.get("GITHUB_REPOSITORY"), environ.get("GITHUB_RUN_ID")
    return f"{github.address}/{repository}/actions/runs/{number}" if repository and number else ""


def _github(environ: Mapping[str, str], *, is_asked: bool) -> GithubHost:
    """Return the GitHub of the run; a command that asks none does not stop at an address that is none."""
    try:
        return GithubHost.of(environ.get("GITHUB_SERVER_URL", ""), environ.get("GITHUB_API_URL", ""))
    except UsageError:
        if is_asked:
            raise
        return AT_GITHUB


def _client_id(request: type, given: Given, login: Login) -> str:
    """Return the ID of the App that the run acts as; one for workflows alone comes without a key."""
    from ltf_ci.workflows.requests import WrittenWorkflows  # `check` must not pay for it

    is_for_workflows = issubclass(request, WrittenWorkflows) and not login.app_private_key
    return "" if is_for_workflows else given.request(AtGithub).app_client_id


def _app(client_id: str, login: Login) -> App | None:
    """Return which GitHub App the run acts as, if any."""
    if bool(client_id) != bool(login.app_private_key):
        names = ("LTF_CI_APP_CLIENT_ID", APP_KEY)
        given, missing = names if client_id else names[::-1]
        raise UsageError(f"{given} is given without {missing}", expected="both, or none", cure=f"set {missing}")
    if login.app_private_key and login.token:
        cure = f"unset LTF_CI_TOKEN, or {APP_KEY} and LTF_CI_APP_CLIENT_ID"
        raise UsageError("LTF_CI_TOKEN and a GitHub App's key are both given", expected="one of them", cure=cure)
    if not login.app_private_key:
        return None
    from ltf_ci.model.credentials import App  # `check` must not pay for it

    return App(client_id, login.app_private_key)


def _credentials(login: Login) -> Credentials | None:
    if bool(login.registry_username) != bool(login.registry_password):
        names = ("LTF_CI_REGISTRY_USERNAME", "LTF_CI_REGISTRY_PASSWORD")
        given, missing = names if login.registry_username else names[::-1]
        raise UsageError(f"{given} is given without {missing}", expected="both, or none", cure=f"set {missing}")
    if not login.registry_password:
        return None
    from ltf_ci.model.credentials import Credentials  # `check` must not pay for it

    return Credentials(login.registry_username, login.registry_password)


def _docker_auth(environ: Mapping[str, str]) -> Secret | None:
    """Return the logins that docker's variable has."""
    if not (text := environ.get(DOCKER_AUTH)):
        return None
    from ltf_ci.model.secret import Secret  # `check` must not pay for it

    return Secret(text)


def _docker_config(environ: Mapping[str, str]) -> Path:
    """Return docker's own folder; who has no home has no login there."""
    try:
        home = Path(environ.get("HOME") or "~").expanduser()
    except RuntimeError:
        home = Path(os.devnull)
    return Path(environ.get("DOCKER_CONFIG") or home / ".docker")


def _report(environ: Mapping[str, str]) -> Report:
    form = Format.GITHUB if environ.get("GITHUB_ACTIONS") == "true" else Format.TEXT
    return Report(form, sys.stdout, sys.stderr, environ)


def _file(environ: Mapping[str, str], name: str) -> Path | None:
    return Path(environ[name]) if environ.get(name) else None
