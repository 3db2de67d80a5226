"""A repository as GitHub hosts it: branches in real git, and its pull requests."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias, TypedDict

from tests.support.github.bare import ABSENT, HEADS, Bare, Commit, Person, RefUpdate

State: TypeAlias = Literal["OPEN", "CLOSED", "MERGED"]
ErrorType: TypeAlias = Literal["UNPROCESSABLE", "STALE_DATA", "NOT_FOUND", "FORBIDDEN"]

PERSON = Person("A Person", "person@example.org")
WEB = Person("GitHub", "noreply@github.com")
BOT_LOGIN = "github-actions[bot]"
BOT = Person(BOT_LOGIN, "41898282+github-actions[bot]@users.noreply.github.com")
NO_ACCESS = "Resource not accessible by integration"


class Refused(Exception):
    """What GitHub says no to, with its own words."""

    def __init__(self, message: str, kind: ErrorType = "UNPROCESSABLE") -> None:
        super().__init__(message)
        self.message = message
        self.kind = kind


class _Refs(TypedDict):
    head: str
    base: str
    head_oid: str
    base_seen: str


class MergeConflict(Exception):
    """GitHub's merge button is grey."""


@dataclass(kw_only=True)
class Pull:
    """A pull request; `base_seen` is where the base was when it was last looked at, `auto_merge` the method chosen."""

    number: int
    title: str
    body: str
    head: str
    base: str
    state: State = "OPEN"
    draft: bool = False
    labels: list[str] = field(default_factory=list)
    reviewers: list[str] = field(default_factory=list)
    auto_merge: str | None = None
    comments: list[str] = field(default_factory=list)
    head_oid: str
    base_seen: str
    merge_oid: str | None = None
    from_fork: bool = False
    queued: bool = False
    locked: bool = False
    reviews: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Issue:
    """An issue, as people see it."""

    number: int
    title: str
    body: str
    author: str = BOT_LOGIN
    state: Literal["open", "closed"] = "open"
    labels: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


class HostedRepository:
    """A bare repository and its pull requests, to read and to change as people do.

    A test may set `forbidden` to names of mutations, and REST's `METHOD /template`s, that
    the token may not do, `strangers` to names of people who
    cannot be asked for a review, and `auto_merge_allowed` or `may_label` (a new issue) to false; `merge_methods` to
    those that are allowed, `has_required_checks` to false, `protected` to patterns of branches that the token may not
    push to, and `archived` to true.
    """

    def __init__(self, name: str, directory: Path, default_branch: str, lock: threading.RLock) -> None:
        self.name = name
        self.default_branch = default_branch
        self.directory = directory
        self.bare = Bare.create(directory, default_branch)
        self.lock = lock
        self.labels: list[str] = []
        self.forbidden: set[str] = set()
        self.strangers: set[str] = set()
        self.auto_merge_allowed = True
        self.may_label = True
        self.merge_methods = {"MERGE", "SQUASH", "REBASE"}
        self.has_required_checks = True
        self.protected: set[str] = set()
        self.archived = False
        self.number = 1000
        self.issues: list[Issue] = []
        self._pulls: list[Pull] = []

    @property
    def owner(self) -> str:
        return self.name.partition("/")[0]

    @property
    def pulls(self) -> list[Pull]:
        with self.lock:
            self._settle()
            return self._pulls

    def branches(self) -> list[str]:
        return list(self._heads())

    def _heads(self) -> dict[str, str]:
        """Return every branch with the commit that it is at."""
        return {name.removeprefix(HEADS): oid for name, oid in self.bare.refs("refs/heads").items()}

    def head(self, branch: str = "main") -> str:
        found = self.branch_oid(branch)
        if not found:
            raise LookupError(f"{self.name} has no branch {branch}")
        return found

    def branch_oid(self, branch: str) -> str | None:
        return self.bare.resolve_ref(HEADS + branch)

    def parent(self, branch: str) -> str:
        return self.bare.objects.parents(self.head(branch))[0]

    def read(self, path: str, branch: str = "main") -> str:
        oid = self.bare.resolve(f"{self.head(branch)}:{path}")
        if oid is None:
            raise LookupError(f"{self.name} has no {path} at {branch}")
        return self.bare.blob(oid).decode()

    def push(self, files: Mapping[str, str | bytes], *, branch: str = "main", message: str = "By a person") -> str:
        """Commit as a person does who pushes: to a branch that is there, or a new one off the default branch."""
        with self.lock:
            parent = self.branch_oid(branch) or self.branch_oid(self.default_branch)
            data = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
            oid = self.bare.commit(self.bare.tree(parent, data), Commit(_one(parent), message, PERSON, PERSON))
            self.move([RefUpdate(HEADS + branch, oid)])
            return oid

    def delete_branch(self, branch: str) -> None:
        with self.lock:
            self.move([RefUpdate(HEADS + branch, ABSENT, self.head(branch))])

    def commit(self, branch: str, additions: Mapping[str, bytes], deletions: Iterable[str], message: str) -> str:
        """Commit as GitHub itself does."""
        parent = self.head(branch)
        tree = self.bare.tree(parent, additions, deletions)
        oid = self.bare.commit(tree, Commit((parent,), message, BOT, WEB))
        self.move([RefUpdate(HEADS + branch, oid, parent)])
        return oid

    def move(self, updates: Iterable[RefUpdate]) -> None:
        self._settle()
        self.bare.update_refs(updates)
        self._settle()

    def merge(self, number: int) -> None:
        """Press the merge button, or raise MergeConflict."""
        with self.lock:
            pull = self.pull(number)
            base, head = self.head(pull.base), self.head(pull.head)
            tree = self.bare.merged_tree(base, head)
            if pull.state != "OPEN" or pull.draft or tree is None:
                raise MergeConflict(f"{self.name}#{number}: {pull.state}, draft: {pull.draft}, tree: {tree}")
            message = f"Merge pull request #{number} from {self.owner}/{pull.head}\n\n{pull.title}"
            pull.merge_oid = self.bare.commit(tree, Commit((base, head), message, PERSON, WEB))
            self.move([RefUpdate(HEADS + pull.base, pull.merge_oid, base)])

    def pull(self, number: int) -> Pull:
        found = [pull for pull in self.pulls if pull.number == number]
        if not found:
            raise Refused(f"Could not resolve to a PullRequest with the number of {number}.", "NOT_FOUND")
        return found[0]

    def open_pull(self, head: str, base: str, title: str, body: str, *, draft: bool) -> Pull:
        """Open a pull request, or raise Refused as GitHub does."""
        head_oid, base_oid = self.branch_oid(head), self.branch_oid(base)
        if head_oid is None or base_oid is None:
            raise Refused(f"{'Head' if head_oid is None else 'Base'} ref must be a branch")
        same = (head, base, "OPEN", False)
        if any((pull.head, pull.base, pull.state, pull.from_fork) == same for pull in self.pulls):
            raise Refused(f"A pull request already exists for {self.owner}:{head}.")
        if self.bare.is_ancestor(head_oid, base_oid):
            raise Refused(f"No commits between {base} and {head}")
        number = self.next_number()
        refs = _Refs(head=head, base=base, head_oid=head_oid, base_seen=base_oid)
        self._pulls.append(Pull(number=number, title=title, body=body, draft=draft, **refs))
        return self._pulls[-1]

    def open_from_fork(self, head: str, files: Mapping[str, str]) -> Pull:
        """Open a pull request from a fork's branch, whatever branches are here."""
        with self.lock:
            base = self.head(self.default_branch)
            tree = self.bare.tree(base, {path: text.encode() for path, text in files.items()})
            oid = self.bare.commit(tree, Commit((base,), "Of a fork", PERSON, PERSON))
            refs = _Refs(head=head, base=self.default_branch, head_oid=oid, base_seen=base)
            self._pulls.append(Pull(number=self.next_number(), title="Of a fork", body="", from_fork=True, **refs))
            return self._pulls[-1]

    def next_number(self) -> int:
        """Return the next number, which issues and pull requests share."""
        return len(self._pulls) + len(self.issues) + 1

    def set_state(self, pull: Pull, state: Literal["OPEN", "CLOSED"]) -> None:
        if pull.state == "MERGED":
            raise Refused("Cannot change the state of a merged pull request.")
        if state == "OPEN" and pull.state == "CLOSED":
            self._reopen(pull)
        pull.state = state

    def _reopen(self, pull: Pull) -> None:
        now = self.branch_oid(pull.head)
        if now is None:
            raise Refused(f"state cannot be changed. The {pull.head} branch has been deleted.")
        if not self.bare.is_ancestor(pull.head_oid, now):
            raise Refused(f"state cannot be changed. The {pull.head} branch was force-pushed or recreated.")
        if any((other.head, other.base, other.state) == (pull.head, pull.base, "OPEN") for other in self._pulls):
            raise Refused(f"state cannot be changed. There is already an open pull request for {pull.head}.")
        pull.head_oid, pull.base_seen = now, self.head(pull.base)

    def issue(self, number: int) -> Issue | None:
        return next((issue for issue in self.issues if issue.number == number), None)

    def open_issue(self, title: str, body: str, labels: Iterable[str], author: str = BOT_LOGIN) -> Issue:
        issue = Issue(number=self.next_number(), title=title, body=body, author=author, labels=[*labels])
        self.issues.append(issue)
        return issue

    def add_labels(self, pull: Pull, names: Iterable[str]) -> None:
        for name in names:
            self.labels += [name] if name not in self.labels else []
            pull.labels += [name] if name not in pull.labels else []

    def request_reviews(self, pull: Pull, people: Iterable[str]) -> None:
        asked = [person for person in people if person not in pull.reviewers]
        if BOT_LOGIN in asked:
            raise Refused("Review cannot be requested from pull request author.")
        if self.strangers.intersection(asked):
            raise Refused(
                "Reviews may only be requested from collaborators. One or more of the users or teams you specified is "
                f"not a collaborator of the {self.name} repository."
            )
        pull.reviewers += asked

    def allow(self, mutation: str) -> None:
        """Raise Refused where the token may not do it."""
        if mutation in self.forbidden:
            raise Refused(NO_ACCESS, "FORBIDDEN")
        if self.archived and not mutation.startswith("GET "):
            raise Refused("Repository was archived so is read-only.", "FORBIDDEN")

    def _settle(self) -> None:
        still_open = [pull for pull in self._pulls if pull.state == "OPEN" and not pull.from_fork]
        heads = self._heads() if still_open else {}
        for pull in still_open:
            self._settle_one(pull, heads.get(pull.head), heads.get(pull.base))

    def _settle_one(self, pull: Pull, head: str | None, base: str | None) -> None:
        if head is None or base is None:
            pull.state = "CLOSED"
            return
        if (head, base) == (pull.head_oid, pull.base_seen):
            return
        if self.bare.is_ancestor(head, base):
            pull.state = "CLOSED" if self.bare.is_ancestor(head, pull.base_seen) else "MERGED"
            pull.merge_oid = (pull.merge_oid or head) if pull.state == "MERGED" else None
        pull.head_oid, pull.base_seen = head, base


def _one(parent: str | None) -> tuple[str, ...]:
    return (parent,) if parent else ()
