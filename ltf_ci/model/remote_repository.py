"""The state of a repository in which a pull request is opened, and what a run would do there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ltf_ci.model.finding import Finding
from ltf_ci.model.image import ImageName

SCRATCH = ".next-"  # of a branch on which a run makes the next commit: after the name, before the run's key
Files: TypeAlias = Mapping[str, str | None]  # the texts at one commit by path; None where a file is not there


@dataclass(frozen=True, slots=True)
class Difference:
    """What an open pull request changes: the files of the default branch's commit that it is on, and how many files."""

    base: Files
    changed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A branch's commit by its SHA, that commit's message and parents, and the files there that were asked for.

    `changed` is how many files the commit changes, those that were not asked for too; None where that is not known.
    `difference` is that of its open pull request, where that is known. Where the commit merges the default branch, the
    message is that of the pull request's first commit; where those after the first change nothing, all is the first's.
    `brings_more` is so where the pull request has the commit's parent too, which the default branch lacks, or has lost.
    """

    name: str
    head: str
    message: str
    parents: tuple[str, ...] = ()
    files: Files
    changed: int | None = None
    difference: Difference | None = None
    brings_more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """An open pull request into the branch `base`, and what it was given so far.

    `handle` is what the client finds it by. `merge_method` is that by which it may merge itself; empty where the
    repository does not allow that. `is_queued` is so while it waits in a merge queue, where nothing changes its branch.
    """

    url: str
    base: str = ""
    is_draft: bool = False
    handle: str = ""
    number: int = 0
    labels: tuple[str, ...] = ()
    was_asked: bool = False
    merges_itself: bool = False
    merge_method: str = ""
    is_queued: bool = False


@dataclass(frozen=True, slots=True)
class PastPull:
    """A pull request of the branch that was merged or closed, and the SHA of its last commit."""

    url: str
    title: str
    head: str
    is_merged: bool = False


@dataclass(frozen=True, slots=True)
class OtherPull:
    """Another open pull request by its branch, and the messages of its commits.

    Of many commits the first, which is ours where others came on top, and the last are enough.
    """

    branch: str
    url: str
    message: str


@dataclass(frozen=True, slots=True)
class Written:
    """A pull request with our commit, and what was so then: the default branch's SHA, and the other pull requests."""

    pull: Pull
    base: str
    other_pulls: tuple[OtherPull, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryAt:
    """How GitHub knows a repository: its node id, and OWNER/NAME, which may differ from the name that a run was given.

    `in_the_way` is a branch whose name keeps git from making ours. `leftovers` are scratch branches, with their SHAs,
    that runs which were killed left long ago.
    """

    node_id: str = ""
    full_name: str = ""
    in_the_way: str = ""
    leftovers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FilesAndCi:
    """Files of a repository's default branch, and all its workflows."""

    files: Files
    ci: Files


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryState:
    """The default branch, the branch of this `name` where it exists, its pull requests, and the other open ones.

    `pull` is open; `past` are those that were merged or closed, the newest first. `at` is what the client knows the
    repository and its settings by. `ci` are all workflows of the default branch, where those of ltf-ci are among the
    files.
    """

    name: str
    base: Branch
    branch: Branch | None = None
    pull: Pull | None = None
    past: tuple[PastPull, ...] = ()
    other_pulls: tuple[OtherPull, ...] = ()
    at: RepositoryAt = RepositoryAt()
    ci: Files = field(default_factory=dict)

    @property
    def closed(self) -> PastPull | None:
        """The newest of the branch's pull requests that was closed without being merged."""
        return next((past for past in self.past if not past.is_merged), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PullText:
    """A pull request's title and body, in markdown; the title is the commit's subject too."""

    title: str
    body: str
    trailers: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """The commit's message: the title, and trailers that name the commit's releases and seal it."""
        return "\n".join([self.title, "", *self.trailers]) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertPullRequest:
    """One commit on `base` with these files, which replaces the branch's commit `replaces` (None: no such branch).

    A file that is None is removed.

    `scratch` is a branch that this run alone uses, to make the commit on. `images` are those whose facts the text has,
    and `findings` are what is wrong with what it changes; a new pull request may be a `draft`.
    """

    branch: str
    scratch: str
    base: str
    replaces: str | None
    files: Files
    text: PullText
    pull: Pull | None
    images: tuple[ImageName, ...] = ()
    findings: tuple[Finding, ...] = ()
    draft: bool = False

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON data."""
        what = "update the pull request" if self.pull else "open a pull request"
        return {"what": what, "branch": self.branch, "title": self.text.title, "files": sorted(self.files)}


@dataclass(frozen=True, slots=True)
class ClosePullRequest:
    """Close a pull request that has nothing left to say."""

    pull: Pull
    why: str

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return {"what": "close the pull request", "pull-request": self.pull.url, "why": self.why}


@dataclass(frozen=True, slots=True)
class LeaveAlone:
    """Change nothing. `satisfied` where all is as it should be; else `why` says what is in the way.

    `elsewhere` is so where the change may be made on the branch's next name instead.
    """

    why: str
    satisfied: bool
    pull: Pull | None = None
    elsewhere: bool = False

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return {"what": "nothing", "why": self.why, "pull-request": self.pull.url if self.pull else ""}


PullRequestDecision: TypeAlias = UpsertPullRequest | ClosePullRequest | LeaveAlone
