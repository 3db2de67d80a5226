"""How long a part of a run took."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """A part's name, how many parts it is within, and its seconds."""

    name: str
    depth: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.seconds:9.2f} s  {'  ' * self.depth}{self.name}"

    def as_row(self) -> str:
        """Return it as a row of a table in markdown."""
        return f"| {self.seconds:.2f} | {'— ' * self.depth}{self.name} |\n"

    def as_data(self) -> dict[str, str | int | float]:
        """Return it as JSON data."""
        return {"name": self.name, "depth": self.depth, "seconds": round(self.seconds, 3)}
