"""What code that only reads asks of a registry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ltf_ci.model.image import ImageName
from ltf_ci.model.registry import Answer


class RegistryReader(Protocol):
    """A registry, or one whose answers are remembered; where it does not answer, each method raises an error."""

    def resolve(self, image: ImageName) -> Answer:
        """Return whether an image exists."""

    def labels(self, image: ImageName) -> Mapping[str, str]:
        """Return an image's labels."""

    def tags(self, image: ImageName) -> tuple[str, ...]:
        """Return all tags of an image."""
