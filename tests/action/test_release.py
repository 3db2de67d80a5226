"""The main job as GitHub runs it: a tag is pushed, `ltf-ci init`'s workflow calls ours, that calls our action."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from embedded.registry import PASSWORD, USERNAME
from ltf_ci.cli import main
from tests.support.act import Act, ActRun
from tests.support.github import GithubServer, HostedRepository
from tests.support.listing import LIST, LOCK, NAME, URL, list_text
from tests.support.publishing import Publisher
from tests.support.repositories import MANIFEST, manifest_text

pytestmark = pytest.mark.machine
WORKFLOW = ".github/workflows/ltf-ci-release.yml"
BRANCH = "ltf-ci/python-unittest-3.7.4"


@dataclass
class Maintained:
    """An LTF repository with the workflow that `ltf-ci init` writes, its registry, and the languages repository."""

    publisher: Publisher
    act: Act
    github: GithubServer
    hosted: HostedRepository

    def push(self, tag: str) -> ActRun:
        """Push a tag, as GitHub tells the workflow of it."""
        payload = {"ref": f"refs/tags/{tag}"}
        env = {
            "GITHUB_REPOSITORY": "cyber-dojo-start-points/python-unittest",
            "GITHUB_API_URL": self.github.api,
            "LTF_CI_RETRY_PAUSE": "0",
            "LTF_CI_TEST": "false",  # the image has no rag_lambda
        }
        return self.act.run(self.publisher.ltf.directory, WORKFLOW, "push", payload, secrets=self.secrets, env=env)

    @property
    def secrets(self) -> dict[str, str]:
        return {
            "GITHUB_TOKEN": "of-the-workflow-itself",
            "REGISTRY_USERNAME": USERNAME,
            "REGISTRY_PASSWORD": PASSWORD,
            "LTF_CI_APP_PRIVATE_KEY": self.github.app.private_key,
        }


@pytest.fixture
def maintained(publisher: Publisher, act: Act, github: GithubServer, capsys: pytest.CaptureFixture[str]) -> Maintained:
    directory = publisher.ltf.directory
    publisher.named(f"{URL}.git")
    assert main(["init", str(directory)], {}) == 0
    capsys.readouterr()
    file = directory / WORKFLOW
    text = file.read_text()
    for before, after in (
        ("# attest: true ", "attest: true "),
        ("# languages: cyber-dojo/languages-start-points", f"languages: {NAME}"),
        ("# app-client-id: ", "app-client-id: "),
    ):
        assert before in text
        text = text.replace(before, after)
    file.write_text(text)
    hosted = github.create_repository(NAME, {LIST: list_text(), LOCK: "{}\n"})
    github.app.install(hosted.owner, "contents", "pull_requests")
    return Maintained(publisher, act, github, hosted)


def test_a_pushed_tag_is_released_once(maintained: Maintained) -> None:
    publisher = maintained.publisher
    commit = publisher.tagged("3.7.4-2")
    ran = maintained.push("3.7.4-2")
    assert ran.exit_code == 0, str(ran)
    digest = str(publisher.digest("3.7.4-2"))
    assert publisher.labels("3.7.4-2")["org.opencontainers.image.revision"] == commit
    assert str(publisher.digest("latest")) == digest
    (pull,) = maintained.hosted.pulls
    assert (pull.title, pull.state) == ("Bump python-unittest from 3.7.4-1 to 3.7.4-2", "OPEN")
    assert f"{URL}?tag=3.7.4-2\n" in maintained.hosted.read(LIST, BRANCH)
    outputs = ran.outputs["release"]
    assert outputs["pull-request"].endswith("/pull/1")
    assert {name: outputs[name] for name in ("tag", "digest", "latest-moved", "released", "conclusion")} == {
        "tag": "3.7.4-2",
        "digest": digest,
        "latest-moved": "true",
        "released": "true",
        "conclusion": "done",
    }
    for row in ("| check | done |", "| push | done |", "| latest | done |", "| list | done |"):
        assert row in ran.summary
    assert [note.message for note in ran.annotations if note.title == "attested"] != []
    assert maintained.github.app.given
    for secret in (PASSWORD, *maintained.github.app.given, *maintained.github.app.private_key.splitlines()[1:-1]):
        assert secret not in str(ran)

    again = maintained.push("3.7.4-2")
    assert again.exit_code == 0, str(again)
    outputs = again.outputs["release"]
    assert (outputs["conclusion"], outputs["released"], outputs["latest-moved"]) == ("nothing-to-do", "false", "false")
    assert outputs["pull-request"].endswith("/pull/1")
    assert "nothing to do" in again.summary
    assert (str(publisher.digest("3.7.4-2")), len(maintained.hosted.pulls)) == (digest, 1)
    assert [note for note in again.annotations if note.title == "attested"] == []


def test_a_wrong_tag_fails_with_three_annotations_at_once(maintained: Maintained) -> None:
    publisher = maintained.publisher
    image = str(publisher.image.tagged("3.7.4-2"))
    publisher.ltf.manifest.write_text(
        manifest_text("Python (3.7.4), unittest", image, language=["Python", "3.7.4"], test_framework=["unittest", ""])
    )
    publisher.ltf.commit("For 3.7.4-2")
    publisher.ltf.tag("3.7.5-1")
    ran = maintained.push("3.7.5-1")
    assert ran.exit_code == 1, str(ran)
    errors = [(note.title, note.file, note.line) for note in ran.annotations if note.severity == "error" and note.file]
    assert errors == [
        ("display-name-version", MANIFEST, 2),
        ("language-version", MANIFEST, 6),
        ("image-name-tag", MANIFEST, 3),
    ]
    outputs = ran.outputs["release"]
    assert (outputs["conclusion"], outputs["released"]) == ("failed", "false")
    assert publisher.registry.tags(publisher.image) == ()
    assert [asked for asked in maintained.github.asked if "/installation" not in asked] == ["POST /graphql"]  # a look
    assert maintained.hosted.pulls == []


def test_a_taken_tag_is_told_in_the_summary(maintained: Maintained) -> None:
    publisher = maintained.publisher
    publisher.release("3.7.4-2")
    publisher.tagged("3.7.4-2", content="other")
    ran = maintained.push("3.7.4-2")
    assert ran.exit_code == 1, str(ran)
    assert "3.7.4-3" in ran.summary
    assert ran.outputs["release"]["released"] == "false"
    assert maintained.hosted.pulls == []


def test_an_image_that_is_released_stays_so_where_the_pull_request_fails(maintained: Maintained) -> None:
    maintained.hosted.forbidden.add("createCommitOnBranch")
    maintained.publisher.tagged("3.7.4-2")
    ran = maintained.push("3.7.4-2")
    assert ran.exit_code == 1, str(ran)
    outputs = ran.outputs["release"]
    assert (outputs["conclusion"], outputs["released"]) == ("failed", "true")
    maintained.hosted.forbidden.clear()
    again = maintained.push("3.7.4-2")
    assert (again.exit_code, again.outputs["release"]["conclusion"]) == (0, "done"), str(again)
    assert len(maintained.hosted.pulls) == 1
