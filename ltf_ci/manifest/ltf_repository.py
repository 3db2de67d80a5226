"""An LTF repository as its files have it, and what a check found in it."""

from __future__ import annotations

from typing import NamedTuple

from ltf_ci.manifest.manifest import Manifest
from ltf_ci.model.finding import Finding
from ltf_ci.model.image import ImageName
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag

IMAGE_NAME = ("image_name", ImageName.parse, "HOST/PATH, or HOST/PATH:TAG")


class LtfRepository(NamedTuple):
    """A repository as it is in a folder; `builds_image` is whether it has docker/, of which its image is built."""

    builds_image: bool
    manifest: Manifest | None
    image: ImageName | None
    readme: str

    def image_of(self, tag: ReleaseTag | None) -> ImageName:
        """Return the name that its image has under a tag; without a tag as the repository has it.

        Raise BadInput at its place where a manifest names no image.
        """
        image = self.image or ImageName.parse("") if self.manifest is None else self.manifest.read(*IMAGE_NAME)
        return image.tagged(tag) if tag else image


class Checked(NamedTuple):
    """A repository, the tag that it was compared with, and what was found.

    `version` is what an image's own repository says of the language's version, where no tag was compared with it.
    """

    repository: LtfRepository
    tag: ReleaseTag | None
    findings: tuple[Finding, ...]
    version: LanguageVersion | None = None

    @property
    def agrees(self) -> bool:
        """Whether no error was found."""
        return not any(finding.fails for finding in self.findings)
