"""The one issue of `ltf-ci watch`: opened, written anew, closed and opened again; never a second one."""

from __future__ import annotations

import pytest

from ltf_ci.watch.rules.issue import LABEL, MARKER
from tests.commands.test_watch import base_moves, image_is_overwritten
from tests.support.github import GithubServer, HostedRepository, Issue
from tests.support.publishing import RunCommand
from tests.support.result import Result
from tests.support.watched import DEPENDENTS, WatchedFleet

pytestmark = pytest.mark.machine
NAME = "cyber-dojo/languages-start-points"


class Keeper:
    """A fleet, and the repository that has its issue."""

    def __init__(self, fleet: WatchedFleet, github: GithubServer) -> None:
        self.fleet = fleet
        self.github = github
        self.hosted = github.create_repository(NAME, {DEPENDENTS: "{}"})

    def watch(self, *words: str) -> Result:
        environ = {"LTF_CI_TOKEN": self.github.token, "GITHUB_API_URL": self.github.api}
        return self.fleet.watch("--issue", NAME, *words, environ=environ)

    def step(self, *words: str) -> tuple[str, str]:
        """Watch, and return what became of the issue."""
        said = self.watch(*words)[1]
        (step,) = (step for step in said["steps"] if step["name"] == "issue")
        return step["state"], step["detail"]

    @property
    def writes(self) -> list[str]:
        return [asked for asked in self.github.asked if not asked.startswith("GET ")]

    @property
    def issue(self) -> Issue:
        (issue,) = self.hosted.issues
        return issue


@pytest.fixture
def keeper(watched: WatchedFleet, github: GithubServer) -> Keeper:
    return Keeper(watched, github)


def test_a_healthy_fleet_has_no_issue(keeper: Keeper) -> None:
    assert keeper.step() == ("unchanged", "nothing was found")
    assert (keeper.hosted.issues, keeper.writes) == ([], [])


def test_one_issue_is_opened_written_anew_closed_and_opened_again(keeper: Keeper) -> None:
    base_moves(keeper.fleet)
    assert keeper.step() == ("done", f"open {keeper.github.api}/{NAME}/issues/1")
    first = keeper.issue.body
    assert first.startswith(MARKER)
    assert "### Base moved: 1 (`base-moved`)" in first
    assert (keeper.issue.labels, len(keeper.writes)) == ([LABEL], 1)

    assert keeper.step()[0] == "unchanged"
    assert len(keeper.writes) == 1

    keeper.fleet.tag("python-unittest", "3.7.4-2")
    assert keeper.step() == ("done", f"update {keeper.github.api}/{NAME}/issues/1")
    assert "### Git tag without image" in keeper.issue.body
    assert (keeper.issue.state, len(keeper.writes)) == ("open", 2)

    fleet = keeper.fleet
    fleet.release("python", fleet.base.tagged("3.7.4-2"), fleet.upstream)
    fleet.push_release("python-unittest", fleet.ltf.tagged("3.7.4-2"), fleet.base.tagged("3.7.4-2"))
    fleet.point_latest(fleet.ltf.tagged("3.7.4-2"))
    assert keeper.step()[0] == "done"
    assert (keeper.issue.state, keeper.issue.comments) == ("closed", ["Closed by ltf-ci: nothing is left."])
    assert keeper.step() == ("unchanged", "nothing was found")
    assert len(keeper.writes) == 4

    base_moves_again(keeper.fleet)
    assert keeper.step() == ("done", f"reopen {keeper.github.api}/{NAME}/issues/1")
    assert (keeper.issue.state, "### Base moved: 1 (`base-moved`)" in keeper.issue.body) == ("open", True)


def base_moves_again(fleet: WatchedFleet) -> None:
    fleet.push(fleet.upstream, "another fix")
    fleet.point_latest(fleet.upstream)


def test_what_was_closed_by_hand_stays_closed_until_something_changes(keeper: Keeper) -> None:
    base_moves(keeper.fleet)
    keeper.watch()
    keeper.issue.state = "closed"
    assert keeper.step()[0] == "unchanged"
    assert keeper.issue.state == "closed"
    keeper.fleet.tag("python-unittest", "3.7.4-2")
    assert keeper.step()[1].startswith("reopen")


def test_other_peoples_issues_are_left_alone(keeper: Keeper) -> None:
    hosted: HostedRepository = keeper.hosted
    quoting = hosted.open_issue("What the daily watch found", f"> {MARKER}\nWhat is this?", [LABEL], author="someone")
    unlabelled = hosted.open_issue("What the daily watch found", f"{MARKER}\nmine", [], author="someone")
    hosted.push({"a": "b"}, branch="a")
    pull = hosted.open_pull("a", "main", "T", f"{MARKER}\n", draft=False)
    hosted.add_labels(pull, [LABEL])
    base_moves(keeper.fleet)
    keeper.watch()
    assert [issue.title for issue in hosted.issues] == ["What the daily watch found"] * 3
    assert (quoting.body, unlabelled.body) == (f"> {MARKER}\nWhat is this?", f"{MARKER}\nmine")
    assert (quoting.state, unlabelled.state, pull.state) == ("open", "open", "OPEN")


def test_of_two_that_were_opened_at_once_one_is_left(keeper: Keeper) -> None:
    base_moves(keeper.fleet)
    keeper.step()
    keeper.hosted.open_issue(keeper.issue.title, keeper.issue.body, [LABEL])
    keeper.watch("--dry-run")
    assert [issue.state for issue in keeper.hosted.issues] == ["open", "open"]
    steps = [step.state for step in keeper.watch().steps if step.name == "issue"]
    assert steps == ["unchanged", "done"]
    assert [issue.state for issue in keeper.hosted.issues] == ["closed", "open"]
    assert keeper.hosted.issues[0].comments == ["Closed by ltf-ci: there is another one."]
    assert keeper.step()[0] == "unchanged"


def test_a_registry_that_does_not_answer_closes_no_issue_and_opens_none(keeper: Keeper) -> None:
    fleet = keeper.fleet
    (fleet.place / "python-unittest").rename(fleet.place / "elsewhere")
    assert keeper.step() == ("unchanged", "what could not be asked may be as it was")
    (fleet.place / "elsewhere").rename(fleet.place / "python-unittest")
    fleet.tag("python-unittest", "3.7.4-2")
    keeper.watch()
    before = keeper.issue.body
    (fleet.place / "python-unittest").rename(fleet.place / "elsewhere")
    code, _ = keeper.watch()
    assert (code, keeper.issue.state, keeper.issue.body) == (1, "open", before)


def test_a_dry_run_says_what_would_be_written(keeper: Keeper) -> None:
    base_moves(keeper.fleet)
    result = keeper.watch("--dry-run")
    assert (result.code, result.conclusion, result.plan["issue"]["what"]) == (0, "planned", "open")
    assert "### Base moved: 1 (`base-moved`)" in result.plan["issue"]["body"]
    assert (keeper.hosted.issues, keeper.writes) == ([], [])


def test_the_issue_is_written_where_the_findings_fail_the_run(keeper: Keeper) -> None:
    image_is_overwritten(keeper.fleet)
    code, _ = keeper.watch()
    assert (code, "### Image overwritten" in keeper.issue.body) == (1, True)


def test_no_token_is_told_before_anything_is_asked(watched: WatchedFleet) -> None:
    result = watched.watch("--issue", NAME)
    assert result.failure == (6, "AccessDenied")


def test_a_token_that_may_not_write_issues(keeper: Keeper) -> None:
    keeper.hosted.forbidden.add("POST /repos/{owner}/{repo}/issues")
    base_moves(keeper.fleet)
    result = keeper.watch()
    assert result.failure == (6, "AccessDenied")
    assert result.rules == ["base-moved"]
    assert keeper.github.token not in str(result)


def test_a_label_that_is_dropped_is_told_for_the_issue_would_be_made_again_each_day(keeper: Keeper) -> None:
    keeper.hosted.may_label = False
    base_moves(keeper.fleet)
    result = keeper.watch()
    assert result.failure == (6, "AccessDenied")
    assert LABEL in result.error.cure


@pytest.mark.parametrize("name", ["nobody", "../x", "a/b/c", "https://github.com/a/b"])
def test_what_is_no_repository(run: RunCommand, name: str) -> None:
    result = run("watch", "--issue", name, environ={"LTF_CI_FORMAT": "json"})
    assert result.failure == (2, "UsageError")
