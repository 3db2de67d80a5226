"""How a workflow names our action: `OWNER/REPO@REF`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ltf_ci.errors import UsageError

HOME = "cyber-dojo-tools/ltf-ci"  # where ltf-ci lives: named here alone
_FORM = re.compile(r"([A-Za-z0-9-]+/[A-Za-z0-9._-]+)@([A-Za-z0-9][A-Za-z0-9._/-]*)(?: +# *(v[0-9][A-Za-z0-9.-]*))?")


@dataclass(frozen=True, slots=True)
class ActionReference:
    """A repository, a ref of it, and the version that a comment names where the ref is a commit."""

    repository: str
    ref: str
    version: str = ""

    @classmethod
    def parse(cls, text: str) -> ActionReference:
        """Read `OWNER/REPO@REF` or `OWNER/REPO@COMMIT # VERSION`, or raise UsageError."""
        match = _FORM.fullmatch(text)
        if not match:
            raise UsageError(f"action is {text[:200]!r}", expected=f"OWNER/REPO@REF: {HOME}@v1")
        return cls(match[1], match[2], match[3] or "")

    def __str__(self) -> str:
        return f"{self.repository}@{self.ref}" + (f" # {self.version}" if self.version else "")
