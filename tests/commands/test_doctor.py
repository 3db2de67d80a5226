"""`ltf-ci doctor`: what is there, what is not, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from ltf_ci.cli import main
from tests.support.listing import LIST
from tests.support.printing import printed
from tests.support.publishing import RunCommand
from tests.support.repositories import LtfRepository, git
from tests.support.result import Result

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
    assert {states[name] for name in ("daemon", "registry")} == {"failed"}
    rows = [step for step in result.said["steps"] if step["name"] == "workflow"]
    assert [row["state"] for row in rows] == ["failed", "skipped", "skipped"]  # release, retag, check
    assert "daemon, registry, workflow" in result.said["error"]["found"]
    assert "at tcp://127.0.0.1:1 (DOCKER_HOST) cannot be reached: nothing listens" in result.step("daemon").detail


def test_a_workflow_and_a_login_are_seen(nowhere: LtfRepository, run: RunCommand) -> None:
    assert run("init", str(nowhere.directory), environ=NO_DOCKER).code == 0
    result = run("doctor", str(nowhere.directory), environ={**NO_DOCKER, "LTF_CI_TOKEN": "secret-token"})
    states = {(step["name"], step["state"]) for step in result.said["steps"]}
    assert {state for name, state in states if name == "workflow"} == {"done"}
    assert result.step("github").detail == "by LTF_CI_TOKEN"
    assert "secret-token" not in str(result.said)


def test_a_program_that_is_missing_is_named_with_its_purpose(
    nowhere: LtfRepository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert main(["doctor", str(nowhere.directory)], {"LTF_CI_RETRY_PAUSE": "0"}) == 1
    shown = printed(capsys)
    assert "not installed; it is for regular expressions and the traffic light" in shown
    assert (
        "docker is not installed: no program of that name is on PATH: install docker with its buildx plug-in" in shown
    )


@pytest.fixture
def languages(folder: Path) -> Path:
    """Return a languages repository."""
    git(folder, "init", "--quiet")
    (folder / LIST).write_text("https://github.com/a/ruby?tag=3.1-1\nhttps://github.com/a/asm\n")
    return folder


def rows(result: Result) -> list[tuple[str, str]]:
    return [(step["name"], step["state"]) for step in result.said["steps"]]


def test_the_languages_repository_needs_no_docker_and_has_workflows_of_its_own(
    languages: Path, monkeypatch: pytest.MonkeyPatch, run: RunCommand
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    bare = run("doctor", str(languages), environ=NO_DOCKER)
    assert (bare.code, bare.said["error"]["found"]) == (1, "not ready: workflow")
    assert run("init", str(languages), environ=NO_DOCKER).code == 0
    result = run("doctor", str(languages), environ=NO_DOCKER)
    assert result.code == 0, result
    assert rows(result)[-10:-1] == [
        ("list", "done"),
        ("lock", "skipped"),
        ("pulls", "skipped"),
        ("origin", "skipped"),
        *[("workflow", "done")] * 5,
    ]


def test_the_languages_repository_may_have_its_list_under_another_name(languages: Path, run: RunCommand) -> None:
    (languages / LIST).rename(languages / "all.txt")
    assert ("list", "done") in rows(run("doctor", "--list", "all.txt", str(languages), environ=NO_DOCKER))
    assert "has no git_repo_urls.tagged" in run("doctor", str(languages), environ=NO_DOCKER).step("repository").detail


def test_a_list_that_cannot_be_read_hides_nothing_else(languages: Path, run: RunCommand) -> None:
    (languages / LIST).write_text("two words\n")
    (languages / "languages.lock.json").write_text("[]")
    result = run("doctor", str(languages), environ=NO_DOCKER)
    assert result.step("list").detail.startswith("languages.lock.json is no lock")
    (languages / "languages.lock.json").unlink()
    result = run("doctor", str(languages), environ=NO_DOCKER)
    assert result.step("list").detail == "1 line, 0 by release tag; 1 cannot be read: ltf-ci list check"
    assert rows(result)[-1] == ("github", "skipped")


@pytest.mark.parametrize("what", ["image", "start point", "whole"])
def test_each_layout_of_an_ltf_is_known(what: str, nowhere: LtfRepository, run: RunCommand) -> None:
    if what == "image":
        nowhere.manifest.unlink()
        (nowhere.directory / "docker").mkdir(exist_ok=True)
        (nowhere.directory / "docker/image_name.json").write_text('{"image_name": "127.0.0.1:1/python"}')
    if what == "whole":
        (nowhere.directory / "docker").mkdir(exist_ok=True)
    assert run("doctor", str(nowhere.directory), environ=NO_DOCKER).step("repository").state == "done"


def test_a_folder_of_no_kind_is_said_to_be_none(folder: Path, run: RunCommand) -> None:
    result = run("doctor", str(folder), environ=NO_DOCKER)
    assert result.step("repository").detail.startswith(f"{folder} is no LTF repository, and has no {LIST}")
    assert "workflow" not in dict(rows(result))
