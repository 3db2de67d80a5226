"""What a release changes in dependents.json: its version line's entry gets the new tag."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ltf_ci.languages.dependents import Dependent, Dependents
from ltf_ci.languages.languages_list import ListEntry
from ltf_ci.languages.rules import dependents_edits
from ltf_ci.model.release_tag import ReleaseTag, is_release_tag


def bumped(dependents: Dependents, releases: Iterable[ListEntry]) -> str:
    """Return the file's text with these releases' tags, where it has an entry of that repository and version line."""
    wanted = {(entry.url.name.lower(), entry.tag.version): entry.tag for entry in releases if entry.tag}
    changed = []
    for entry in dependents.entries:
        tag = wanted.get((entry.repository.lower(), entry.version)) if entry.version else None
        if tag and not _is_newer(entry, tag):
            changed.append(replace(entry, image=entry.image.tagged(tag)))
    return dependents_edits.put(dependents, changed) if changed else dependents.text


def _is_newer(entry: Dependent, tag: ReleaseTag) -> bool:
    """Whether the entry has this release, or a newer one; a short commit is none."""
    return is_release_tag(entry.image.tag) and ReleaseTag.parse(entry.image.tag) >= tag
