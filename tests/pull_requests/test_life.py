"""Every state that runs, people and GitHub's buttons make, at the stand-in: each kind of run goes on from it, twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

import pytest

from ltf_ci.clients.run import Run
from ltf_ci.commands import list_refresh
from ltf_ci.errors import GithubFailed
from ltf_ci.languages.bump import bump
from ltf_ci.languages.release import Release
from ltf_ci.languages.requests import PullRequest
from ltf_ci.model.access import Access
from ltf_ci.model.commit import Commit
from ltf_ci.model.github_host import GithubHost
from ltf_ci.model.image import ImageName
from ltf_ci.model.outcome import Step, StepState
from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.model.repository_place import LanguagesPlace
from ltf_ci.model.repository_url import RepositoryUrl
from ltf_ci.model.secret import Secret
from ltf_ci.pull_requests.apply import PullRequestResult, apply
from ltf_ci.pull_requests.rules import proposing
from ltf_ci.pull_requests.rules.proposing import Proposal
from tests.support.github import GithubServer, HostedRepository
from tests.support.github.bare import HEADS, RefUpdate
from tests.support.github.buttons import merge, rename_branch, retarget, update_branch

pytestmark = pytest.mark.machine

NAME, LIST = "o/languages", "list.txt"
NAMES = [f"ltf-{number:02}" for number in range(11)]
URL = "https://github.com/o"


@dataclass
class World:
    """A languages repository at the stand-in, and the runs that open pull requests there."""

    github: GithubServer
    hosted: HostedRepository

    @property
    def run(self) -> Run:
        access = Access(
            token=Secret(self.github.token),
            github=GithubHost.of("", self.github.api),
            docker_config=Path("/nowhere"),
            pause=0,
        )
        return Run(access)

    def bump(self, tag: str, name: str = "ltf-02", group: str = "", reason: str = "") -> PullRequestResult:
        release = Release(
            url=RepositoryUrl.parse(f"{URL}/{name}"),
            tag=ReleaseTag.parse(tag),
            commit=Commit.parse("c" * 40),
            image=ImageName.parse(f"o/x:{tag}"),
            digest=None,
            display_name="X (1.0), y",
        )
        request = PullRequest(
            languages=LanguagesPlace.parse(NAME),
            list=LIST,
            group=group,
            label=(),
            reviewer=(),
            draft=False,
            auto_merge=False,
        )
        return bump([release], request, self.run, dry_run=False, reason=reason)[0]

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

    def move_main(self, name: str) -> None:
        """Merge something else into the default branch."""
        text = self.hosted.read(LIST, self.hosted.default_branch)
        changed = text.replace(f"{name}?tag=1.0-1", f"{name}?tag=1.0-9")
        self.hosted.push({LIST: changed}, branch=self.hosted.default_branch)


Make: TypeAlias = Callable[[World, str, int], None]


def _no_wait(_times: float) -> None:
    """Wait not at all."""


@pytest.fixture
def world(github: GithubServer) -> World:
    text = "".join(f"{URL}/{name}?tag=1.0-1\n" for name in NAMES)
    return World(github, github.create_repository(NAME, {LIST: text, "notes": ""}))


def work_on(world: World, branch: str) -> None:
    world.hosted.push({"notes": "mine\n"}, branch=branch, message="Work of a person")


def close(world: World, number: int) -> None:
    world.hosted.set_state(world.hosted.pull(number), "CLOSED")


def untouched(_world: World, _branch: str, _number: int) -> None:
    pass


def merged(world: World, _branch: str, number: int) -> None:
    merge(world.hosted, number, "merge")


def squashed(world: World, _branch: str, number: int) -> None:
    merge(world.hosted, number, "squash")


def rebased_and_merged(world: World, _branch: str, number: int) -> None:
    merge(world.hosted, number, "rebase")


def merged_and_deleted(world: World, branch: str, number: int) -> None:
    merge(world.hosted, number, "squash")
    world.hosted.delete_branch(branch)


def updated(world: World, _branch: str, number: int) -> None:
    world.move_main("ltf-00")
    update_branch(world.hosted, number)


def updated_twice(world: World, branch: str, number: int) -> None:
    updated(world, branch, number)
    world.move_main("ltf-10")
    update_branch(world.hosted, number)


def rebased(world: World, _branch: str, number: int) -> None:
    world.move_main("ltf-00")
    update_branch(world.hosted, number, "rebase")


def updated_and_squashed(world: World, branch: str, number: int) -> None:
    updated(world, branch, number)
    merge(world.hosted, number, "squash")


def updated_and_closed(world: World, branch: str, number: int) -> None:
    updated(world, branch, number)
    close(world, number)


def worked_on(world: World, branch: str, number: int) -> None:
    work_on(world, branch)


def worked_on_and_updated(world: World, branch: str, number: int) -> None:
    work_on(world, branch)
    updated(world, branch, number)


def worked_on_and_squashed(world: World, branch: str, number: int) -> None:
    work_on(world, branch)
    merge(world.hosted, number, "squash")


def worked_on_and_closed(world: World, branch: str, number: int) -> None:
    work_on(world, branch)
    close(world, number)


def squashed_and_worked_on(world: World, branch: str, number: int) -> None:
    merge(world.hosted, number, "squash")
    work_on(world, branch)


def closed_and_worked_on(world: World, branch: str, number: int) -> None:
    close(world, number)
    work_on(world, branch)


def closed(world: World, _branch: str, number: int) -> None:
    close(world, number)


def reopened(world: World, _branch: str, number: int) -> None:
    close(world, number)
    world.hosted.set_state(world.hosted.pull(number), "OPEN")


def retargeted(world: World, _branch: str, number: int) -> None:
    retarget(world.hosted, number, "staging")


def retargeted_and_merged(world: World, _branch: str, number: int) -> None:
    retarget(world.hosted, number, "staging")
    merge(world.hosted, number, "merge")


def a_draft(world: World, _branch: str, number: int) -> None:
    world.hosted.pull(number).draft = True


def renamed_branch(world: World, branch: str, number: int) -> None:
    rename_branch(world.hosted, branch, "mine")


def deleted_branch(world: World, branch: str, number: int) -> None:
    world.hosted.delete_branch(branch)


def renamed_main(world: World, _branch: str, number: int) -> None:
    rename_branch(world.hosted, "main", "trunk")


def renamed_repository(world: World, _branch: str, number: int) -> None:
    world.github.site.rename(NAME, "o/renamed")


def transferred_repository(world: World, _branch: str, number: int) -> None:
    world.github.site.rename(NAME, "p/languages")


def reverted(world: World, _branch: str, number: int) -> None:
    before = world.hosted.read(LIST, world.hosted.default_branch)
    merge(world.hosted, number, "squash")
    world.hosted.push({LIST: before}, branch=world.hosted.default_branch, message="Revert it")


def in_conflict(world: World, _branch: str, number: int) -> None:
    for neighbour in ("ltf-01", "ltf-03", "ltf-04", "ltf-06", "ltf-07", "ltf-09"):
        world.move_main(neighbour)


def beside_a_forks(world: World, branch: str, _number: int) -> None:
    world.hosted.open_from_fork(branch, {LIST: "nothing\n"})


def left_over(world: World, branch: str, number: int) -> None:
    """Leave what a run that was killed leaves: a commit of long ago on its scratch branch."""
    bare = world.hosted.bare
    old = {"GIT_COMMITTER_DATE": "2020-01-01T00:00:00Z", "GIT_AUTHOR_DATE": "2020-01-01T00:00:00Z"}
    commit = bare.git("-c", "user.name=x", "-c", "user.email=x", "commit-tree", "HEAD^{tree}", data=b"x", **old)
    world.hosted.move([RefUpdate(f"{HEADS}{branch}.next-0badcafe", commit)])


UPDATES = [
    untouched,
    updated,
    updated_twice,
    rebased,
    reopened,
    a_draft,
    renamed_main,
    renamed_repository,
    transferred_repository,
    left_over,
    in_conflict,
    beside_a_forks,
]
OPENS = [
    merged,
    squashed,
    rebased_and_merged,
    merged_and_deleted,
    updated_and_squashed,
    updated_and_closed,
    worked_on_and_squashed,
    worked_on_and_closed,
    squashed_and_worked_on,
    closed_and_worked_on,
    closed,
    retargeted_and_merged,
    renamed_branch,
    deleted_branch,
    reverted,
]
LEAVES = [worked_on, worked_on_and_updated, retargeted]
TAKES_ANOTHER_NAME = (squashed_and_worked_on, closed_and_worked_on)
OF_THE_REPOSITORY = (renamed_main, renamed_repository, transferred_repository)
REFRESHED = ("ltf-ci/ltf-02-1.0", "ltf-ci/security")  # the watch goes on with its own
RUNS: dict[str, Callable[[World, str], PullRequestResult]] = {  # by their branches: bump, retag, watch
    "ltf-ci/ltf-02-1.0": World.bump,
    "ltf-ci/security": partial(World.bump, name="ltf-05", group="security", reason="CVE-2026-1"),
    "ltf-ci-dependents/upstream-1": World.propose,
}


@pytest.mark.parametrize("make", [*UPDATES, *OPENS, *LEAVES])
def test_the_next_run_goes_on_and_the_one_after_it_has_nothing_to_do(world: World, make: Make) -> None:
    assert [run(world, "1.0-2").step.state for run in RUNS.values()] == [StepState.DONE] * 3
    for number, branch in enumerate(RUNS, 1):
        if number == 1 or make not in OF_THE_REPOSITORY:
            make(world, branch, number)
    before = {name: world.hosted.head(name) for name in world.hosted.branches()}
    world.refresh()
    again = world.refresh()
    assert StepState.DONE not in {step.state for step in again}
    assert all(step.detail for step in again)
    for number, (branch, run) in enumerate(RUNS.items(), 1):
        first, second = run(world, "1.0-3"), run(world, "1.0-3")
        if make in LEAVES:
            assert [first.step.state, second.step.state] == [StepState.SKIPPED] * 2
            assert world.hosted.head(branch) == before[branch]
            told = {first.step.detail, second.step.detail, *(step.detail for step in again if step.name == branch)}
            assert all(f"pull/{number}" in each and "close" in each for each in told), told
            assert branch in {step.name for step in again} or branch not in REFRESHED
            continue
        assert (first.step.state, second.step.state) == (StepState.DONE, StepState.UNCHANGED), (branch, first, second)
        name = f"{branch}-2" if make in TAKES_ANOTHER_NAME else branch
        ours = [pull for pull in world.hosted.pulls if (pull.state, pull.from_fork) == ("OPEN", False)]
        (pull,) = [pull for pull in ours if pull.head == name]
        assert (pull.number == number, pull.base) == (make in UPDATES, world.hosted.default_branch)
        assert "?tag=1.0-3\n" in world.hosted.read(LIST, name)
        if make in TAKES_ANOTHER_NAME:
            assert world.hosted.head(branch) == before[branch]
    assert [name for name in world.hosted.branches() if ".next-" in name] == []
    assert len([pull for pull in world.hosted.pulls if pull.state == "OPEN" and not pull.from_fork]) == len(RUNS)


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
    world.move_main("ltf-00")
    make(world, "ltf-ci/ltf-02-1.0", 1)
    for _again in range(2):
        (step,) = world.refresh()
        assert (step.state, "archived" in step.detail or "ule" in step.detail) == (StepState.SKIPPED, True), step


@pytest.mark.parametrize("name", ["trunk", "release/2026.x", "mäin-✓", "HEAD-of-all", "1.0-2", "ltf-ci-x/y"])
def test_the_default_branch_has_any_name_and_gets_any_other(world: World, name: str) -> None:
    """Also one that looks like a release, like a ref's full name, or like a branch of ours."""
    world.bump("1.0-2")
    rename_branch(world.hosted, "main", name)
    world.move_main("ltf-00")
    assert [step.state for step in world.refresh()] == [StepState.DONE]
    assert world.hosted.parent("ltf-ci/ltf-02-1.0") == world.hosted.head(name)
    assert StepState.DONE not in {step.state for step in world.refresh()}
    for run in RUNS.values():
        assert [run(world, "1.0-3").step.state for _ in range(2)] == [StepState.DONE, StepState.UNCHANGED]
    assert {pull.base for pull in world.hosted.pulls} == {name}
    merge(world.hosted, 1, "squash")
    assert "ltf-02?tag=1.0-3" in world.hosted.read(LIST, name)
    assert world.bump("1.0-3").step.state is StepState.UNCHANGED


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
