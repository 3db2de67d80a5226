"""Where the languages repository is, and how a pull request is opened there."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ltf_ci.errors import BadInput, UsageError
from ltf_ci.model.github_host import GithubHost
from ltf_ci.model.repository_url import RepositoryUrl

_GITHUB = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?/(?!\.{1,2}$)[A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class LanguagesPlace:
    """`OWNER/NAME` at GitHub, which pull requests are opened in; or a path or git URL, which a branch is pushed to."""

    github: str = ""
    url: RepositoryUrl | None = None

    @classmethod
    def parse(cls, text: str) -> LanguagesPlace:
        """Read `OWNER/NAME`, a git URL, or a path that begins with `/` or `.`; or raise BadInput."""
        if _GITHUB.fullmatch(text):
            return cls(github=text)
        url = RepositoryUrl.parse(text)
        if url.is_local and not text.startswith(("/", ".", "file://")):
            raise BadInput(
                f"languages is {text[:200]!r}",
                expected="OWNER/NAME, a git URL, or a path: ./languages",
                cure="for a folder here write ./ before its name",
            )
        return cls(url=url)

    def __str__(self) -> str:
        return self.github or str(self.url)

    @property
    def key(self) -> str:
        """The same text for all spellings of one repository."""
        return self.url.key if self.url else self.github.lower()

    def address_at(self, github: GithubHost) -> RepositoryUrl:
        """Return its address for git; `github` is where a repository OWNER/NAME is."""
        return self.url or github.address_of(self.github)


def github_repository(text: str) -> str:
    """Read `OWNER/NAME`, or raise UsageError."""
    if not _GITHUB.fullmatch(text):
        raise UsageError(f"{text[:200]!r} is no repository at GitHub", expected="OWNER/NAME")
    return text


def github_owner(text: str) -> str:
    """Read a user's or an organization's name at GitHub, or raise UsageError."""
    if not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?", text):
        raise UsageError(
            f"{text[:200]!r} is no owner at GitHub", expected="a user or an organization, such as cyber-dojo"
        )
    return text


def list_path(text: str) -> str:
    """Read a file's path inside a repository, or raise UsageError."""
    parts = text.split("/")
    if (
        not text
        or text.startswith("-")
        or any(part in ("", ".", "..", ".git") for part in parts)
        or not text.isprintable()
    ):
        raise UsageError(f"list is {text[:200]!r}", expected="a file's path inside the languages repository")
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class PullOptions:
    """What a new pull request is given besides its text; `unasked` where no maintainer asked for it."""

    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    draft: bool = False
    auto_merge: bool = False
    unasked: bool = False


NO_OPTIONS = PullOptions()
