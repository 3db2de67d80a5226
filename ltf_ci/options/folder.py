"""Which repository a command looks at: options of those that look at one."""

from __future__ import annotations

from pathlib import Path

from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.options.option import Options, value


class InFolder(Options):
    """Which repository."""

    directory: Path = value("the repository's folder", Path, "DIR", default=Path(), positional=True)


class AtTag(InFolder):
    """Which repository."""

    tag: ReleaseTag | None = value(
        "the git tag that is checked, built or released; without it the tag at HEAD",
        ReleaseTag.parse,
        "TAG",
        default=None,
    )
