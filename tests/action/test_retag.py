"""A re-tag as GitHub runs it: dispatched by hand, by `ltf-ci init`'s workflow, for two version lines, twice."""

from __future__ import annotations

import pytest

from embedded.registry import PASSWORD, USERNAME
from ltf_ci.cli import main
from tests.support.act import Act, ActRun
from tests.support.github import GithubServer
from tests.support.listing import LIST, LOCK, NAME
from tests.support.repositories import git
from tests.support.retagging import Retagger

pytestmark = pytest.mark.machine
WORKFLOW = ".github/workflows/ltf-ci-retag.yml"
TOKEN = "of-the-workflow-itself"
REASON = "CVE-2026-1 `id` $(id) \"'; id #"


def dispatched(retagger: Retagger, act: Act, github: GithubServer, lines: str) -> ActRun:
    """Dispatch the workflow, as GitHub tells it of that; its run's number is the same each time."""
    secrets = {
        "GITHUB_TOKEN": TOKEN,
        "REGISTRY_USERNAME": USERNAME,
        "REGISTRY_PASSWORD": PASSWORD,
        "LTF_CI_APP_PRIVATE_KEY": github.app.private_key,
    }
    env = {"GITHUB_REPOSITORY": "cyber-dojo-start-points/python-unittest", "GITHUB_API_URL": github.api}
    payload = {"ref": "refs/heads/main", "inputs": {"lines": lines, "reason": REASON, "base": "", "rebuild": "true"}}
    more = {"LTF_CI_RETRY_PAUSE": "0", "GIT_ALLOW_PROTOCOL": "file", "LTF_CI_TEST": "false"}  # it has no rag_lambda
    return act.run(retagger.directory, WORKFLOW, "workflow_dispatch", payload, secrets=secrets, env={**env, **more})


def write_workflow(retagger: Retagger, capsys: pytest.CaptureFixture[str]) -> None:
    """Write it as `init` does, with the languages list of the tests; the registry is the manifest's."""
    assert main(["init", str(retagger.directory)], {}) == 0
    capsys.readouterr()
    file = retagger.directory / WORKFLOW
    text = file.read_text()
    for before, after in (
        ("# attest: true ", "attest: true "),
        ("# languages: cyber-dojo/languages-start-points", f"languages: {NAME}"),
        ("# app-client-id: ", "app-client-id: "),
    ):
        assert before in text
        text = text.replace(before, after)
    file.write_text(text)


def test_two_lines_are_retagged_once(
    retagger: Retagger, act: Act, github: GithubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    write_workflow(retagger, capsys)
    retagger.released("3.7.5-3")
    listed = f"{retagger.origin}?tag=3.7.4-1\n{retagger.origin}?tag=3.7.5-3\n"
    hosted = github.create_repository(NAME, {LIST: listed, LOCK: "{}\n"})
    github.app.install(hosted.owner, "contents", "pull_requests")

    ran = dispatched(retagger, act, github, "3.7.4,3.7.5")
    assert ran.exit_code == 0, str(ran)
    outputs = ran.outputs["retag"]
    assert outputs["tag"].split() == ["3.7.4-2", "3.7.5-4"]
    assert (outputs["released"], outputs["latest-moved"], outputs["conclusion"]) == ("true", "true", "done")
    assert (retagger.at("release/3.7.4"), retagger.at("main")) == (retagger.at("3.7.4-2"), retagger.at("3.7.5-4"))
    for tag in ("3.7.4-2", "3.7.5-4"):
        label = retagger.publisher.labels(tag)["org.opencontainers.image.revision"]
        assert label == retagger.at(tag)
    image = retagger.publisher.image.untagged
    pushed = [f"{image}@{retagger.publisher.digest(tag)}" for tag in ("3.7.4-2", "3.7.5-4")]
    assert [note.message for note in ran.annotations if note.title == "attested"] == pushed
    assert "| seconds | part |" in ran.summary
    assert git(retagger.origin, "log", "-1", "--format=%an", "3.7.4-2") == "github-actions[bot]"
    assert retagger.publisher.latest() == "3.7.5-4"
    (pull,) = hosted.pulls
    assert (pull.title, list(pull.labels)) == ("Bump 2 releases in the languages list", ["security"])
    assert hosted.read(LIST, pull.head) == listed.replace("3.7.4-1", "3.7.4-2").replace("3.7.5-3", "3.7.5-4")
    assert "CVE-2026-1" in pull.body
    assert "| tag: 3.7.4-2 after 3.7.4-1, on release/3.7.4<br>" in ran.summary
    assert github.app.given
    for secret in (PASSWORD, TOKEN, *github.app.given, *github.app.private_key.splitlines()[1:-1]):
        assert secret not in str(ran)

    refs = retagger.refs
    again = dispatched(retagger, act, github, "3.7.4,3.7.5")
    assert again.exit_code == 0, str(again)
    outputs = again.outputs["retag"]
    assert (outputs["released"], outputs["latest-moved"], outputs["conclusion"]) == ("false", "false", "nothing-to-do")
    assert (retagger.refs, len(hosted.pulls)) == (refs, 1)
    assert [note for note in again.annotations if note.title == "attested"] == []


def test_a_line_that_was_never_released_is_told(
    retagger: Retagger, act: Act, github: GithubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    write_workflow(retagger, capsys)
    github.create_repository(NAME, {LIST: "", LOCK: "{}\n"})
    github.app.install(NAME.partition("/")[0], "contents", "pull_requests")
    retagger.publisher.ltf.commit("Retag by ltf-ci")
    refs = retagger.refs
    ran = dispatched(retagger, act, github, "3.9")
    assert ran.exit_code == 1, str(ran)
    assert any("no git tag at origin is a release of 3.9" in note.message for note in ran.annotations), str(ran)
    assert (ran.outputs["retag"]["conclusion"], retagger.refs) == ("failed", refs)
