"""What a re-tag is asked: which version lines, why, on which base images, and which request it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ltf_ci.errors import BadInput, LtfError, UsageError
from ltf_ci.images.rules.trust import KnownReleases
from ltf_ci.languages.requests import PullRequest
from ltf_ci.model.image import ImageName
from ltf_ci.model.release_tag import LanguageVersion
from ltf_ci.options.option import Options, many, value

ALL = "all"
_REQUEST = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}")


@dataclass(frozen=True, slots=True)
class Lines:
    """Version lines: those that are named, or every one that has a release."""

    versions: tuple[LanguageVersion, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Lines:
        """Read `3.7.4,3.7.5` or `all`, or raise LtfError."""
        if text == ALL:
            return cls()
        words = dict.fromkeys(word.strip() for word in text.split(","))
        try:
            return cls(tuple(LanguageVersion.parse(word) for word in words))
        except BadInput as error:
            found = f"lines is {text[:200]!r}: {error.found}"
            raise BadInput(
                found,
                expected="language versions without revisions, such as 3.7.4,3.7.5; or all",
                cure="--lines all, or name the versions; ltf-ci status shows them",
            ) from error


def request(text: str) -> str:
    """Read a request's name, or raise UsageError."""
    if not _REQUEST.fullmatch(text):
        raise UsageError(f"request is {text[:100]!r}", expected="a word of letters, digits, `.`, `_`, `/` and `-`")
    return text


def base(text: str) -> ImageName:
    """Read the image that a FROM is to name, or raise LtfError where it has no tag.

    A digest behind it is written nowhere: it distinguishes a request from the one before the tag moved.
    """
    image = ImageName.parse(text)
    if not image.tag:
        raise UsageError(f"base is {text[:200]!r}", expected="IMAGE:TAG")
    return image


class RetagOptions(Options):
    """What is re-tagged."""

    lines: Lines | None = value("the version lines, such as 3.7.4,3.7.5, or all", Lines.parse, "LINES", default=None)
    base: tuple[ImageName, ...] = many(
        "name this release of a base wherever an older one of the same version line is named",
        base,
        "IMAGE:TAG",
        by_blanks=True,
    )
    request: str = value(
        "a name for this request: a second run with the same name repeats nothing", request, "ID", default=""
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of each line of the repository in a folder; `pull` is the pull request that then lists it.

    `known` returns the lock's releases, or raises what would keep a start point from being listed. `is_named` says that
    a user or a workflow named the request: then it is carried out once, whatever changes later.
    """

    directory: Path
    reason: str
    request: str
    is_named: bool
    bases: tuple[ImageName, ...]
    rebuild: bool
    pull: PullRequest
    known: Callable[[], KnownReleases]


class Once:
    """The lock's releases, asked for at most once; what keeps them from being known is raised at each call."""

    def __init__(self, ask: Callable[[], KnownReleases]) -> None:
        self._ask = ask
        self._answer: KnownReleases | LtfError | None = None

    def __call__(self) -> KnownReleases:
        """Return what was answered."""
        if self._answer is None:
            try:
                self._answer = self._ask()
            except LtfError as error:
                self._answer = error
        if isinstance(self._answer, LtfError):
            raise self._answer
        return self._answer
