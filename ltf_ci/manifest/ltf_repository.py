"""An LTF repository as its files have it, and what a check found in it."""

from __future__ import annotations

from dataclasses import dataclass

from ltf_ci.errors import BadInput
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.image import ImageName
from ltf_ci.model.layout import Layout
from ltf_ci.model.release_tag import ReleaseTag


@dataclass(frozen=True, slots=True)
class LtfRepository:
    """A repository as it is in a folder."""

    layout: Layout
    manifest: Manifest | None
    image: ImageName | None
    readme: str

    def image_of(self, tag: ReleaseTag | None) -> ImageName:
        """Return the name that its image has under a tag; without a tag as the repository has it.

        Raise BadInput at its place where a manifest names no image.
        """
        image = _image_in(self.manifest) if self.manifest else self.image or ImageName.parse("")
        return image.tagged(tag) if tag else image


def _image_in(manifest: Manifest) -> ImageName:
    member, text = manifest.member("image_name"), manifest.string("image_name")
    place = member.place if member else Place(manifest.path)
    if text is None:
        found = "image_name is no text" if member else "image_name is missing"
        cure = "write it; `ltf-ci check` lists all that is wrong in the manifest"
        raise BadInput.at(place, found, expected="image_name: HOST/PATH, or HOST/PATH:TAG", cure=cure)
    try:
        return ImageName.parse(text)
    except BadInput as error:
        cure = error.cure or "correct it; `ltf-ci check` lists all that is wrong in the manifest"
        raise BadInput.at(place, f"image_name: {error.found}", expected=error.expected, cure=cure) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A repository, the tag that it was compared with, and what was found."""

    repository: LtfRepository
    tag: ReleaseTag | None
    findings: tuple[Finding, ...]

    @property
    def agrees(self) -> bool:
        """Whether no error was found."""
        return not any(finding.fails for finding in self.findings)
