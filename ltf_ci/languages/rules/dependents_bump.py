"""What a release changes in dependents.json: its version line's entry gets its image, and what that was made FROM."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ltf_ci.languages.dependents import Dependent, Dependents
from ltf_ci.languages.rules import dependents_edits
from ltf_ci.languages.rules.pull_text import ListChange
from ltf_ci.model.image import ImageName
from ltf_ci.model.release_tag import ReleaseTag, is_release_tag


def bumped(dependents: Dependents, releases: Iterable[ListChange]) -> str:
    """Return the file's text with these releases, where it has an entry of that repository and version line."""
    changed = {}
    for release in releases:
        entry, tag = entry_of(dependents, release), release.entry.tag
        if entry and tag and not _is_newer(entry, tag):
            image = release.image or entry.image
            bases = tuple(_made_from(base, release.bases) for base in entry.bases)
            changed[entry.key] = replace(entry, image=image.tagged(tag), bases=bases)
    return dependents_edits.put(dependents, changed.values()) if changed else dependents.text


def entry_of(dependents: Dependents, release: ListChange) -> Dependent | None:
    """Return the entry of a release's repository and version line; None where there is none.

    A short name is the repository's where no entry has it with its owner, and its image is called so: another owner's
    repository of that name may make another one.
    """
    url, tag = release.entry.url, release.entry.tag
    every, long, short = dependents.entries, url.owner_and_name.lower(), url.name.lower()
    named = [entry for entry in every if entry.repository.lower() == long]
    likely = named or [entry for entry in every if entry.repository.lower() == short and _makes(entry, release)]
    return next((entry for entry in likely if tag and entry.version == tag.version), None)


def _makes(entry: Dependent, release: ListChange) -> bool:
    return release.image is None or _name(release.image) == _name(entry.image)


def _name(image: ImageName) -> str:
    return image.path.rpartition("/")[2]


def _made_from(base: ImageName, bases: Iterable[ImageName]) -> ImageName:
    """Return the base as a release was made FROM it; what is known of it may be older than the file."""
    alike = (each for each in bases if each.repository == base.repository and each.tag not in ("", base.tag))
    found = next(alike, base)
    tags = [image.tag for image in (base, found)]
    is_older = all(map(is_release_tag, tags)) and ReleaseTag.parse(tags[1]) < ReleaseTag.parse(tags[0])
    return base if is_older else found


def _is_newer(entry: Dependent, tag: ReleaseTag) -> bool:
    """Whether the entry has this release, or a newer one; a short commit is none."""
    return is_release_tag(entry.image.tag) and ReleaseTag.parse(entry.image.tag) >= tag
