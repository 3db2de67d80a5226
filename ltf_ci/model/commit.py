"""A commit's full SHA."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ltf_ci.errors import BadInput

_SHA = r"[0-9a-f]{40}|[0-9a-f]{64}"
_SHORT = 7


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit by its full SHA, in lower-case hexadecimal."""

    sha: str

    @classmethod
    def parse(cls, text: str) -> Commit:
        """Read a full SHA of 40 (or 64) hexadecimal digits, or raise BadInput."""
        if not re.fullmatch(_SHA, text):
            raise BadInput(
                f"{text[:80]!r} is not a commit",
                expected="a full SHA of 40 lower-case hexadecimal digits",
                cure="git rev-parse HEAD prints one",
            )
        return cls(text)

    def __str__(self) -> str:
        return self.sha

    @property
    def short(self) -> str:
        """Its first seven digits."""
        return self.sha[:_SHORT]
