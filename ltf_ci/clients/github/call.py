"""A call of GitHub, and its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ltf_ci.errors import LtfError

Meaning: TypeAlias = Callable[[int, str], LtfError | None]


def no_meaning(_status: int, _message: str) -> None:
    """Leave a refusal to mean what it means for any call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call for a repository: a method, an address, and JSON data that is sent.

    `meaning` is what a status and GitHub's words mean for this call; None where they mean the same as for any.
    """

    repository: str
    method: str
    url: str
    query: Mapping[str, Any] = field(default_factory=dict)
    given: Any = None
    meaning: Meaning = no_meaning


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of status 200 to 299: its JSON data, None where it has no body, and the address that it is from."""

    status: int
    headers: Mapping[str, str]
    data: Any
    url: str
