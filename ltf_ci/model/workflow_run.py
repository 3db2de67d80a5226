"""A run of a GitHub Actions workflow, as far as we look at it."""

from __future__ import annotations

from dataclasses import dataclass

COMPLETED, SUCCESS = "completed", "success"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowRun:
    """A run by its number; `title` is what its run-name gave, `at` when it was started: RFC 3339, in UTC."""

    number: int
    title: str
    url: str
    at: str
    status: str
    conclusion: str = ""

    @property
    def has_ended(self) -> bool:
        """Whether it has come to its end."""
        return self.status == COMPLETED

    @property
    def succeeded(self) -> bool:
        """Whether it has ended well."""
        return self.has_ended and self.conclusion == SUCCESS
