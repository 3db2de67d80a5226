"""What GitHub has of a repository: an issue, and a run of a workflow."""

from __future__ import annotations

from dataclasses import dataclass

COMPLETED, SUCCESS = "completed", "success"


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue: its number, address, state and text."""

    number: int
    url: str
    is_open: bool
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowRun:
    """A run: its number, `title` from its run-name, and `at`, when it was started (RFC 3339, in UTC)."""

    number: int
    title: str
    url: str
    at: str
    status: str
    conclusion: str = ""

    @property
    def has_ended(self) -> bool:
        """Whether it has ended."""
        return self.status == COMPLETED

    @property
    def succeeded(self) -> bool:
        """Whether it has ended successfully."""
        return self.has_ended and self.conclusion == SUCCESS
