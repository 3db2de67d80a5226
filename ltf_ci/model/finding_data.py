"""A finding as JSON data, as `--format json` and `--report` write it and `--watched` reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ltf_ci.model.finding import Finding, Place, Severity
from ltf_ci.model.image import ImageName
from ltf_ci.model.repository_url import RepositoryUrl

_TEXTS = ("rule", "severity", "file", "path", "found", "expected", "cure")


def finding_data(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON data."""
    return {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "file": finding.place.path,
        "line": finding.place.line,
        "column": finding.place.column,
        "path": finding.path,
        "images": [str(image) for image in finding.images],
        "repositories": [str(url) for url in finding.repositories],
        "found": finding.found,
        "expected": finding.expected,
        "cure": finding.cure,
    }


def finding_of(data: Mapping[str, Any]) -> Finding:
    """Read a finding from JSON data; raise ValueError, LookupError or TypeError where it is none."""
    texts = {name: data[name] for name in _TEXTS}
    images, urls = list(data["images"]), list(data["repositories"])
    if not all(isinstance(text, str) for text in (*texts.values(), *images, *urls)):
        raise TypeError("a finding's words are text")
    return Finding(
        rule=texts["rule"],
        severity=Severity(texts["severity"]),
        place=Place(texts["file"], int(data["line"]), int(data["column"])),
        path=texts["path"],
        images=tuple(map(ImageName.parse, images)),
        repositories=tuple(map(RepositoryUrl, urls)),  # a path on the machine that wrote it may have a space in it
        found=texts["found"],
        expected=texts["expected"],
        cure=texts["cure"],
    )
