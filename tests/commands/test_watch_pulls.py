"""What `ltf-ci watch --open-pull-requests` opens and starts, at the stand-in for GitHub."""

from __future__ import annotations

import json
import threading

import pytest

from tests.commands.test_watch import interrupted, newer_patch, newer_version
from tests.support.github import GithubServer
from tests.support.listing import LIST, LOCK
from tests.support.proxy import proxy_before
from tests.support.repositories import git, manifest_text
from tests.support.result import Result
from tests.support.watched import DEPENDENTS, WatchedFleet

pytestmark = pytest.mark.machine
OWNER = "watched"
BASE, LTF = f"{OWNER}/python", f"{OWNER}/python-unittest"
ADDRESS = f"https://github.com/{OWNER}/"
MANIFEST = "start_point/manifest.json"


class Opener:
    """A fleet whose repositories are at GitHub."""

    def __init__(self, fleet: WatchedFleet, github: GithubServer) -> None:
        self.fleet, self.github = fleet, github
        git(fleet.directory, "config", "--global", f"url.{fleet.place}/.insteadOf", ADDRESS)
        for name in (LIST, LOCK):
            file = fleet.directory / name
            file.write_text(file.read_text().replace("../", ADDRESS))
        (fleet.directory / LIST).write_text((fleet.directory / LIST).read_text() + f"{ADDRESS}python\n")
        manifest = manifest_text("Python (3.7.4), unittest", str(fleet.base))
        self.base = github.create_repository(
            BASE, {"docker/Dockerfile": f"FROM {fleet.upstream}\nRUN true\n", MANIFEST: manifest}
        )
        self.ltf = github.create_repository(LTF, {".github/workflows/ltf-ci-release.yml": "on: workflow_dispatch\n"})
        github.site.actions.title = lambda _workflow, inputs: f"release {inputs['tag']}"

    def watch(self, *words: str) -> Result:
        environ = {"LTF_CI_TOKEN": self.github.token, "GITHUB_API_URL": self.github.api}
        return self.fleet.watch("--open-pull-requests", *words, environ=environ)

    def opened(self, *words: str) -> list[tuple[str, str]]:
        """Watch, and return what was opened and started, by the repository."""
        result = self.watch(*words)
        assert "error" not in result.said, result
        return [(step.name, step.state) for step in result.steps if step.name.startswith(OWNER)]


@pytest.fixture
def opener(watched: WatchedFleet, github: GithubServer) -> Opener:
    return Opener(watched, github)


def test_of_a_healthy_fleet_nothing_is_opened(opener: Opener) -> None:
    assert opener.opened() == []
    assert opener.github.asked == []


def test_a_newer_version_gets_one_pull_request(opener: Opener) -> None:
    newer_patch(opener.fleet)
    assert opener.opened("--dry-run") == [(BASE, "planned")]
    assert opener.base.pulls == []
    assert opener.opened() == [(BASE, "done")]
    (pull,) = opener.base.pulls
    assert (pull.head, pull.state) == ("ltf-ci/upstream-3.7", "OPEN")
    assert pull.title == f"Begin 3.7.5: made FROM {opener.fleet.upstream.tagged('3.7.5')}"
    assert (
        opener.base.read("docker/Dockerfile", pull.head) == f"FROM {opener.fleet.upstream.tagged('3.7.5')}\nRUN true\n"
    )
    manifest = json.loads(opener.base.read(MANIFEST, pull.head))
    assert manifest["display_name"] == "Python (3.7.5), unittest"
    assert manifest["image_name"] == str(opener.fleet.base.tagged("3.7.5-1"))
    assert opener.opened() == [(BASE, "unchanged")]
    assert len(opener.base.pulls) == 1


def test_stages_of_several_flavours_are_one_pull_request(opener: Opener) -> None:
    names = [opener.fleet.upstream.tagged(tag) for tag in ("3.7.4", "3.7.4-slim", "3.7.5", "3.7.5-slim")]
    for name in names[1:]:
        opener.fleet.push(name)
    opener.fleet.point_latest(names[2])
    opener.fleet.point_latest(names[2])
    opener.fleet.entries["python (3.7.4)"]["from"] = [str(name) for name in names[:2]]
    (opener.fleet.directory / DEPENDENTS).write_text(json.dumps(opener.fleet.entries))
    text = "FROM {} AS one\nFROM {}\n"
    opener.base.push({"docker/Dockerfile": text.format(*names[:2])})
    assert opener.opened() == [(BASE, "done")]
    (pull,) = opener.base.pulls
    assert pull.title == f"Begin 3.7.5: made FROM {names[2]}, {names[3]}"
    assert opener.base.read("docker/Dockerfile", pull.head) == text.format(*names[2:])
    assert opener.opened() == [(BASE, "unchanged")]


def test_a_newer_patch_takes_the_pull_request_over_and_a_newer_version_has_its_own(opener: Opener) -> None:
    newer_patch(opener.fleet)
    opener.watch()
    opener.fleet.push(opener.fleet.upstream.tagged("3.7.9"))
    newer_version(opener.fleet)  # which is `latest`
    assert opener.opened() == [(BASE, "done")] * 2
    first, second = opener.base.pulls
    assert ("3.7.9" in first.title, first.head) == (True, "ltf-ci/upstream-3.7")
    assert ("3.8.1" in second.title, second.head) == (True, "ltf-ci/upstream-3.8")


def test_what_somebody_closed_stays_closed_until_there_is_something_newer(opener: Opener) -> None:
    newer_patch(opener.fleet)
    opener.watch()
    opener.base.set_state(opener.base.pulls[0], "CLOSED")
    assert opener.opened() == [(BASE, "unchanged")]
    assert [pull.state for pull in opener.base.pulls] == ["CLOSED"]
    opener.base.set_state(opener.base.pulls[0], "OPEN")
    assert opener.opened() == [(BASE, "unchanged")]
    opener.base.set_state(opener.base.pulls[0], "CLOSED")
    opener.fleet.push(opener.fleet.upstream.tagged("3.7.9"))
    opener.fleet.point_latest(opener.fleet.upstream.tagged("3.7.9"))
    assert opener.opened() == [(BASE, "done")]
    assert [pull.state for pull in opener.base.pulls] == ["CLOSED", "OPEN"]


def test_commits_of_other_people_are_left_alone(opener: Opener) -> None:
    newer_patch(opener.fleet)
    opener.watch()
    mine = opener.base.push({"docker/Dockerfile": "FROM mine\n"}, branch="ltf-ci/upstream-3.7")
    opener.fleet.push(opener.fleet.upstream.tagged("3.7.9"))
    opener.fleet.point_latest(opener.fleet.upstream.tagged("3.7.9"))
    assert opener.opened() == [(BASE, "skipped")]
    assert opener.base.head("ltf-ci/upstream-3.7") == mine


def test_a_repository_that_is_made_of_another_version_by_now_is_left_as_it_is(opener: Opener) -> None:
    newer_patch(opener.fleet)
    opener.watch()
    manifest = manifest_text("Python (3.8.1), unittest", str(opener.fleet.base.tagged("3.8.1-2")))
    opener.base.push({"docker/Dockerfile": f"FROM {opener.fleet.upstream.tagged('3.8.1')}\n", MANIFEST: manifest})
    assert opener.opened() == [(BASE, "done")]
    assert [pull.state for pull in opener.base.pulls] == ["CLOSED"]
    assert opener.opened() == [(BASE, "unchanged")]
    assert len(opener.base.pulls) == 1


def test_the_repository_of_an_entry_may_be_written_in_other_letters(opener: Opener) -> None:
    newer_patch(opener.fleet)
    opener.fleet.entries = {key.capitalize(): entry for key, entry in opener.fleet.entries.items()}
    (opener.fleet.directory / DEPENDENTS).write_text(json.dumps(opener.fleet.entries))
    assert opener.opened("--dry-run") == [(BASE, "planned")]


def test_missed_tags_are_released_once_at_a_time(opener: Opener) -> None:
    ended = threading.Event()
    opener.github.site.actions.runner = lambda _run: ended.wait(60)
    for tag in ("3.7.4-2", "3.7.4-3"):
        opener.fleet.tag("python-unittest", tag)
    assert opener.opened("--dry-run") == [(LTF, "planned")] * 2
    assert opener.github.dispatches == []
    assert opener.opened() == [(LTF, "done")] * 2
    assert [each["inputs"] for each in opener.github.dispatches] == [{"tag": "3.7.4-2"}, {"tag": "3.7.4-3"}]
    assert opener.opened() == [(LTF, "unchanged")] * 2
    assert len(opener.github.dispatches) == 2
    ended.set()


def test_at_an_enterprise_server_its_own_repositories_are_github(opener: Opener) -> None:
    """With the list's addresses at that server, and nothing but the run's environment to tell it."""
    here = f"https://ghes.example/{OWNER}/"
    git(opener.fleet.directory, "config", "--global", f"url.{opener.fleet.place}/.insteadOf", here)
    for name in (LIST, LOCK):
        file = opener.fleet.directory / name
        file.write_text(file.read_text().replace(ADDRESS, here))
    opener.fleet.tag("python-unittest", "3.7.4-2")
    environ = {
        "LTF_CI_TOKEN": opener.github.token,
        "GITHUB_SERVER_URL": "https://ghes.example",
        "GITHUB_API_URL": f"{opener.github.api}/api/v3",
    }
    result = opener.fleet.watch("--open-pull-requests", environ=environ)
    assert [(step.name, step.state) for step in result.steps if step.name.startswith(OWNER)] == [(LTF, "done")], result
    assert [each["repository"] for each in opener.github.dispatches] == [LTF]


def test_a_tag_whose_release_fails_again_and_again_is_left_to_people(opener: Opener) -> None:
    opener.fleet.tag("python-unittest", "3.7.4-2")
    for _ in range(3):
        opener.github.site.actions.add(
            LTF, "ltf-ci-release.yml", "release 3.7.4-2", status="completed", conclusion="failure"
        )
    assert opener.opened() == [(LTF, "unchanged")]
    assert opener.github.dispatches == []


def test_a_repository_that_cannot_be_written_keeps_no_other(opener: Opener) -> None:
    opener.base.forbidden.add("createCommitOnBranch")
    newer_patch(opener.fleet)
    opener.fleet.tag("python-unittest", "3.7.4-2")
    result = opener.watch()
    assert result.failure == (6, "AccessDenied")
    assert [each["inputs"] for each in opener.github.dispatches] == [{"tag": "3.7.4-2"}]
    assert result.rules == ["tag-without-image", "upstream-patch"]


def test_what_was_opened_and_started_until_an_interrupt_is_told(opener: Opener) -> None:
    newer_patch(opener.fleet)
    for tag in ("3.7.4-2", "3.7.4-3"):
        opener.fleet.tag("python-unittest", tag)
    with proxy_before(opener.github.host) as proxy:
        environ = {"LTF_CI_TOKEN": opener.github.token, "GITHUB_API_URL": f"http://{proxy.host}"}
        code, steps, _ = interrupted(opener.fleet, proxy, 4, "--open-pull-requests", environ=environ)
    assert (code, steps[-2:]) == (130, [(BASE, "done"), (LTF, "done")])
    assert len(opener.github.dispatches) == 2


def test_no_token_is_told_first(watched: WatchedFleet) -> None:
    result = watched.watch("--open-pull-requests")
    assert result.failure == (6, "AccessDenied")
