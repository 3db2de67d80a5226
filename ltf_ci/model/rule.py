"""What a rule is, how much its findings matter, and a section of the docs that has a table of rules."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """An error fails the command; a warning and a notice do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


class Rule(NamedTuple):
    """A rule by its stable name, such as `image-name-tag`: `asks` is its row in the docs.

    `short` heads its findings where people read them: it is the name in words, where nothing better is given.
    """

    name: str
    asks: str
    short: str = ""
    severity: Severity = Severity.ERROR

    @property
    def title(self) -> str:
        """The few words that head its findings."""
        return self.short or self.name.replace("-", " ")


class Section(NamedTuple):
    """A section of a page of the docs, and the rules in its table; `second` heads the table's second column."""

    page: str
    heading: str
    rules: tuple[Rule, ...]
    second: str = "what is asked"
