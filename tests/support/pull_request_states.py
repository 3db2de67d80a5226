"""The states that runs, people and GitHub's buttons bring a pull request and its repository to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tests.support.github import GithubServer, HostedRepository
from tests.support.github.bare import HEADS, RefUpdate
from tests.support.github.buttons import merge, rename_branch, retarget, update_branch


@dataclass(kw_only=True)
class Place:
    """A repository that pull requests are opened in, and how a file of its default branch is changed.

    `far` and `near` are what takes the place of what there: nothing that a pull request changes, or what is beside it.
    """

    github: GithubServer
    hosted: HostedRepository
    path: str
    far: Sequence[tuple[str, str]]
    near: Sequence[tuple[str, str]]

    def move_main(self, *changes: tuple[str, str]) -> None:
        """Merge something else into the default branch."""
        text = self.hosted.read(self.path, self.hosted.default_branch)
        for old, new in changes or self.far[:1]:
            text = text.replace(old, new)
        self.hosted.push({self.path: text}, branch=self.hosted.default_branch)


Make: TypeAlias = Callable[[Place, str, int], None]


def work_on(place: Place, branch: str) -> None:
    place.hosted.push({"notes": "mine\n"}, branch=branch, message="Work of a person")


def close(place: Place, number: int) -> None:
    place.hosted.set_state(place.hosted.pull(number), "CLOSED")


def untouched(_place: Place, _branch: str, _number: int) -> None:
    pass


def merged(place: Place, _branch: str, number: int) -> None:
    merge(place.hosted, number, "merge")


def squashed(place: Place, _branch: str, number: int) -> None:
    merge(place.hosted, number, "squash")


def rebased_and_merged(place: Place, _branch: str, number: int) -> None:
    merge(place.hosted, number, "rebase")


def merged_and_deleted(place: Place, branch: str, number: int) -> None:
    merge(place.hosted, number, "squash")
    place.hosted.delete_branch(branch)


def updated(place: Place, _branch: str, number: int) -> None:
    place.move_main()
    update_branch(place.hosted, number)


def updated_twice(place: Place, branch: str, number: int) -> None:
    updated(place, branch, number)
    place.move_main(*place.far[1:])
    update_branch(place.hosted, number)


def rebased(place: Place, _branch: str, number: int) -> None:
    place.move_main()
    update_branch(place.hosted, number, "rebase")


def updated_and_squashed(place: Place, branch: str, number: int) -> None:
    updated(place, branch, number)
    merge(place.hosted, number, "squash")


def updated_and_closed(place: Place, branch: str, number: int) -> None:
    updated(place, branch, number)
    close(place, number)


def worked_on(place: Place, branch: str, number: int) -> None:
    work_on(place, branch)


def worked_on_and_updated(place: Place, branch: str, number: int) -> None:
    work_on(place, branch)
    updated(place, branch, number)


def worked_on_and_squashed(place: Place, branch: str, number: int) -> None:
    work_on(place, branch)
    merge(place.hosted, number, "squash")


def worked_on_and_closed(place: Place, branch: str, number: int) -> None:
    work_on(place, branch)
    close(place, number)


def squashed_and_worked_on(place: Place, branch: str, number: int) -> None:
    merge(place.hosted, number, "squash")
    work_on(place, branch)


def closed_and_worked_on(place: Place, branch: str, number: int) -> None:
    close(place, number)
    work_on(place, branch)


def closed(place: Place, _branch: str, number: int) -> None:
    close(place, number)


def reopened(place: Place, _branch: str, number: int) -> None:
    close(place, number)
    place.hosted.set_state(place.hosted.pull(number), "OPEN")


def retargeted(place: Place, _branch: str, number: int) -> None:
    retarget(place.hosted, number, "staging")


def retargeted_and_merged(place: Place, _branch: str, number: int) -> None:
    retarget(place.hosted, number, "staging")
    merge(place.hosted, number, "merge")


def a_draft(place: Place, _branch: str, number: int) -> None:
    place.hosted.pull(number).draft = True


def renamed_branch(place: Place, branch: str, number: int) -> None:
    rename_branch(place.hosted, branch, "mine")


def deleted_branch(place: Place, branch: str, number: int) -> None:
    place.hosted.delete_branch(branch)


def renamed_main(place: Place, _branch: str, number: int) -> None:
    rename_branch(place.hosted, "main", "trunk")


def renamed_repository(place: Place, _branch: str, number: int) -> None:
    place.github.site.rename(place.hosted.name, f"{place.hosted.name}-renamed")


def transferred_repository(place: Place, _branch: str, number: int) -> None:
    place.github.site.rename(place.hosted.name, f"p/{place.hosted.name.rpartition('/')[2]}")


def reverted(place: Place, _branch: str, number: int) -> None:
    before = place.hosted.read(place.path, place.hosted.default_branch)
    merge(place.hosted, number, "squash")
    place.hosted.push({place.path: before}, branch=place.hosted.default_branch, message="Revert it")


def in_conflict(place: Place, _branch: str, number: int) -> None:
    place.move_main(*place.near)


def beside_a_forks(place: Place, branch: str, _number: int) -> None:
    place.hosted.open_from_fork(branch, {place.path: "nothing\n"})


def left_over(place: Place, branch: str, number: int) -> None:
    """Leave what a run that was killed leaves: a commit of long ago on its scratch branch."""
    bare = place.hosted.bare
    old = {"GIT_COMMITTER_DATE": "2020-01-01T00:00:00Z", "GIT_AUTHOR_DATE": "2020-01-01T00:00:00Z"}
    commit = bare.git("-c", "user.name=x", "-c", "user.email=x", "commit-tree", "HEAD^{tree}", data=b"x", **old)
    place.hosted.move([RefUpdate(f"{HEADS}{branch}.next-0badcafe", commit)])


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


def ends_well(place: Place, make: Make, branch: str, before: Mapping[str, str], newer: str) -> str:
    """Return what is wrong after the next run: it goes on, or leaves to people what is theirs. Else nothing.

    `before` are the branches as that run found them; `newer` is what the pull request brings to its file.
    """
    hosted = place.hosted
    pulls = [pull for pull in hosted.pulls if (pull.state, pull.from_fork) == ("OPEN", False)]
    if len(pulls) != 1 or any(".next-" in name for name in hosted.branches()):
        return f"open are {[pull.head for pull in pulls]}, branches {hosted.branches()}"
    (pull,), name = pulls, f"{branch}-2" if make in TAKES_ANOTHER_NAME else branch
    if make in LEAVES:
        return "" if hosted.head(branch) == before[branch] else "people's work was written over"
    if (pull.head, pull.base) != (name, hosted.default_branch) or newer not in hosted.read(place.path, name):
        return f"{pull.head} into {pull.base}, without {newer}"
    if (pull.number == 1) != (make in UPDATES):
        return f"open is {pull.number}"
    return "" if name == branch or hosted.head(branch) == before[branch] else f"{branch} was moved"
