"""A line of the languages list, and what was found where it points."""

from __future__ import annotations

from dataclasses import dataclass

from ltf_ci.languages.languages_list import ListEntry
from ltf_ci.manifest.facts import ManifestFacts
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.model.finding import Place
from ltf_ci.model.image import ImageName, image_in
from ltf_ci.model.release_tag import ReleaseTag


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A line that could be followed: its place, what it names, and the manifest there."""

    place: Place
    entry: ListEntry
    commit: str
    manifest: Manifest
    facts: ManifestFacts

    @property
    def tag(self) -> ReleaseTag | None:
        """The release tag that the line names, if any."""
        return self.entry.tag

    @property
    def display_name(self) -> str:
        """The manifest's display name; empty where it has none."""
        return self.manifest.string("display_name") or ""

    @property
    def image(self) -> ImageName | None:
        """The manifest's image; None where it has none that can be read."""
        return image_in(self.manifest.string("image_name") or "")
