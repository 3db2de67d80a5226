"""What a rule found, where, and what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple, Self

from ltf_ci.model.printable import amount
from ltf_ci.model.rule import Severity
from ltf_ci.model.rules_table import RULES

if TYPE_CHECKING:  # for a finding that is about none, as those of `check`, the latter two need not be imported
    from ltf_ci.errors import LtfError
    from ltf_ci.model.image import ImageName
    from ltf_ci.model.repository_url import RepositoryUrl

__all__ = ["Finding", "Place", "Severity", "counted", "in_order"]


class Place(NamedTuple):
    """A place in a file: its path as people see it, line and column from 1; 0 for the whole file."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return ":".join([self.path, *(str(n) for n in (self.line, self.column) if n)])


class _Fields(NamedTuple):
    rule: str
    place: Place
    found: str
    severity: Severity
    path: str
    images: tuple[ImageName, ...]
    repositories: tuple[RepositoryUrl, ...]
    expected: str
    cure: str


class Finding(_Fields):
    """One thing that is not as it should be. `rule` is the stable name of a rule of the table, which says how severe.

    `path` leads to the value in its document, as `visible_filenames[3]` does; it is empty where there is none. `images`
    and `repositories` are those that it is about, for programs: an image without a tag stands for all that it has.
    """

    __slots__ = ()

    def __new__(  # noqa: PLR0913, PLR0917 - each is one fact of a finding
        cls,
        rule: str,
        place: Place,
        found: str,
        severity: Severity | None = None,
        path: str = "",
        images: tuple[ImageName, ...] = (),
        repositories: tuple[RepositoryUrl, ...] = (),
        expected: str = "",
        cure: str = "",
    ) -> Self:
        """Take the rule's severity where none is given; raise KeyError where the table has no such rule."""
        its_own = RULES[rule].severity
        return super().__new__(cls, rule, place, found, severity or its_own, path, images, repositories, expected, cure)

    @classmethod
    def of_error(cls, error: LtfError, rule: str, place: Place, *, path: str = "", about: str = "") -> Self:
        """Return an error as a finding of a rule; `about` is what it is an error of."""
        found = f"{about}: {error.found}" if about else error.found
        return cls(rule=rule, place=place, path=path, found=found, expected=error.expected, cure=error.cure)

    @property
    def fails(self) -> bool:
        """Whether it fails the command."""
        return self.severity is Severity.ERROR


def counted(findings: Iterable[Finding]) -> str:
    """Return how many findings there are of each severity, as people say it: `2 errors, 1 warning`."""
    numbers = Counter(finding.severity for finding in findings)
    return ", ".join(amount(numbers[one], one) for one in Severity if numbers[one])


def in_order(findings: list[Finding]) -> tuple[Finding, ...]:
    """Return findings from the list's top to its bottom, whatever answered first."""
    return tuple(sorted(findings, key=lambda found: (found.place.path, found.place.line)))
