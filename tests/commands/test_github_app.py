"""Commands that act as a GitHub App: how they are told, what is refused, and that no credential is ever seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from ltf_ci.cli import main
from ltf_ci.clients import process
from ltf_ci.model.access import CREDENTIALS
from ltf_ci.options.login import AtGithub
from ltf_ci.options.output import Format
from ltf_ci.verbs import COMMANDS
from tests.support.github.app import CLIENT_ID
from tests.support.listing import NAME, Bumper
from tests.support.printing import printed
from tests.support.watching import watched_processes

CLIENT, KEY = "LTF_CI_APP_CLIENT_ID", "LTF_CI_APP_PRIVATE_KEY"
AT_GITHUB = [name for name, command in COMMANDS.items() if issubclass(command.verb.Request, AtGithub)]
machine = pytest.mark.machine


@machine
def test_a_release_is_bumped_by_an_app_with_no_more_rights_than_it_takes(bumper: Bumper) -> None:
    app = bumper.github.app
    app.install(bumper.hosted.owner, "contents", "pull_requests")
    words = ("--label", "security", "--reviewer", "someone", "--app-client-id", CLIENT_ID)
    result = bumper.bump("3.7.4-2", *words, token="", more={KEY: app.private_key})
    assert result.ended == (0, "done"), result
    assert (len(bumper.hosted.pulls), app.live) == (1, {})


@machine
def test_a_key_may_stand_in_one_line(bumper: Bumper) -> None:
    app = bumper.github.app
    app.install(bumper.hosted.owner)
    result = bumper.bump("3.7.4-2", token="", more={**app.environ, KEY: app.private_key.replace("\n", "\\n")})
    assert result.ended == (0, "done"), result


@machine
def test_where_the_app_is_not_installed_nothing_is_written(bumper: Bumper) -> None:
    result = bumper.bump("3.7.4-2", token="", more=bumper.github.app.environ)
    assert result.failure == (6, "AccessDenied"), result
    assert f"is not installed on {NAME}" in result.error.found
    assert (bumper.github.mutations, bumper.hosted.pulls) == ([], [])


@pytest.mark.parametrize("name", AT_GITHUB)
@pytest.mark.parametrize(
    ("environ", "found"),
    [
        ({KEY: "the-key"}, f"{KEY} is given without {CLIENT}"),
        (
            {CLIENT: "x", KEY: "the-key", "LTF_CI_TOKEN": "the-token"},
            "LTF_CI_TOKEN and a GitHub App's key are both given",
        ),
    ],
    ids=["no ID", "both"],
)
def test_what_cannot_be_meant_is_told(
    name: str, environ: dict[str, str], found: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(name.split(), environ) == 2
    said = printed(capsys)
    assert found in said
    assert "the-" not in said


@pytest.mark.parametrize("name", [name for name in AT_GITHUB if name != "adopt"])  # which writes the ID into workflows
def test_an_app_without_its_key_is_a_mistake(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(name.split(), {CLIENT: "x"}) == 2
    assert f"{CLIENT} is given without {KEY}" in printed(capsys)


def test_who_asks_nothing_at_github_is_not_held_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list check", "/nowhere/x"], {KEY: "the-key"}) == 3
    assert "the-key" not in printed(capsys)


@machine
@pytest.mark.parametrize("form", list(Format))
@pytest.mark.parametrize("fault", ["", "key", "suspended", "cut off"])
def test_neither_key_nor_token_is_seen(
    bumper: Bumper, tmp_path: Path, capsys: pytest.CaptureFixture[str], form: Format, fault: str
) -> None:
    app = bumper.github.app
    app.install(bumper.hosted.owner).suspended = fault == "suspended"
    bumper.bump("3.7.4-2", "--dry-run")
    key = {"": app.private_key, "key": "s" * 40, "cut off": app.private_key[:400]}.get(fault, app.private_key)
    files = {name: str(tmp_path / name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "LTF_CI_REPORT")}
    environ = {**app.environ, KEY: key, "GITHUB_API_URL": bumper.github.api, "LTF_CI_RETRY_PAUSE": "0", **files}
    words = ["bump", "--tag", "3.7.4-2", "--languages", NAME, str(bumper.ltf.directory)]
    with watched_processes() as seen:
        code = main(words, {**environ, "LTF_CI_FORMAT": form})
    said = capsys.readouterr()
    written = [Path(file).read_text() for file in files.values() if Path(file).exists()]
    shown = "\n".join([said.out, said.err, *written, b"\n".join(seen).decode()])
    assert code == (6 if fault else 0), said.out
    lines = [line for line in key.splitlines() if "-----" not in line]
    assert [secret for secret in (*lines, *app.given) if secret in shown] == []
    assert bool(app.given) is not bool(fault)


def test_what_we_are_let_in_by_is_handed_on_to_no_program(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in CREDENTIALS:
        monkeypatch.setenv(name, "a-credential")
    monkeypatch.setenv("LTF_CI_TEST_OTHER", "something-else")
    printed: list[str] = []
    assert process.stream(["env"], printed.append, more_env={}) == 0
    for text in (process.run(["env"]).text, "\n".join(printed)):
        assert ("a-credential" in text, "something-else" in text) == (False, True)
    assert "something-else" not in process.run(["env"], bare=True).text
