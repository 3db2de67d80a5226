"""What people choose in cyber-dojo's setup: `Python (3.7.4), unittest`, `C++ (clang++ 18.1.3), assert`, …"""

from __future__ import annotations

import re
from typing import NamedTuple

from ltf_ci.errors import BadInput
from ltf_ci.model.release_tag import LanguageVersion

_VERSION = r"[0-9][0-9A-Za-z.]*(?:-[A-Za-z][0-9A-Za-z.]*)?"
_MEANT = r"[vV]?[^A-Za-z]*\d[^A-Za-z]*"  # `v3.7.4`, or digits of another script: no tool is called so
_FORM = (
    rf"(?P<name>[^\s,()]+)"
    rf"(?P<open> \((?:(?P<inner>{_VERSION})|(?P<tool>[^\s,()]+)(?: (?P<tool_version>{_VERSION}))?)(?P<close>\)))?"
    rf"(?: (?P<outer>{_VERSION}))?"
    rf", (?P<framework>\S(?:.*\S)?)"
)


class DisplayName(NamedTuple):
    """A display name by its parts: the text before the version, the version, the text after it."""

    before: str
    version: LanguageVersion | None
    after: str
    framework: str

    @classmethod
    def parse(cls, text: str) -> DisplayName:
        """Read NAME, optional ` (TOOL[ V])` or ` (V)`, optional ` V`, `, ` and the framework; or raise BadInput."""
        match = re.fullmatch(_FORM, text)
        if not match:
            raise BadInput(
                f"{text[:200]!r} is not a display name",
                expected="NAME (VERSION), FRAMEWORK, such as Python (3.7.4), unittest",
                cure="write the language's name, its version in brackets, a comma, a space, and the test framework",
            )
        part = next((name for name in ("outer", "tool_version", "inner") if match[name]), None)
        if part is None:
            return cls(text[: match.start("framework") - 2], None, "", match["framework"])
        start, end = match.span(part)
        version = LanguageVersion.parse(match[part])
        return cls(text[:start], version, text[end : match.start("framework") - 2], match["framework"])

    def __str__(self) -> str:
        return f"{self.before}{self.version or ''}{self.after}, {self.framework}"

    @property
    def language(self) -> str:
        """The language's name without its version: `Python`, `C++ (clang++)`."""
        return re.sub(r" ?\(\)", "", self.before.rstrip() + self.after) if self.version else self.before

    def with_version(self, version: LanguageVersion, *, in_brackets: bool = True) -> DisplayName:
        """Return the same name with another version; one without a version gets it in brackets, or behind the name."""
        if self.version:
            return self._replace(version=version)
        framework = re.sub(rf"^{_VERSION}, ", "", self.framework)  # `Python, 3.7.4, unittest`
        if self.before.endswith(")"):  # a tool's name, or what was meant as a version
            head, _, inner = self.before[:-1].rpartition("(")
            before = f"{head}(" if re.fullmatch(_MEANT, inner) else f"{self.before[:-1]} "
            return DisplayName(before, version, ")", framework)
        opening, closing = (" (", ")") if in_brackets else (" ", "")
        return DisplayName(self.before + opening, version, closing, framework)
