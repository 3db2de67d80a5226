"""The labels of a released image: which commit, tag and base it was made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from ltf_ci.errors import BadInput
from ltf_ci.model.build_spec import BuildSpec
from ltf_ci.model.commit import Commit
from ltf_ci.model.image import ImageName, image_in
from ltf_ci.model.release_tag import ReleaseTag

_OCI = "org.opencontainers.image."
_OURS = "io.github.cyber-dojo-tools.ltf-ci."
LABELS = {
    "revision": f"{_OCI}revision",
    "version": f"{_OCI}version",
    "source": f"{_OCI}source",
    "title": f"{_OCI}title",
    "created": f"{_OCI}created",
    "base_name": f"{_OCI}base.name",
    "base_digest": f"{_OCI}base.digest",
    "bases": f"{_OURS}bases",
    "origin": f"{_OURS}origin",
    "inputs": f"{_OURS}inputs",
}
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageLabels:
    """An image's labels; one that an image does not have, as ltf-ci did not release it, is None or empty.

    `created` is the commit's time, RFC 3339 in UTC, so that a rebuild is the same. `base_name` and `base_digest` are
    what the last stage is made FROM, and `bases` are all images that it is made of: NAME@DIGEST, with spaces between.
    `origin` is the commit of the image's own repository where the image came from another one; `inputs` is the hash of
    the build's inputs.
    """

    revision: Commit | None = None
    version: ReleaseTag | None = None
    source: str = ""
    title: str = ""
    created: str = ""
    base_name: str = ""
    base_digest: str = ""
    bases: str = ""
    origin: str = ""
    inputs: str = ""

    @classmethod
    def from_labels(cls, labels: Mapping[str, str]) -> ImageLabels:
        """Read the labels of any image."""
        texts = {field: labels.get(name, "") for field, name in LABELS.items() if field not in ("revision", "version")}
        return cls(
            revision=_read(labels, "revision", Commit.parse),
            version=_read(labels, "version", ReleaseTag.parse),
            **texts,
        )

    @classmethod
    def of_build(cls, spec: BuildSpec) -> ImageLabels:
        """Return the labels that say what a build is made of."""
        return cls(
            base_name=str(spec.base.name) if spec.base else "",
            base_digest=str(spec.base.digest) if spec.base else "",
            bases=" ".join(base.pinned for base in spec.bases),
            inputs=spec.inputs,
        )

    @property
    def base(self) -> ImageName | None:
        """The image that the last stage is made FROM, by name and digest; None where the labels do not have both."""
        name, _, _ = self.base_name.partition("@")
        return image_in(f"{name}@{self.base_digest}")

    @property
    def made_of(self) -> tuple[ImageName, ...]:
        """All images that it is made of, by name and digest, as far as the labels tell them.

        `bases` without the base is not this image's own: an image has the labels of the one that it is made FROM, as
        long as its builder gives it none in their place.
        """
        named = [image for text in self.bases.split() if (image := image_in(text)) and image.digest]
        base = self.base
        if base is None:
            return tuple(dict.fromkeys(named))
        return tuple(dict.fromkeys([base, *named])) if base in named else (base,)

    def to_labels(self) -> dict[str, str]:
        """Return the labels as an image has them, without the empty ones."""
        every = {name: str(getattr(self, field) or "") for field, name in LABELS.items()}
        return {name: value for name, value in every.items() if value}


def is_relabelled(image: ImageName, labels: ImageLabels) -> bool:
    """Whether an image has the layers of another one of its name, under labels of its own: a start point's release."""
    base = image_in(labels.base_name)
    return base is not None and base.repository == image.repository


def is_release_label(name: str) -> bool:
    """Whether ltf-ci writes this label, so that a release has its own value of it."""
    return name in LABELS.values()


def _read(labels: Mapping[str, str], name: str, parse: Callable[[str], T]) -> T | None:
    try:
        return parse(labels[LABELS[name]])
    except (KeyError, BadInput):
        return None
