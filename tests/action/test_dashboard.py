"""The dashboard's workflow as GitHub runs it: on its schedule, what it writes is what GitHub Pages publishes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.action.test_watch import Daily
from tests.support.act import Act, ActRun
from tests.support.dashboards import table_of
from tests.support.github import GithubServer
from tests.support.listing import LIST, LOCK
from tests.support.repositories import git
from tests.support.watched import DEPENDENTS, WatchedFleet

pytestmark = pytest.mark.machine
STATE = 3


class Pages:
    """A languages repository with the dashboard's workflow, and what becomes of its page."""

    def __init__(self, daily: Daily, artifacts: Path) -> None:
        self.daily = daily
        self.artifacts = artifacts

    def run(self) -> ActRun:
        return self.daily.run(STUB_ARTIFACTS=str(self.artifacts))

    @property
    def published(self) -> list[str]:
        return sorted(file.name for file in (self.artifacts / "published").iterdir())

    @property
    def states(self) -> list[str]:
        return [row[STATE] for row in table_of((self.artifacts / "published/index.html").read_text())]


@pytest.fixture
def pages(watched: WatchedFleet, act: Act, github: GithubServer, tmp_path: Path) -> Pages:
    return Pages(Daily(watched, act, github, "ltf-ci-dashboard.yml"), tmp_path / "artifacts")


def test_what_the_watch_found_is_on_the_published_page(pages: Pages) -> None:
    fleet = pages.daily.fleet
    fleet.push(fleet.ltf, "overwritten")
    ran = pages.run()
    assert ran.exit_code == 0, str(ran)
    assert ran.jobs == {"write": "success", "publish": "success"}
    assert pages.published == ["index.html"]
    assert pages.states == ["broken | image overwritten", "fine"]
    assert ran.outputs["publish"] == {"page_url": "https://watched.github.io/languages/"}
    assert "**image-overwritten**" in ran.summary


def test_where_there_is_no_fleet_nothing_is_published(pages: Pages) -> None:
    git(pages.daily.fleet.directory, "rm", "--quiet", LIST, LOCK, DEPENDENTS)
    git(pages.daily.fleet.directory, "commit", "--quiet", "--message", "Begin again")
    ran = pages.run()
    assert ran.exit_code == 1, str(ran)
    assert ran.jobs == {"write": "failure"}
    assert not pages.artifacts.exists()
