"""What the tags at HEAD are: a release that was made, one that cannot be released, or none of ltf-ci's."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ltf_ci.errors import Refused
from ltf_ci.manifest.rules import revisions
from ltf_ci.model.commit import Commit
from ltf_ci.model.finding import Finding, Place, Severity
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag, is_release_tag

_FORM = "LANGVERSION-REVISION, such as 3.7.4-18, the revision counting from 1 without leading zeros"
_NEXT = "ltf-ci next makes it"
_OWN = "leave it, if it is of your own; `ltf-ci next` makes the release's"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadTags:
    """The tags at HEAD, by name; `written` is the tag that the manifest's image_name has, None without a manifest.

    `path` is the file that names the image, `origin` has the tags at origin with their commits, and `taken` are those
    that the registry has of another commit.
    """

    names: tuple[str, ...]
    head: Commit
    path: str
    written: str | None = None
    origin: Mapping[str, Commit] = field(default_factory=dict)
    taken: frozenset[str] = frozenset()

    @property
    def releases(self) -> tuple[ReleaseTag, ...]:
        """The release tags among them."""
        return tuple(map(ReleaseTag.parse, filter(is_release_tag, self.names)))


def made(tags: HeadTags, wanted: LanguageVersion | None) -> ReleaseTag | None:
    """Return the release that HEAD is already, of the wanted version if one is named.

    Raise Refused where it was tagged by hand, here alone: the manifest does not have that tag.
    """
    usable = [tag for tag in tags.releases if wanted in (None, tag.version) and not _why_dead(tag, tags)]
    found = max(usable, default=None)
    if found and not _is_written(found, tags):
        raise Refused(
            f"HEAD was tagged {found} by hand, and image_name has {tags.written or 'no tag'}",
            expected=f"a commit whose image_name has the tag {found}",
            cure=f"git tag -d {found}, then run it again: it writes, commits and tags",
        )
    return found


def findings(tags: HeadTags) -> Iterator[Finding]:
    """Find tags at HEAD of which no release comes, and say why."""
    for name in tags.names:
        if is_release_tag(name):
            why = _why_dead(ReleaseTag.parse(name), tags)
            if why:
                yield _finding(f"the tag {name} at HEAD cannot be released: {why}", "the next revision", _NEXT, tags)
    for name in revisions.unlike(tags.names):
        meant = re.findall(revisions.LIKE_A_RELEASE, name)[0]
        expected = meant if is_release_tag(meant) else _FORM
        yield _finding(
            f"the tag {name} at HEAD is not a release tag", expected, f"git tag -d {shlex.quote(name)}", tags
        )
    for name in revisions.versions(tags.names):
        found = f"the tag {name} at HEAD is not a release tag: nothing is released by it"
        yield _finding(found, _FORM, _OWN, tags)._replace(severity=Severity.NOTICE)


def _why_dead(tag: ReleaseTag, tags: HeadTags) -> str:
    """Return why a tag at HEAD can never be released; empty where it can."""
    at_origin = tags.origin.get(str(tag))
    if at_origin and at_origin != tags.head:
        return f"at origin it is at another commit, {at_origin.short}"
    if str(tag) in tags.taken:
        return "the registry has an image of this tag that was made of another commit"
    if at_origin and not _is_written(tag, tags):
        return f"it was made by hand, and image_name has {tags.written or 'no tag'}"
    return ""


def _is_written(tag: ReleaseTag, tags: HeadTags) -> bool:
    return tags.written in (None, str(tag))


def _finding(found: str, expected: str, cure: str, tags: HeadTags) -> Finding:
    return Finding(rule="tag-at-head", place=Place(tags.path), found=found, expected=expected, cure=cure)
