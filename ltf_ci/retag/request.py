"""What a re-tag is asked: which version lines, why, on which base images, and which request it is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ltf_ci.errors import BadInput, UsageError
from ltf_ci.model.image import ImageName
from ltf_ci.model.printable import printable
from ltf_ci.model.release_tag import LanguageVersion

ALL = "all"
LONGEST_REASON = 500  # characters
_REQUEST = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}")


@dataclass(frozen=True, slots=True)
class Lines:
    """Version lines: those that are named, or every one that has a release."""

    versions: tuple[LanguageVersion, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Lines:
        """Read `3.7.4,3.7.5` or `all`, or raise LtfError."""
        if text == ALL:
            return cls()
        words = dict.fromkeys(word.strip() for word in text.split(","))
        try:
            return cls(tuple(LanguageVersion.parse(word) for word in words))
        except BadInput as error:
            found = f"lines is {text[:200]!r}: {error.found}"
            raise BadInput(found, expected="language versions without revisions, 3.7.4,3.7.5 say, or all") from error


def reason(text: str) -> str:
    """Read why, as one line of plain text, or raise UsageError."""
    line = printable(" ".join(text.split()))
    if len(line) > LONGEST_REASON:
        raise UsageError(f"reason has {len(line)} characters", expected=f"at most {LONGEST_REASON}")
    return line


def request(text: str) -> str:
    """Read a request's name, or raise UsageError."""
    if not _REQUEST.fullmatch(text):
        raise UsageError(f"request is {text[:100]!r}", expected="a word of letters, digits, `.`, `_`, `/` and `-`")
    return text


def base(text: str) -> ImageName:
    """Read the image that a FROM is to name, or raise LtfError where it has no tag.

    A digest behind it is written nowhere: it tells a request from the one before the tag moved.
    """
    image = ImageName.parse(text)
    if not image.tag:
        raise UsageError(f"base is {text[:200]!r}", expected="IMAGE:TAG")
    return image
