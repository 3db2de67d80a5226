"""Every state that runs, people and GitHub's buttons make, at the stand-in: each kind of run goes on from it, twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import pytest

from ltf_ci.clients.run import Run
from ltf_ci.commands import list_refresh
from ltf_ci.errors import GithubFailed
from ltf_ci.languages.bump import bump
from ltf_ci.languages.release import Release
from ltf_ci.model.commit import Commit
from ltf_ci.model.image import ImageName
from ltf_ci.model.outcome import Step, StepState
from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.model.repository_place import LanguagesPlace
from ltf_ci.model.repository_url import RepositoryUrl
from ltf_ci.pull_requests.apply import PullRequestResult, apply
from ltf_ci.pull_requests.rules import proposing
from ltf_ci.pull_requests.rules.proposing import Proposal
from tests.support.bumping import pull_request, run_at
from tests.support.github import GithubServer
from tests.support.github.bare import HEADS, RefUpdate
from tests.support.github.buttons import merge, rename_branch
from tests.support.pull_request_states import LEAVES, OPENS, UPDATES, Make, Place, close, ends_well, work_on

pytestmark = pytest.mark.machine

NAME, LIST = "o/languages", "list.txt"
BRANCH = "ltf-ci/ltf-02-1.0"
NAMES = [f"ltf-{number:02}" for number in range(11)]
URL = "https://github.com/o"


class World(Place):
    """A languages repository at the stand-in, and the runs that open pull requests there."""

    @property
    def run(self) -> Run:
        return run_at(self.github)

    def bump(self, tag: str, name: str = "ltf-02", group: str = "", reason: str = "") -> PullRequestResult:
        release = Release(
            url=RepositoryUrl.parse(f"{URL}/{name}"),
            tag=ReleaseTag.parse(tag),
            commit=Commit.parse("c" * 40),
            image=ImageName.parse(f"o/x:{tag}"),
            digest=None,
            display_name="X (1.0), y",
        )
        return bump([release], pull_request(NAME, LIST, group), self.run, dry_run=False, reason=reason)[0]

    def propose(self, tag: str) -> PullRequestResult:
        """Propose a change as the watch does."""
        line, newer = re.compile(rf"{URL}/ltf-08\?tag=\S+"), f"{URL}/ltf-08?tag={tag}"
        proposal = Proposal(
            branch="ltf-ci-dependents/upstream-1",
            title=f"Begin {tag}",
            body="Body",
            edit=lambda files: {**files, LIST: line.sub(newer, files[LIST] or "")},
            unasked=True,
        )
        repository = self.run.target_repository(LanguagesPlace.parse(NAME), (LIST,))
        return apply(proposal.branch, partial(proposing.decide, proposal=proposal), repository, _no_wait, dry_run=False)

    def refresh(self) -> tuple[Step, ...]:
        """Refresh the list's pull requests; return the steps."""
        request = list_refresh.Request(languages=LanguagesPlace.parse(NAME), list=LIST, dry_run=False)
        return list_refresh.execute(request, self.run).steps


def _no_wait(_times: float) -> None:
    """Wait not at all."""


@pytest.fixture
def world(github: GithubServer) -> World:
    text = "".join(f"{URL}/{name}?tag=1.0-1\n" for name in NAMES)
    far, near = moved("ltf-00", "ltf-10"), moved("ltf-01", "ltf-03", "ltf-04", "ltf-06", "ltf-07", "ltf-09")
    hosted = github.create_repository(NAME, {LIST: text, "notes": ""})
    return World(github=github, hosted=hosted, path=LIST, far=far, near=near)


def moved(*names: str) -> list[tuple[str, str]]:
    return [(f"{name}?tag=1.0-1", f"{name}?tag=1.0-9") for name in names]


REFRESHED = (BRANCH, "ltf-ci/security")  # the watch goes on with its own
RUNS: dict[str, Callable[[World, str], PullRequestResult]] = {  # by their branches: bump, retag, watch
    BRANCH: World.bump,
    "ltf-ci/security": partial(World.bump, name="ltf-05", group="security", reason="CVE-2026-1"),
    "ltf-ci-dependents/upstream-1": World.propose,
}


@pytest.mark.parametrize("make", [*UPDATES, *OPENS, *LEAVES])
def test_the_next_run_goes_on_and_the_one_after_it_has_nothing_to_do(world: World, make: Make) -> None:
    """The same of a re-tag's pull request and of the watch's: tests/commands/test_every_state.py."""
    assert world.bump("1.0-2").step.state is StepState.DONE
    make(world, BRANCH, 1)
    before = {name: world.hosted.head(name) for name in world.hosted.branches()}
    world.refresh()
    again = world.refresh()
    assert StepState.DONE not in {step.state for step in again}
    assert all(step.detail for step in again)
    first, second = world.bump("1.0-3"), world.bump("1.0-3")
    if make in LEAVES:
        assert [first.step.state, second.step.state] == [StepState.SKIPPED] * 2
        told = {first.step.detail, second.step.detail, *(step.detail for step in again if step.name == BRANCH)}
        assert all("pull/1" in each and "close" in each for each in told), told
        assert BRANCH in {step.name for step in again}
    else:
        assert (first.step.state, second.step.state) == (StepState.DONE, StepState.UNCHANGED), (first, second)
    assert ends_well(world, make, BRANCH, before, "?tag=1.0-3\n") == ""


def test_people_who_end_what_is_left_to_them_let_the_next_run_go_on(world: World) -> None:
    world.bump("1.0-2")
    work_on(world, "ltf-ci/ltf-02-1.0")
    assert world.bump("1.0-3").step.state is StepState.SKIPPED
    merge(world.hosted, 1, "squash")
    assert world.bump("1.0-3").step.state is StepState.DONE
    assert [pull.state for pull in world.hosted.pulls] == ["MERGED", "OPEN"]


def archived(world: World, _branch: str, number: int) -> None:
    world.hosted.archived = True


def protected(world: World, branch: str, number: int) -> None:
    world.hosted.protected.add(branch)


def in_the_way(world: World, _branch: str, number: int) -> None:
    for branch in [name for name in world.hosted.branches() if name.startswith("ltf-ci/")]:
        world.hosted.delete_branch(branch)
    world.hosted.push({"notes": "x"}, branch="ltf-ci")


def below(world: World, branch: str, number: int) -> None:
    world.hosted.delete_branch(branch)
    world.hosted.push({"notes": "x"}, branch=f"{branch}/mine")


@pytest.mark.parametrize(
    ("make", "cure"),
    [
        (archived, "unarchive"),
        (protected, "rulesets"),
        (in_the_way, "rename or delete ltf-ci there"),
        (below, "rename or delete"),
    ],
)
def test_what_a_setting_forbids_is_told_with_its_own_cure_by_every_run(world: World, make: Make, cure: str) -> None:
    for run in RUNS.values():
        run(world, "1.0-2")
    branches = REFRESHED if make is in_the_way else tuple(RUNS)
    for number, branch in enumerate(branches, 1):
        make(world, branch, number)
    for run in [RUNS[branch] for branch in branches] * 2:
        with pytest.raises(GithubFailed) as raised:
            run(world, "1.0-3")
        assert cure in raised.value.cure
        assert "run it again" not in raised.value.cure


@pytest.mark.parametrize("make", [archived, protected])
def test_what_a_setting_forbids_is_told_by_the_refresh_too(world: World, make: Make) -> None:
    world.bump("1.0-2")
    world.move_main()
    make(world, "ltf-ci/ltf-02-1.0", 1)
    for _again in range(2):
        (step,) = world.refresh()
        assert (step.state, "archived" in step.detail or "ule" in step.detail) == (StepState.SKIPPED, True), step


@pytest.mark.parametrize("name", ["trunk", "release/2026.x", "mäin-✓", "HEAD-of-all", "1.0-2", "ltf-ci-x/y"])
def test_the_default_branch_has_any_name_and_gets_any_other(world: World, name: str) -> None:
    """Also one that looks like a release, like a ref's full name, or like a branch of ours."""
    world.bump("1.0-2")
    rename_branch(world.hosted, "main", name)
    world.move_main()
    assert [step.state for step in world.refresh()] == [StepState.DONE]
    assert world.hosted.parent("ltf-ci/ltf-02-1.0") == world.hosted.head(name)
    assert StepState.DONE not in {step.state for step in world.refresh()}
    for run in RUNS.values():
        assert [run(world, "1.0-3").step.state for _ in range(2)] == [StepState.DONE, StepState.UNCHANGED]
    assert {pull.base for pull in world.hosted.pulls} == {name}
    merge(world.hosted, 1, "squash")
    assert "ltf-02?tag=1.0-3" in world.hosted.read(LIST, name)
    assert world.bump("1.0-3").step.state is StepState.UNCHANGED


def test_a_release_goes_past_the_merge_queue_and_follows_what_was_merged_by_it(world: World) -> None:
    world.bump("1.0-2")
    world.hosted.pull(1).queued = True
    queued = world.hosted.head(BRANCH)
    for _ in range(2):
        assert world.bump("1.0-2").step.state is StepState.UNCHANGED
        assert [(step.state, "merge queue" in step.detail) for step in world.refresh()] == [(StepState.UNCHANGED, True)]
    first, second = world.bump("1.0-3"), world.bump("1.0-3")
    assert (first.step.state, second.step.state) == (StepState.DONE, StepState.UNCHANGED), (first, second)
    assert world.hosted.head(BRANCH) == queued
    assert [(pull.head, pull.state) for pull in world.hosted.pulls] == [(BRANCH, "OPEN"), (f"{BRANCH}-2", "OPEN")]
    merge(world.hosted, 1, "squash")
    assert StepState.DONE in {step.state for step in world.refresh()}
    merge(world.hosted, 2, "squash")
    assert "ltf-02?tag=1.0-3" in world.hosted.read(LIST)
    assert [world.bump("1.0-4").step.state for _ in range(2)] == [StepState.DONE, StepState.UNCHANGED]
    assert [pull.state for pull in world.hosted.pulls] == ["MERGED", "MERGED", "OPEN"]


def test_what_the_watch_proposes_waits_for_the_merge_queue(world: World) -> None:
    world.propose("1.0-2")
    world.hosted.pull(1).queued = True
    for _ in range(2):
        result = world.propose("1.0-3")
        assert (result.step.state, "merge queue" in result.step.detail) == (StepState.SKIPPED, True)
    merge(world.hosted, 1, "squash")
    assert [world.propose("1.0-3").step.state for _ in range(2)] == [StepState.DONE, StepState.UNCHANGED]


def test_forks_that_have_a_branch_of_the_same_name_hide_no_pull_request(world: World) -> None:
    for _ in range(25):  # more than are looked at
        world.hosted.open_from_fork(BRANCH, {LIST: "nothing\n"})
    states = [world.bump(tag).step.state for tag in ("1.0-2", "1.0-2", "1.0-3", "1.0-3")]
    assert states == [StepState.DONE, StepState.UNCHANGED] * 2
    assert [pull.number for pull in world.hosted.pulls if not pull.from_fork] == [26]


def test_a_title_that_is_open_from_another_branch_is_not_opened_twice(world: World) -> None:
    world.propose("1.0-2")
    hosted = world.hosted
    hosted.move([RefUpdate(f"{HEADS}mine", hosted.head("ltf-ci-dependents/upstream-1"))])
    hosted.delete_branch("ltf-ci-dependents/upstream-1")
    hosted.open_pull("mine", "main", "Begin 1.0-2", "", draft=False)
    result = world.propose("1.0-2")
    assert (result.step.state, "pull/2" in result.step.detail) == (StepState.UNCHANGED, True)


def test_what_was_closed_is_not_proposed_again_by_the_watch(world: World) -> None:
    world.propose("1.0-2")
    close(world, 1)
    assert world.propose("1.0-2").step.state is StepState.UNCHANGED
    assert world.propose("1.0-3").step.state is StepState.DONE
