"""`ltf-ci doctor`: what is there, what is not, and what to do."""

from __future__ import annotations

import pytest

from ltf_ci.cli import main
from tests.support.printing import printed
from tests.support.publishing import RunCommand
from tests.support.repositories import LtfRepository

NO_DOCKER = {"LTF_CI_FORMAT": "json", "LTF_CI_RETRY_PAUSE": "0"}


@pytest.fixture
def nowhere(ltf: LtfRepository, monkeypatch: pytest.MonkeyPatch) -> LtfRepository:
    """Return a repository whose registry and docker daemon do not answer."""
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    ltf.manifest.write_text(ltf.manifest.read_text().replace("cyberdojofoundation/", "127.0.0.1:1/"))
    return ltf


def test_what_one_lacks_hides_no_other(nowhere: LtfRepository, run: RunCommand) -> None:
    result = run("doctor", str(nowhere.directory), environ=NO_DOCKER)
    states = {step["name"]: step["state"] for step in result.said["steps"]}
    assert result.code == 1
    assert (states["git"], states["repository"], states["github"]) == ("done", "done", "skipped")
    assert {states[name] for name in ("docker daemon", "registry", "workflow")} == {"failed"}
    assert "docker daemon, registry, workflow" in result.said["error"]["found"]


def test_a_workflow_and_a_login_are_seen(nowhere: LtfRepository, run: RunCommand) -> None:
    assert run("init", str(nowhere.directory), environ=NO_DOCKER).code == 0
    result = run("doctor", str(nowhere.directory), environ={**NO_DOCKER, "LTF_CI_TOKEN": "secret-token"})
    steps = {step["name"]: step for step in result.said["steps"]}
    assert (steps["workflow"]["state"], steps["github"]["detail"]) == ("done", "by LTF_CI_TOKEN")
    assert "secret-token" not in str(result.said)


def test_a_program_that_is_missing_is_named_with_its_purpose(
    nowhere: LtfRepository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert main(["doctor", str(nowhere.directory)], {"LTF_CI_RETRY_PAUSE": "0"}) == 1
    assert "not installed; it is for regular expressions and the traffic light" in printed(capsys)
