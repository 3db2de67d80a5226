"""What a release will do: what a dry run shows is what a real run carries out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ltf_ci.images.labels import ImageLabels
from ltf_ci.images.rules.latest import LatestPolicy
from ltf_ci.images.rules.trust import NOTHING_LOCKED, KnownReleases
from ltf_ci.model.build_spec import BuildSpec
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.publish.candidate import Candidate


@dataclass(frozen=True, slots=True)
class Build:
    """Build the image from its Dockerfile."""

    spec: BuildSpec

    def as_data(self) -> Mapping[str, Any]:
        """Return it as JSON data: no secret is among it, for none is in a BuildSpec."""
        made = self.spec.completed_for
        return {
            "how": "build",
            "dockerfile": f"Dockerfile.base, completed for {made}" if made else "Dockerfile",
            "context": self.spec.context.name,
            "base": self.spec.base.pinned if self.spec.base else "",
            "platforms": list(self.spec.platforms),
            "build-args": [text.partition("=")[0] for text in self.spec.build_args],
            "inputs": self.spec.inputs,
        }


@dataclass(frozen=True, slots=True)
class Relabel:
    """Give an image that exists already new labels: its layers are reused, by the registry alone."""

    source: ImageName
    digest: Digest

    def as_data(self) -> Mapping[str, Any]:
        """Return it as JSON data."""
        return {"how": "relabel", "from": str(self.source), "digest": str(self.digest)}


@dataclass(frozen=True, slots=True)
class Reuse(Relabel):
    """Give the image of an earlier revision, which was built of the same inputs, the labels of a build."""

    spec: BuildSpec

    def as_data(self) -> Mapping[str, Any]:
        """Return it as JSON data."""
        built = Build(self.spec).as_data()
        return {**built, "how": "reuse", "from": str(self.source), "digest": str(self.digest)}


@dataclass(frozen=True, slots=True)
class Keep:
    """What the tag has is this commit's image already."""

    digest: Digest

    def as_data(self) -> Mapping[str, Any]:
        """Return it as JSON data."""
        return {"how": "keep", "digest": str(self.digest)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a candidate becomes an image, which labels it gets, and what becomes of `latest`.

    `daemon` is the address of the docker daemon that builds or tests it; empty where none is asked. `known` are the
    releases of the languages repository's lock, and the git tags at origin.
    """

    candidate: Candidate
    method: Build | Relabel | Keep
    labels: ImageLabels
    latest: LatestPolicy
    daemon: str = ""
    known: KnownReleases = NOTHING_LOCKED

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return {
            "tag": str(self.candidate.tag),
            "commit": str(self.candidate.commit),
            "image": str(self.candidate.image),
            **self.method.as_data(),
            **({"daemon": self.daemon} if self.daemon else {}),
            "labels": self.labels.to_labels(),
            "latest": str(self.latest),
        }
