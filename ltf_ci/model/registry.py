"""What a registry answers: three answers, for "unknown" is never "absent"."""

from __future__ import annotations

from dataclasses import dataclass

from ltf_ci.model.image import Digest


@dataclass(frozen=True, slots=True)
class Present:
    """It is there: its manifest's digest and media type."""

    digest: Digest
    media_type: str


@dataclass(frozen=True, slots=True)
class Absent:
    """The registry says that it is not there."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The registry could not be asked, or its answer not be understood: why."""

    why: str
