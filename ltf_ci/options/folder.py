"""Which repository a command looks at: options of those that look at one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.options.option import value


@dataclass(frozen=True, kw_only=True)
class InFolder:
    """Which repository."""

    directory: Path = value("the repository's folder", Path, "DIR", default=Path(), positional=True)


@dataclass(frozen=True, kw_only=True)
class AtTag(InFolder):
    """Which repository."""

    tag: ReleaseTag | None = value(
        "the git tag that is checked, built or released; without it the tag at HEAD",
        ReleaseTag.parse,
        "TAG",
        default=None,
    )
