"""A start point: the repositories that an image of cyber-dojo serves, laid out as its base image reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ltf_ci.model.image import ImageName

_BASE = "CYBER_DOJO_START_POINTS_BASE"  # as the variables begin by which cyber-dojo's own scripts know the base
_DOCKERFILE = f"""\
FROM {{base}}
LABEL org.cyber-dojo.start-point=languages
ENV IMAGE_TYPE=languages PORT=4524
ENV {_BASE}_IMAGE={{image}} {_BASE}_TAG={{tag}} {_BASE}_DIGEST={{digest}} {_BASE}_SHA=${{{{SHA:-}}}}
COPY . /app/repos
ENTRYPOINT ["/sbin/tini", "-g", "--"]
CMD ["./up.sh"]
"""


def dockerfile(base: ImageName) -> str:
    """Return what a start point's image is built by; the base's own variable SHA is the commit that it was made of."""
    digest = str(base.digest or "").removeprefix("sha256:")
    return _DOCKERFILE.format(base=base, image=base.untagged, tag=base.tag, digest=digest)


@dataclass(frozen=True, slots=True)
class StartPointSource:
    """A repository of it, as it was given, and its full commit."""

    given: str
    commit: str


@dataclass(frozen=True, slots=True)
class StartPoint:
    """Its image's name, and its repositories in the order given."""

    name: ImageName
    sources: tuple[StartPointSource, ...]

    @property
    def files(self) -> Mapping[str, str]:
        """The texts of the files next to the repositories' folders, which are 0, 1, 2, …"""
        lines = (f"{number} \t {source.commit} \t {source.given}\n" for number, source in enumerate(self.sources))
        return {"shas.txt": "".join(lines), "image.type": "languages\n", ".dockerignore": "Dockerfile\n"}

    def as_data(self) -> Mapping[str, Any]:
        """Return it as JSON data."""
        sources = [
            {"index": number, "url": source.given, "commit": source.commit}
            for number, source in enumerate(self.sources)
        ]
        return {"name": str(self.name), "repositories": sources}
