"""The states that runs, people and GitHub's buttons bring a pull request and its repository to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tests.support.github import GithubServer, HostedRepository
from tests.support.github.bare import HEADS, Commit, RefUpdate
from tests.support.github.buttons import merge, rename_branch, retarget, update_branch
from tests.support.github.hosted import PERSON


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


MINE = "A person's own"  # the title of a pull request that a person opens
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


def emptied_by_force(place: Place, branch: str, number: int) -> None:
    """Set its branch back to the default one: GitHub closes what changes nothing."""
    place.hosted.move([RefUpdate(HEADS + branch, place.hosted.head(place.hosted.default_branch))])


def rewritten(place: Place, _branch: str, number: int) -> None:
    """Edit title and text away, with all that a run put there, and its labels and reviewers."""
    pull = place.hosted.pull(number)
    pull.title, pull.body, pull.labels, pull.reviewers = "WIP", "", [], []


def merging_itself(place: Place, _branch: str, number: int) -> None:
    place.hosted.pull(number).auto_merge = "SQUASH"


def merged_with_a_message_of_its_own(place: Place, branch: str, number: int) -> None:
    merge(place.hosted, number, "squash")
    place.hosted.pull(number).title = "Something else"
    place.hosted.delete_branch(branch)


def amend(place: Place, branch: str, message: str = "", files: Mapping[str, str] | None = None, *parents: str) -> None:
    """Make a branch's last commit again, as a person does who amends or rebases and pushes by force."""
    bare, head = place.hosted.bare, place.hosted.head(branch)
    tree = bare.tree(head, {path: text.encode() for path, text in (files or {}).items()})
    commit = Commit(parents or tuple(bare.objects.parents(head)), message or f"{bare.message(head)}\n", PERSON, PERSON)
    place.hosted.move([RefUpdate(HEADS + branch, bare.commit(tree, commit))])


def amended(place: Place, branch: str, number: int) -> None:
    amend(place, branch, "Mine\n")


def amended_in_its_words(place: Place, branch: str, number: int) -> None:
    """Keep all lines of its message that a run put there, but the first."""
    amend(place, branch, f"Mine\n\n{place.hosted.bare.message(place.hosted.head(branch)).partition(chr(10) * 2)[2]}\n")


def amended_in_content(place: Place, branch: str, number: int) -> None:
    amend(place, branch, files={place.path: f"{place.hosted.read(place.path, branch)}# mine\n"})


def squashed_by_a_person(place: Place, branch: str, number: int) -> None:
    """Squash a person's commit and a run's to one that has both their messages."""
    message = place.hosted.bare.message(place.hosted.head(branch))
    amend(place, branch, f"{message}\n\nMine\n", {"notes": "mine\n"})


def reordered(place: Place, branch: str, number: int) -> None:
    """Have a person's commit come before that of a run."""
    bare, base = place.hosted.bare, place.hosted.parent(branch)
    mine = bare.commit(bare.tree(base, {"notes": b"mine\n"}), Commit((base,), "Mine\n", PERSON, PERSON))
    amend(place, branch, "", {"notes": "mine\n"}, mine)


def started_checks_again(place: Place, branch: str, number: int) -> None:
    """Push an empty commit: GitHub starts no check of what the token of a workflow pushed."""
    amend(place, branch, "Start the checks\n", {}, place.hosted.head(branch))


def worked_on_and_taken_back(place: Place, branch: str, number: int) -> None:
    before = place.hosted.read("notes", branch)
    work_on(place, branch)
    place.hosted.push({"notes": before}, branch=branch, message="Take it back")


def updated_in_other_words(place: Place, branch: str, number: int) -> None:
    """Give the commit that merges the default branch a message of one's own."""
    updated(place, branch, number)
    amend(place, branch, "My merge\n")


def updated_with_work(place: Place, branch: str, number: int) -> None:
    """Change a file in the commit that merges the default branch."""
    updated(place, branch, number)
    amend(place, branch, "My merge\n", {"notes": "mine\n"})


def worked_on_while_merging_itself(place: Place, branch: str, number: int) -> None:
    merging_itself(place, branch, number)
    work_on(place, branch)


def of_another_version(place: Place, branch: str, number: int) -> None:
    """Seal its commit as no run of this ltf-ci does."""
    message = place.hosted.bare.message(place.hosted.head(branch))
    amend(place, branch, re.sub("(Ltf-Ci-(Seal|Change): ).*", r"\1of-another-version", message) + "\n")


def locked(place: Place, _branch: str, number: int) -> None:
    """Lock its conversation: a token of a workflow comments there no more."""
    place.hosted.pull(number).locked = True


def changes_requested(place: Place, _branch: str, number: int) -> None:
    place.hosted.pull(number).reviews.append("CHANGES_REQUESTED")


def review_dismissed(place: Place, _branch: str, number: int) -> None:
    place.hosted.pull(number).reviews.append("DISMISSED")


def main_written_anew(place: Place, _branch: str, _number: int) -> None:
    """Write the default branch's history anew, as to remove a secret from it: the two have no commit in common."""
    main = place.hosted.default_branch
    commit = Commit((), "All of it\n", PERSON, PERSON)
    made = place.hosted.bare.commit(place.hosted.bare.tree(place.hosted.head(main), {}), commit)
    place.hosted.move([RefUpdate(HEADS + main, made)])


def taken_out_of_the_queue(place: Place, _branch: str, number: int) -> None:
    """Have a check fail in the merge queue: GitHub takes the pull request out, and it is open as before."""
    place.hosted.pull(number).queued = True
    place.move_main()
    place.hosted.pull(number).queued = False


def merged_by_the_queue(place: Place, branch: str, number: int) -> None:
    place.hosted.pull(number).queued = True
    place.move_main()
    merge(place.hosted, number, "squash")
    place.hosted.pull(number).queued = False


def reverting(place: Place, branch: str, number: int) -> int:
    """Press "Revert": GitHub opens a pull request, from a branch of its own."""
    hosted = place.hosted
    before = hosted.read(place.path, hosted.default_branch)
    merge(hosted, number, "squash")
    title, name = hosted.pull(number).title, f"revert-{number}-{branch}"
    hosted.push({place.path: before}, branch=name, message=f'Revert "{title} (#{number})"')
    return hosted.open_pull(name, hosted.default_branch, MINE, f"Reverts {hosted.name}#{number}", draft=False).number


def to_be_reverted(place: Place, branch: str, number: int) -> None:
    reverting(place, branch, number)


def reverted_by_the_button(place: Place, branch: str, number: int) -> None:
    merge(place.hosted, reverting(place, branch, number), "squash")


def deleted_and_restored(place: Place, branch: str, number: int) -> None:
    """Close it by deleting its branch, and press "Restore branch": it stays closed."""
    head = place.hosted.head(branch)
    place.hosted.delete_branch(branch)
    place.hosted.move([RefUpdate(HEADS + branch, head)])


def deleted_restored_and_reopened(place: Place, branch: str, number: int) -> None:
    deleted_and_restored(place, branch, number)
    place.hosted.set_state(place.hosted.pull(number), "OPEN")


def closed_and_opened_by_hand(place: Place, branch: str, number: int) -> None:
    """Close it, and open another one from the same branch, as a person."""
    close(place, number)
    place.hosted.open_pull(branch, place.hosted.default_branch, MINE, "", draft=True)


def also_to_staging(place: Place, branch: str, _number: int) -> None:
    """Open another one from the same branch, into another one."""
    place.hosted.push({"notes": "x"}, branch="staging")
    place.hosted.open_pull(branch, "staging", MINE, "", draft=False)


def retargeted_and_back(place: Place, _branch: str, number: int) -> None:
    retarget(place.hosted, number, "staging")
    retarget(place.hosted, number, place.hosted.default_branch)


def retargeted_and_base_deleted(place: Place, _branch: str, number: int) -> None:
    """Delete the branch that it goes to: GitHub closes it."""
    retarget(place.hosted, number, "staging")
    place.hosted.delete_branch("staging")


def another_default_branch(place: Place, _branch: str, number: int) -> None:
    """Choose another default branch in the settings: open pull requests go on to the old one."""
    hosted = place.hosted
    hosted.move([RefUpdate(f"{HEADS}trunk", hosted.head(hosted.default_branch))])
    hosted.default_branch = "trunk"
    hosted.bare.git("symbolic-ref", "HEAD", f"{HEADS}trunk")


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
    rewritten,
    merging_itself,
    deleted_restored_and_reopened,
    retargeted_and_back,
    also_to_staging,
    amended_in_its_words,
    started_checks_again,
    worked_on_and_taken_back,
    updated_in_other_words,
    locked,
    changes_requested,
    review_dismissed,
    main_written_anew,
    taken_out_of_the_queue,
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
    emptied_by_force,
    merged_with_a_message_of_its_own,
    deleted_and_restored,
    closed_and_opened_by_hand,
    retargeted_and_base_deleted,
    merged_by_the_queue,
    to_be_reverted,
    reverted_by_the_button,
]
LEAVES = [
    worked_on,
    worked_on_and_updated,
    retargeted,
    amended,
    another_default_branch,
    amended_in_content,
    squashed_by_a_person,
    reordered,
    updated_with_work,
    worked_on_while_merging_itself,
    of_another_version,
]
TAKES_ANOTHER_NAME = (squashed_and_worked_on, closed_and_worked_on)
OF_THE_REPOSITORY = (renamed_main, renamed_repository, transferred_repository)


def ends_well(place: Place, make: Make, branch: str, before: Mapping[str, str], newer: str) -> str:
    """Return what is wrong after the next run: it goes on, or leaves to people what is theirs. Else nothing.

    `before` are the branches as that run found them; `newer` is what the pull request brings to its file.
    """
    hosted = place.hosted
    opened = [pull for pull in hosted.pulls if (pull.state, pull.from_fork) == ("OPEN", False)]
    pulls = [pull for pull in opened if pull.title != MINE]
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
