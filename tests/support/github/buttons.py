"""What people do to a pull request and its branch by GitHub's buttons."""

from __future__ import annotations

from typing import Literal

from tests.support.github.bare import ABSENT, HEADS, Commit, RefUpdate
from tests.support.github.hosted import BOT, PERSON, WEB, HostedRepository, MergeConflict, Pull


def merge(hosted: HostedRepository, number: int, method: Literal["merge", "squash", "rebase"]) -> None:
    """Press one of the three merge buttons, and keep the branch; raise MergeConflict where they are grey."""
    if method == "merge":
        hosted.merge(number)
        return
    with hosted.lock:
        pull = hosted.pull(number)
        base, author = hosted.head(pull.base), BOT if method == "rebase" else PERSON
        message = _message(hosted, pull) if method == "rebase" else f"{pull.title} (#{number})\n"
        merged = hosted.bare.commit(_merged(hosted, pull), Commit((base,), message, author, WEB))
        pull.state, pull.merge_oid = "MERGED", merged
        hosted.move([RefUpdate(HEADS + pull.base, merged, base)])


def update_branch(hosted: HostedRepository, number: int, method: Literal["merge", "rebase"] = "merge") -> str:
    """Press "Update branch": merge the base into it, or rebase it; return the new commit."""
    with hosted.lock:
        pull = hosted.pull(number)
        base, head = hosted.head(pull.base), hosted.head(pull.head)
        if method == "rebase":
            commit = Commit((base,), _message(hosted, pull), BOT, WEB)
        else:
            commit = Commit((head, base), f"Merge branch '{pull.base}' into {pull.head}\n", PERSON, WEB)
        made = hosted.bare.commit(_merged(hosted, pull), commit)
        hosted.move([RefUpdate(HEADS + pull.head, made, head)])
        return made


def rename_branch(hosted: HostedRepository, old: str, new: str) -> None:
    """Rename a branch: pull requests into it follow, those from it are closed."""
    with hosted.lock:
        head = hosted.head(old)
        hosted.move([RefUpdate(HEADS + new, head)])
        for pull in hosted.pulls:
            pull.base = new if pull.base == old and pull.state == "OPEN" else pull.base
        if hosted.default_branch == old:
            hosted.default_branch = new
            hosted.bare.git("symbolic-ref", "HEAD", HEADS + new)
        hosted.move([RefUpdate(HEADS + old, ABSENT, head)])


def retarget(hosted: HostedRepository, number: int, base: str) -> None:
    """Edit the base of a pull request: a branch that is made where there is none."""
    with hosted.lock:
        if hosted.branch_oid(base) is None:
            hosted.move([RefUpdate(HEADS + base, hosted.head(hosted.default_branch))])
        pull = hosted.pull(number)
        pull.base, pull.base_seen = base, hosted.head(base)


def _merged(hosted: HostedRepository, pull: Pull) -> str:
    tree = hosted.bare.merged_tree(hosted.head(pull.base), hosted.head(pull.head))
    if tree is None:
        raise MergeConflict(f"{hosted.name}#{pull.number} conflicts")
    return tree


def _message(hosted: HostedRepository, pull: Pull) -> str:
    return hosted.bare.message(pull.head_oid) + "\n"
