"""What `ltf-ci watch --format json` wrote."""

from __future__ import annotations

import json
from typing import Any

from ltf_ci.errors import BadInput
from ltf_ci.model.finding import Finding, Place, Severity
from ltf_ci.model.image import ImageName
from ltf_ci.model.repository_url import RepositoryUrl

LARGEST = 64 * 1024 * 1024  # bytes
_TEXTS = ("rule", "severity", "file", "found", "expected", "cure")


def findings_in(raw: bytes, path: str) -> tuple[Finding, ...]:
    """Read what was found, or raise BadInput: also where watch ended before it had looked."""
    try:
        data = json.loads(raw.decode())
        return tuple(_finding(each) for each in {"watch": data["findings"]}[data["command"]])
    except (ValueError, LookupError, TypeError, OverflowError, RecursionError) as error:
        raise BadInput(
            f"{path[:200]} is not what watch found: {type(error).__name__}: {error}",
            expected='{"command": "watch", "findings": […]}',
            cure="write it by `ltf-ci watch --format json`, and look whether that ended",
        ) from error


def _finding(data: Any) -> Finding:
    texts = {name: data[name] for name in _TEXTS}
    images, urls = list(data["images"]), list(data["repositories"])
    if not all(isinstance(text, str) for text in (*texts.values(), *images, *urls)):
        raise TypeError("a finding's words are text")
    return Finding(
        rule=texts["rule"],
        severity=Severity(texts["severity"]),
        place=Place(texts["file"], int(data["line"])),
        images=tuple(map(ImageName.parse, images)),
        repositories=tuple(map(RepositoryUrl, urls)),  # a path on the machine that wrote it may have a space in it
        found=texts["found"],
        expected=texts["expected"],
        cure=texts["cure"],
    )
