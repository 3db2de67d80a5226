"""The daily watch as GitHub runs it: on its schedule, in the languages repository, by a token of the workflow's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.test_watch import base_moves
from tests.support import ROOT
from tests.support.act import Act, ActRun
from tests.support.github import GithubServer
from tests.support.growing import LANGUAGES, OWNER, PYTHON, Growing
from tests.support.listing import LIST, LOCK, NAME
from tests.support.repositories import git
from tests.support.watched import WatchedFleet

pytestmark = pytest.mark.machine
ADDRESS = "https://github.com/watched/"


class Scheduled:
    """A languages repository's folder with a workflow of ours, which is run by its schedule."""

    def __init__(self, directory: Path, name: str, act: Act, github: GithubServer, file: str, text: str = "") -> None:
        self.directory, self.name, self.act, self.github = directory, name, act, github
        self.workflow = f".github/workflows/{file}"
        (directory / self.workflow).parent.mkdir(parents=True)
        (directory / self.workflow).write_text(text or (ROOT / "workflows" / file).read_text())
        git(directory, "init", "--quiet")
        git(directory, "add", "--all")
        git(directory, "commit", "--quiet", "--message", "Begin")
        git(directory, "remote", "add", "origin", f"https://github.com/{name}")

    def run(self, secrets: dict[str, str] | None = None, **more: str) -> ActRun:
        payload = {"schedule": "23 4 * * *", "ref": "refs/heads/main"}
        env = {"GITHUB_REPOSITORY": self.name, "GITHUB_API_URL": self.github.api, "LTF_CI_RETRY_PAUSE": "0", **more}
        secrets = secrets or {"GITHUB_TOKEN": self.github.token}
        return self.act.run(self.directory, self.workflow, "schedule", payload, secrets=secrets, env=env)


class Daily:
    """A languages repository with a workflow of ours, whose list names repositories by https."""

    def __init__(self, fleet: WatchedFleet, act: Act, github: GithubServer, workflow: str) -> None:
        self.fleet, self.github = fleet, github
        self.hosted = github.create_repository(NAME, {LIST: ""})
        directory = fleet.directory
        git(directory, "config", "--global", f"url.{fleet.place}/.insteadOf", ADDRESS)
        for name in (LIST, LOCK):
            (directory / name).write_text((directory / name).read_text().replace("../", ADDRESS))
        self.run = Scheduled(directory, NAME, act, github, workflow).run


@pytest.fixture
def daily(watched: WatchedFleet, act: Act, github: GithubServer) -> Daily:
    return Daily(watched, act, github, "ltf-ci-watch.yml")


def test_the_second_day_makes_no_second_issue(daily: Daily) -> None:
    base_moves(daily.fleet)
    daily.fleet.tag("python-unittest", "3.7.4-2")
    ran = daily.run()
    assert ran.exit_code == 0, str(ran)
    assert ran.outputs["watch"]["conclusion"] == "done"
    (issue,) = daily.hosted.issues
    assert "### Base moved: 1 (`base-moved`)" in issue.body
    assert "python-unittest has git tags without an image: 3.7.4-2" in issue.body
    assert "**base-moved**" in ran.summary
    assert daily.github.token not in str(ran)
    body = issue.body

    again = daily.run()
    assert again.exit_code == 0, str(again)
    assert "| issue | unchanged |" in again.summary
    assert [one.body for one in daily.hosted.issues] == [body]
    assert [asked for asked in daily.github.asked if not asked.startswith("GET ")] == [f"POST /repos/{NAME}/issues"]


def test_what_is_newer_is_proposed_by_a_github_app(watched: WatchedFleet, act: Act, github: GithubServer) -> None:
    growing = Growing(watched, github)
    growing.new_upstream()
    growing.check_out()
    github.app.install(OWNER, "contents", "issues", "pull_requests")
    text = (ROOT / "workflows/ltf-ci-watch.yml").read_text()
    for comment in ("open-pull-requests: true", "app-client-id:", "secrets:", "  app-private-key:"):
        assert f"# {comment}" in text
        text = text.replace(f"# {comment}", comment)
    scheduled = Scheduled(watched.directory, LANGUAGES, act, github, "ltf-ci-watch.yml", text)
    secrets = {"GITHUB_TOKEN": "of-the-workflow-itself", "LTF_CI_APP_PRIVATE_KEY": github.app.private_key}

    ran = scheduled.run(secrets)
    assert ran.exit_code == 0, str(ran)
    assert f"| {PYTHON} | done |" in ran.summary
    proposed = growing.pulls
    assert [title for title, _ in proposed[PYTHON]] == [
        f"Begin 3.7.5: made FROM {watched.upstream.tagged('3.7.5')}",
        "branches",
    ]
    (issue,) = growing.languages.issues
    assert "### Newer patch upstream" in issue.body
    for secret in (*github.app.given, *github.app.private_key.splitlines()[1:-1]):
        assert secret not in str(ran)

    again = scheduled.run(secrets)
    assert again.exit_code == 0, str(again)
    assert f"| {PYTHON} | unchanged |" in again.summary
    assert (growing.pulls, len(growing.languages.issues)) == (proposed, 1)
