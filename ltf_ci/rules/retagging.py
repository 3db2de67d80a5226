"""Which release a re-tag makes anew, which one its request has made already, and where the commit goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ltf_ci.errors import BadInput, Refused
from ltf_ci.model.commit import Commit
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag, is_release_tag
from ltf_ci.rules.publishing import released

TRAILER = "Ltf-Ci-Retag"
PREFIX = "release/"


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch at origin, and where it is; None where it is not there yet."""

    name: str
    head: Commit | None


def lines(tags: Iterable[str]) -> tuple[LanguageVersion, ...]:
    """Give every version line that has a release, the oldest first."""
    return tuple(sorted({tag.version for tag in released(filter(is_release_tag, tags))}))


def newest(version: LanguageVersion, tags: Iterable[str]) -> ReleaseTag:
    """Give the newest release of a line, or raise BadInput where it has none."""
    found = _of(version, tags)
    if not found:
        raise BadInput(
            f"no git tag is a release of {version}",
            expected=f"{version}-1, or another revision, at origin",
            cure="name a version line that was released: --lines",
        )
    return found[0]


def made_by(request: str, version: LanguageVersion, requests: Mapping[str, str]) -> ReleaseTag | None:
    """Give the release of a line that a request has made already; `requests` names each tag's."""
    found = _of(version, (tag for tag, name in requests.items() if name == request))
    return found[0] if found else None


def message(tag: ReleaseTag, reason: str, request: str) -> str:
    """Say in a tag's message why it was made, and by which request: no line of a reason is a trailer."""
    why = f"Reason: {reason}\n\n" if reason else ""
    return f"Release {tag}\n\n{why}{TRAILER}: {request}\n"


def branch_for(version: LanguageVersion, commit: Commit, default: Branch, own: Branch, *, own_is_behind: bool) -> str:
    """Give the branch for the commit after a line's newest release.

    That is the default branch where it ends at that release, else the line's own: what nobody has released yet stays
    unreleased. Raise Refused where the line's own branch has such commits; `own_is_behind` says that it has none.
    """
    if default.head == commit:
        return default.name
    if own.head is None or own_is_behind:
        return own.name
    raise Refused(
        f"the branch {own.name} has commits that no release of {version} has",
        expected="a branch that ends at the line's newest release, or before it",
        cure=f"release them: git switch {own.name}, and `ltf-ci next --push`",
    )


def _of(version: LanguageVersion, tags: Iterable[str]) -> list[ReleaseTag]:
    return [tag for tag in released(tags) if tag.version == version]
