"""Settings that no file has."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ltf_ci.model.finding import Place


class Settled:
    """The same values in each folder, at no place."""

    def __init__(self, values: Mapping[str, object] | None = None) -> None:
        self._values = values or {}

    def read(self, _directory: Path, /) -> Mapping[str, object]:
        """Return the values."""
        return self._values

    def places(self, _directory: Path, /) -> Mapping[str, Place]:
        """Return no place."""
        return {}
