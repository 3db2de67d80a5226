"""What bump and release are told: which releases, where the list is, and how its pull request is opened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ltf_ci.errors import UsageError
from ltf_ci.languages.languages_list import ListEntry
from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.model.repository_place import LanguagesPlace, PullOptions
from ltf_ci.publish.requests import PublishRequest


@dataclass(frozen=True, kw_only=True)
class PullRequest:
    """Where the languages list is, and how its pull request is opened."""

    languages: LanguagesPlace | None
    list: str
    group: str
    label: tuple[str, ...]
    reviewer: tuple[str, ...]
    draft: bool
    auto_merge: bool

    def __post_init__(self) -> None:
        if self.draft and self.auto_merge:
            raise UsageError("draft and auto-merge are both wanted", expected="one of them: a draft cannot be merged")

    @property
    def options(self) -> PullOptions:
        """What a new pull request is given."""
        return PullOptions(labels=self.label, reviewers=self.reviewer, draft=self.draft, auto_merge=self.auto_merge)


@dataclass(frozen=True, kw_only=True)
class BumpRequest(PullRequest):
    """And which releases: those that are named, or that of the repository in a folder."""

    directory: Path
    tag: ReleaseTag | None
    allow: tuple[str, ...]
    dry_run: bool
    push_to: str
    release: tuple[ListEntry, ...]


@dataclass(frozen=True, kw_only=True)
class ReleaseRequest(PullRequest, PublishRequest):
    """All of it."""
