"""What a re-tag does with a line's newest release, which one its request has made, and where the commit goes."""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ltf_ci.errors import BadInput, Refused
from ltf_ci.images.labels import ImageLabels
from ltf_ci.images.rules.tags import Found, TaggedImage, not_as_locked, release_tags
from ltf_ci.images.rules.trust import KnownReleases, Standing
from ltf_ci.model.commit import Commit
from ltf_ci.model.image import ImageName
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag

NO_LABELS = ImageLabels()
TRAILER = "Ltf-Ci-Retag"
PREFIX = "release/"
WORKFLOWS = ".github/workflows"
_RULES = re.compile(r"GH0(?:06|13): .* for (refs/\S+?)\.?\s*$", re.MULTILINE)  # as GitHub says it
_PROTECTED = re.compile(r"Not allowed to push to protected branch (\S+?)\.?\s*$", re.MULTILINE)  # as Gitea, Forgejo
_PROTECTED_SOMEHOW = re.compile(  # as GitLab, Bitbucket and Azure say it, without a ref's full name
    "not allowed to push code to protected branches|Permission denied to update branch|TF402455"
)
_REJECTED = re.compile(r"^\s*! \[remote rejected\] HEAD -> (\S+)", re.MULTILINE)
_NO_WORKFLOWS = re.compile("without `?workflows?`? (?:permission|scope)")


class Method(StrEnum):
    """What becomes of a release: it is this request's, it gets its image, it stays, or there is a new one after it."""

    RESUME = "is this request's already"
    COMPLETE = "had no image yet"
    KEEP = "would not change"
    REVISE = "is new"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """Of a line's newest release: whether this request made it, or any; whether it has its image.

    A new one may name a newer base, or be made of the very same; `is_built_anyway` is whether that is wanted, too.
    """

    is_mine: bool
    is_retag: bool
    has_image: bool
    has_newer_base: bool
    is_same: bool
    is_built_anyway: bool


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch at origin, and where it is; None where it is not there yet."""

    name: str
    head: Commit | None


def lines(tags: Iterable[str]) -> tuple[LanguageVersion, ...]:
    """Return every version line that has a release, the oldest first."""
    return tuple(sorted({tag.version for tag in release_tags(tags)}))


def newest(version: LanguageVersion, tags: Iterable[str]) -> ReleaseTag:
    """Return the newest release of a line, or raise BadInput where it has none."""
    tags = tuple(tags)
    found = _of(version, tags)
    if not found:
        raise BadInput(
            f"no git tag at origin is a release of {version}",
            expected=f"a version line that was released: {', '.join(map(str, lines(tags))) or 'there is none'}",
            cure=f"name it with --lines, or release it first: `ltf-ci next --language-version {version}`",
        )
    return found[0]


def method_for(line: LineFacts) -> Method:
    """Return what becomes of a line's newest release."""
    if line.is_same and line.is_mine:
        return Method.RESUME
    if line.is_same and not line.is_built_anyway:
        return Method.KEEP
    if line.is_retag and not (line.has_newer_base or line.has_image):
        return Method.COMPLETE
    return Method.REVISE


def default_request(reason: str, bases: Sequence[ImageName]) -> str:
    """Return the name of a request that has none: the same words are the same request."""
    words = "\n".join([reason, *map(str, bases)])
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def expect_as_locked(image: ImageName, commit: Commit, known: KnownReleases) -> None:
    """Raise TagTaken where a release's git tag is not at the commit that the lock has: it would be made of another."""
    locked = known.commit(image)
    if locked not in (None, commit):
        raise not_as_locked(image, f"its git tag is at commit {commit} now", f"commit {locked}")


def labels_before(image: ImageName, found: Found, known: KnownReleases) -> ImageLabels:
    """Return the labels of a release's image; none where that is not there, or another one took its name."""
    if isinstance(found, TaggedImage) and known.standing(image, found) is Standing.RELEASED:
        return found.labels
    return NO_LABELS


def is_same(before: ImageLabels, today: ImageLabels | None) -> bool:
    """Whether a release would be made of the very same today; it is not where that is not known."""
    if today is None or not (before.inputs or before.base_digest):
        return False
    made_of = ("revision", "version", "origin", "inputs", "base_name", "base_digest")
    return all(getattr(before, name) == getattr(today, name) for name in made_of)


def made_by(request: str, version: LanguageVersion, requests: Mapping[str, str]) -> ReleaseTag | None:
    """Return the release of a line that a request has made already; `requests` names each tag's."""
    found = _of(version, (tag for tag, name in requests.items() if name == request))
    return found[0] if found else None


def message(tag: ReleaseTag, reason: str, request: str) -> str:
    """Return in a tag's message why it was made, and by which request: no line of a reason is a trailer."""
    why = f"Reason: {reason}\n\n" if reason else ""
    return f"Release {tag}\n\n{why}{TRAILER}: {request}\n"


def commit_message(tag: ReleaseTag, workflows_of: str) -> str:
    """Return what a release's commit is, and whose workflow files it takes where these are not its parent's."""
    taken = f"\n\n{WORKFLOWS}/ is as it is on {workflows_of}: a workflow's own token may push no other."
    return f"Release {tag}{taken if workflows_of else ''}"


def branches_for(
    newest: ReleaseTag, commit: Commit, default: Branch, own: Branch | None, with_owns: Sequence[str]
) -> tuple[str, ...]:
    """Return the branches for the commit after a line's newest release; one is for where rules refuse those before it.

    The first is the default branch where it ends at that release, else the line's own where it ends there or before:
    what is not released yet stays unreleased. None is left where the line can have no branch of its own, or that
    ends at another release of the line. Raise Refused where it has commits that no release of the line has; `with_owns`
    are the tags that have all.
    """
    defaults = (default.name,) if default.head == commit else ()
    owns = (own.name,) if own and (own.head is None or str(newest) in with_owns) else ()
    if own is None or defaults or owns or _of(newest.version, with_owns):
        return (*dict.fromkeys((*defaults, *owns)),)
    raise Refused(
        f"the branch {own.name} has commits that no release of {newest.version} has",
        expected="a branch of which every commit is in a release of the line",
        cure=f"release them: git switch {shlex.quote(own.name)}, and `ltf-ci next --push`",
    )


def going(branches: Sequence[str], refused: Sequence[str] = ()) -> str:
    """Return which of these branches takes a commit, and which ones' rules refused it."""
    branch = next((name for name in branches if name not in refused), "no branch")
    why = f", as the rules of {' and '.join(refused)} refuse it" if refused else ""
    return f", on {branch}{why}"


def refused_by_rules(output: str) -> frozenset[str]:
    """Return the refs, by their full names, whose rules refused a push."""
    names = [*_PROTECTED.findall(output), *(_REJECTED.findall(output) if _PROTECTED_SOMEHOW.search(output) else ())]
    return frozenset([*_RULES.findall(output), *(f"refs/heads/{name}" for name in names)])


def lacks_workflows(output: str) -> bool:
    """Whether a push was refused for workflow files that no branch has: for GitHub they are changed ones."""
    return bool(_NO_WORKFLOWS.search(output))


def _of(version: LanguageVersion, tags: Iterable[str]) -> list[ReleaseTag]:
    return [tag for tag in release_tags(tags) if tag.version == version]
