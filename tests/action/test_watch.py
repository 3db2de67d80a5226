"""The daily watch as GitHub runs it: on its schedule, in the languages repository, by a token of the workflow's own."""

from __future__ import annotations

import shutil

import pytest

from tests.commands.test_watch import base_moves
from tests.support.act import ROOT, Act, ActRun
from tests.support.github import GithubServer
from tests.support.listing import LIST, LOCK, NAME
from tests.support.repositories import git
from tests.support.watched import WatchedFleet

pytestmark = pytest.mark.machine
ADDRESS = "https://github.com/watched/"


class Daily:
    """A languages repository with a workflow of ours, whose list names repositories by https."""

    def __init__(self, fleet: WatchedFleet, act: Act, github: GithubServer, workflow: str) -> None:
        self.fleet, self.act, self.github = fleet, act, github
        self.workflow = f".github/workflows/{workflow}"
        self.hosted = github.create_repository(NAME, {LIST: ""})
        directory = fleet.directory
        git(directory, "config", "--global", f"url.{fleet.place}/.insteadOf", ADDRESS)
        for name in (LIST, LOCK):
            (directory / name).write_text((directory / name).read_text().replace("../", ADDRESS))
        (directory / self.workflow).parent.mkdir(parents=True)
        shutil.copy(ROOT / "workflows" / workflow, directory / self.workflow)
        git(directory, "init", "--quiet")
        git(directory, "add", "--all")
        git(directory, "commit", "--quiet", "--message", "Begin")
        git(directory, "remote", "add", "origin", f"https://github.com/{NAME}")

    def run(self, **more: str) -> ActRun:
        payload = {"schedule": "23 4 * * *", "ref": "refs/heads/main"}
        env = {"GITHUB_REPOSITORY": NAME, "GITHUB_API_URL": self.github.api, "LTF_CI_RETRY_PAUSE": "0", **more}
        secrets = {"GITHUB_TOKEN": self.github.token}
        return self.act.run(self.fleet.directory, self.workflow, "schedule", payload, secrets=secrets, env=env)


@pytest.fixture
def daily(watched: WatchedFleet, act: Act, github: GithubServer) -> Daily:
    return Daily(watched, act, github, "watch.yml")


def test_the_second_day_makes_no_second_issue(daily: Daily) -> None:
    base_moves(daily.fleet)
    daily.fleet.tag("python-unittest", "3.7.4-2")
    ran = daily.run()
    assert ran.exit_code == 0, str(ran)
    assert ran.outputs["watch"]["conclusion"] == "done"
    (issue,) = daily.hosted.issues
    assert "### base-moved" in issue.body
    assert f"{ADDRESS}python-unittest has git tags without an image: 3.7.4-2" in issue.body
    assert "| base-moved |" in ran.summary
    assert daily.github.token not in str(ran)
    body = issue.body

    again = daily.run()
    assert again.exit_code == 0, str(again)
    assert "| issue | unchanged |" in again.summary
    assert [one.body for one in daily.hosted.issues] == [body]
    assert [asked for asked in daily.github.asked if not asked.startswith("GET ")] == [f"POST /repos/{NAME}/issues"]
