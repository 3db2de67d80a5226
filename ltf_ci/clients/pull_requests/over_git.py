"""A repository that is a path or a plain git URL: the commit is pushed as a branch, and no pull request is opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ltf_ci.clients.git.cloner import Cloner
from ltf_ci.clients.git.program import PATIENCE
from ltf_ci.clients.git.repository import Git
from ltf_ci.clients.temporary import temporary_folder
from ltf_ci.errors import BadInput, GitFailed, HeadMoved
from ltf_ci.model.commit import Commit
from ltf_ci.model.layout import is_workflow
from ltf_ci.model.remote_repository import (
    Branch,
    Difference,
    Files,
    OtherPull,
    PastPull,
    Pull,
    RepositoryAt,
    RepositoryState,
    UpsertPullRequest,
    Written,
)
from ltf_ci.model.repository_place import PullOptions
from ltf_ci.model.repository_url import RepositoryUrl

_MOVED = (
    "stale info",
    "fetch first",
    "non-fast-forward",
    "cannot lock ref",
    "failed to update ref",
    "reference already",
)
_IDENTITY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in {"NAME": "ltf-ci", "EMAIL": "ltf-ci@localhost"}.items()
}
_REMOTE = "refs/remotes/origin/"


class GitRemote:
    """A repository by its address; a branch of ltf-ci takes the place of the pull request."""

    def __init__(
        self, url: RepositoryUrl, paths: tuple[str, ...], log: Callable[[str], None], seconds: float = PATIENCE
    ) -> None:
        """`seconds` is how long one call of git may take."""
        self._url = url
        self._seconds = seconds
        self._paths = paths
        self._log = log

    def ready(self) -> None:
        """Need nothing."""

    def state(self, branch: str) -> RepositoryState:
        """Return the state of both branches; ours is an open pull request until its commit is in the other."""
        with temporary_folder("list") as folder:
            clone = self._clone(folder)
            head = clone.default_branch()
            base = self._branch(clone, head) if head else None
            if base is None:
                found = f"{self._url} has no commit yet"
                cure = "commit a list there, if it is an empty one; or correct the address"
                raise BadInput(found, expected="a languages list", cure=cure).of(self._url)
            ours = self._branch(clone, branch, base.head)
            others, ci = self._other_pulls(clone, branch), self._ci(clone, base)
            at = RepositoryAt(full_name=str(self._url), in_the_way=_in_the_way(clone, branch))
            state = RepositoryState(name=branch, base=base, branch=ours, other_pulls=others, at=at, ci=ci)
            if ours is None:
                return state
            if clone.is_ancestor(ours.head, base.head):
                return replace(state, past=(PastPull(self._named(branch), "", ours.head, is_merged=True),))
            difference = self._difference(clone, ours, base)
            own = replace(ours, difference=difference, brings_more=difference is None)
            return replace(state, branch=own, pull=self._pull(branch, ours.head, base.name))

    def texts(self, state: RepositoryState, paths: tuple[str, ...]) -> Files:
        """Return the texts of more files at the default branch's commit."""
        with temporary_folder("list") as folder:
            clone = self._clone(folder)
            return {path: clone.text_at(Commit.parse(state.base.head), path) for path in paths}

    def open_branches(self, prefix: str) -> tuple[str, ...]:
        """Return the branches with this prefix whose commits are not in the default branch."""
        with temporary_folder("list") as folder:
            clone = self._clone(folder)
            return _unmerged(clone, prefix)

    def expect_push(self, branch: str) -> None:
        """Raise where a push of the branch would be refused; what hooks refuse is not known."""
        with temporary_folder("list") as folder:
            ref = f"{_REMOTE}HEAD:refs/heads/{branch}"
            self._clone(folder).run("push", "--dry-run", "--quiet", "--force", "origin", ref)

    def write(self, write: UpsertPullRequest, state: RepositoryState) -> Written:
        """Push the commit as a branch, which must be as `state` has it, and print the pull request's text."""
        with temporary_folder("list") as folder:
            clone = self._clone(folder)
            commit = _commit(clone, write)
            _push(clone, write.branch, write.replaces, commit)
            clone.run("fetch", "--quiet", "--prune", "origin")
            base = clone.branch_at_origin(state.base.name)
            others = self._other_pulls(clone, write.branch)
        self._log("text of the pull request:")
        for line in [write.text.title, "", *write.text.body.splitlines()]:
            self._log(f"    {line}".rstrip())
        return Written(self._pull(write.branch, commit, state.base.name), str(base or ""), others)

    def complete(self, pull: Pull, options: PullOptions) -> tuple[str, ...]:  # noqa: ARG002 - a branch can have none
        """Do nothing: a branch has neither labels nor reviewers."""
        return ()

    def close(self, pull: Pull, why: str) -> tuple[str, ...]:
        """Delete the branch, which takes the place of the pull request, where it is still as it was seen."""
        branch, _, head = pull.handle.rpartition(":")
        with temporary_folder("list") as folder:
            _push(self._clone(folder), branch, head, "")
        self._log(f"{pull.url} is taken away: {why}")
        return ()

    def _ci(self, clone: Git, base: Branch) -> Files:
        """Return all workflows, where some are among the files."""
        if not any(map(is_workflow, self._paths)):
            return {}
        return {path: clone.text_at(Commit.parse(base.head), path) for path in clone.ci_paths(base.head)}

    def _clone(self, folder: Path) -> Git:
        here = Path()
        try:
            git = Git(here, seconds=self._seconds)
            return Cloner.of(git).clone(folder, self._url.absolute(here), "--no-checkout", "--no-tags")
        except GitFailed as error:
            reason = error.found.partition(": ")[2] or error.found
            cure = error.cure or "correct the address, or ask who may let you read it"
            expected = error.expected or "the address of a git repository that may be read"
            found = f"{self._url} cannot be cloned: {reason}"
            raise type(error)(found, expected=expected, cure=cure).of(self._url) from error

    def _other_pulls(self, clone: Git, branch: str) -> tuple[OtherPull, ...]:
        names = [name for name in _unmerged(clone, branch[: branch.rfind("/") + 1]) if name != branch]
        messages = {name: clone.run("log", "--format=%B", f"{_REMOTE}HEAD..{_REMOTE}{name}") for name in names}
        return tuple(OtherPull(name, self._named(name), messages[name]) for name in names)

    def _pull(self, branch: str, head: str, base: str) -> Pull:
        return Pull(url=self._named(branch), base=base, handle=f"{branch}:{head}")

    def _named(self, branch: str) -> str:
        return f"the branch {branch} of {self._url}"

    def _difference(self, clone: Git, branch: Branch, base: Branch) -> Difference | None:
        """Return what the branch changes, where its last commit's last parent is in the default branch."""
        parent = branch.parents[-1] if branch.parents else ""
        if not parent or not clone.is_ancestor(parent, base.head):
            return None
        files = {path: clone.text_at(Commit.parse(parent), path) for path in self._paths}
        return Difference(files, len(clone.run("diff-tree", "--name-only", "-r", parent, branch.head).splitlines()))

    def _branch(self, clone: Git, name: str, base: str = "") -> Branch | None:
        head = clone.commit_of_ref(f"{_REMOTE}{name}")
        if head is None:
            return None
        made = _made(clone, str(head), base) if base else str(head)
        message = clone.run("log", "--first-parent", "--no-merges", "--max-count=1", "--format=%B", made)
        parents = tuple(clone.run("show", "--no-patch", "--format=%P", made).split())
        files = {path: clone.text_at(head, path) for path in self._paths}
        changed = len(clone.run("diff-tree", "--no-commit-id", "--name-only", "-r", made).splitlines())
        return Branch(name=name, head=str(head), message=message, parents=parents, files=files, changed=changed)


def _made(clone: Git, head: str, base: str) -> str:
    """Return a branch's first commit where those on top of it change nothing, else its last."""
    first, *_ = [*clone.run("rev-list", "--first-parent", "--reverse", f"{base}..{head}").split(), head]
    trees = clone.run("rev-parse", f"{first}^{{tree}}", f"{head}^{{tree}}").split()
    return first if trees[0] == trees[-1] else head


def _unmerged(clone: Git, prefix: str) -> tuple[str, ...]:
    there = f"{_REMOTE}{prefix}"
    names = clone.run("for-each-ref", "--format=%(refname)", f"--no-merged={_REMOTE}HEAD", there).split()
    return tuple(sorted(name.removeprefix(_REMOTE) for name in names))


def _in_the_way(clone: Git, branch: str) -> str:
    """Return a branch whose name keeps git from making ours; empty where none does."""
    folder = branch.partition("/")[0]
    there = clone.lines("for-each-ref", "--format=%(refname:lstrip=3)", f"{_REMOTE}{folder}")
    return next((name for name in there if name == folder or name.startswith(f"{branch}/")), "")


def _push(clone: Git, branch: str, before: str | None, commit: str) -> None:
    """Move a branch that is at `before` (None: does not exist) to a commit, or delete it where that is empty."""
    lease = f"--force-with-lease=refs/heads/{branch}:{before or ''}"
    try:
        clone.run("push", "--quiet", lease, "origin", f"{commit}:refs/heads/{branch}")
    except GitFailed as error:
        if any(word in error.found for word in _MOVED):
            raise HeadMoved(f"{branch} is no longer what it was: {error.found}", cure="run it again") from error
        raise


def _commit(clone: Git, write: UpsertPullRequest) -> str:
    """Create the commit, and return its SHA."""
    clone.run("read-tree", write.base)
    for path, text in write.files.items():
        if text is None:
            clone.run("update-index", "--force-remove", "--", path)
            continue
        blob = clone.run("hash-object", "-w", "--stdin", stdin=text.encode()).strip()
        clone.run("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")
    tree = clone.run("write-tree").strip()
    words = ("commit-tree", "-p", write.base, tree)
    return clone.run(*words, stdin=write.text.message.encode(), env=_IDENTITY).strip()
