"""The labels of a released image: which commit, tag and base it was made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from ltf_ci.errors import BadInput
from ltf_ci.model.commit import Commit
from ltf_ci.model.release_tag import ReleaseTag

OCI = "org.opencontainers.image."
OURS = "io.github.cyber-dojo-tools.ltf-ci."
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageLabels:
    """An image's labels; what an image that is not ours lacks is None or empty.

    `created` is the commit's time, RFC 3339 in UTC, so that a rebuild is the same. `origin` is the commit of the
    image's own repository where the image came from another one; `inputs` is the hash of the build's inputs.
    """

    revision: Commit | None = None
    version: ReleaseTag | None = None
    source: str = ""
    title: str = ""
    created: str = ""
    base_name: str = ""
    base_digest: str = ""
    origin: str = ""
    inputs: str = ""

    @classmethod
    def from_labels(cls, labels: Mapping[str, str]) -> ImageLabels:
        """Read an image's labels, foreign ones too."""
        names = ("source", "title", "created")
        return cls(
            revision=_read(labels, "revision", Commit.parse),
            version=_read(labels, "version", ReleaseTag.parse),
            base_name=labels.get(f"{OCI}base.name", ""),
            base_digest=labels.get(f"{OCI}base.digest", ""),
            origin=labels.get(f"{OURS}origin", ""),
            inputs=labels.get(f"{OURS}inputs", ""),
            **{name: labels.get(OCI + name, "") for name in names},
        )

    def to_labels(self) -> dict[str, str]:
        """Give the labels as an image has them, without the empty ones."""
        every = {
            f"{OCI}revision": str(self.revision or ""),
            f"{OCI}version": str(self.version or ""),
            f"{OCI}source": self.source,
            f"{OCI}title": self.title,
            f"{OCI}created": self.created,
            f"{OCI}base.name": self.base_name,
            f"{OCI}base.digest": self.base_digest,
            f"{OURS}origin": self.origin,
            f"{OURS}inputs": self.inputs,
        }
        return {name: value for name, value in every.items() if value}


def _read(labels: Mapping[str, str], name: str, parse: Callable[[str], T]) -> T | None:
    try:
        return parse(labels[OCI + name])
    except (KeyError, BadInput):
        return None
