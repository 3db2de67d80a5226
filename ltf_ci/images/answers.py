"""What a registry answers, for who only asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ltf_ci.model.image import ImageName
from ltf_ci.model.registry import Answer


class RegistryAnswers(Protocol):
    """A registry, or what was seen there."""

    def resolve(self, image: ImageName) -> Answer:
        """Ask whether an image is there."""

    def labels(self, image: ImageName) -> Mapping[str, str]:
        """Return an image's labels."""

    def tags(self, image: ImageName) -> tuple[str, ...]:
        """Return all tags of an image."""
