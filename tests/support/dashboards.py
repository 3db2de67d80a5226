"""A fleet's facts without a registry, its page, and what stands in a page's table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from html.parser import HTMLParser
from typing import Any

from ltf_ci.commands.dashboard import parts
from ltf_ci.dashboard.rules import findings, rows
from ltf_ci.dashboard.rules.page import page
from ltf_ci.dashboard.rules.rows import Known, Member
from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.images.labels import ImageLabels
from ltf_ci.languages.languages_list import LanguagesList
from ltf_ci.languages.lock import Lock
from ltf_ci.model.finding import Finding, Place, Severity
from ltf_ci.model.image import ImageName
from ltf_ci.model.repository_url import RepositoryUrl
from tests.support.dependents import parsed

HOSTILE = '</script><script>document.title = "x"</script><img src=x onerror=alert(1)>\u202e" onclick="alert(2), $style'
URL = "https://github.com/cyber-dojo-start-points"
BASE = "cyberdojofoundation/python:3.7.4-1"


def digest(number: int) -> str:
    return f"sha256:{number:064x}"


def locked(image: str, display_name: str, number: int = 0) -> dict[str, Any]:
    return {"commit": "a" * 40, "image": image, "digest": digest(number), "display_name": display_name}


def members(
    lines: Iterable[str], lock: Mapping[str, Any], entries: Mapping[str, Any] | None = None
) -> tuple[Member, ...]:
    listed = LanguagesList("list", "".join(f"{line}\n" for line in lines))
    graph = ImageGraph.of(parsed(json.dumps(dict(entries or {}))).entries)
    return rows.members(listed, Lock.parse(json.dumps(lock).encode(), "lock"), graph)


def known(number: int, **labels: str) -> Known:
    return Known(digest(number), number * 1_000_000, ImageLabels(**labels))  # type: ignore[arg-type]


def finding(rule: str, about: str, severity: Severity = Severity.WARNING, *, line: int = 0, found: str = "") -> Finding:
    """Return a finding about some images, or a repository by its address."""
    urls = [word for word in about.split() if "://" in word]
    images = [word for word in about.split() if word not in urls]
    return Finding(
        rule=rule,
        severity=severity,
        place=Place("list", line),
        images=tuple(map(ImageName.parse, images)),
        repositories=tuple(map(RepositoryUrl.parse, urls)),
        found=found or f"{rule} of {about}",
        cure="`mend` it",
    )


def fleet_page(count: int, name: str = "Python 3.7.4, test {}") -> str:
    """Return the page of so many releases, all made of one base: some wait, one is broken, one has no lock."""
    lines = [f"{URL}/python-{number}?tag=3.7.4-{number}" for number in range(1, count + 1)]
    images = [f"cyberdojofoundation/python_{number}:3.7.4-{number}" for number in range(1, count + 1)]
    lock = {
        line: locked(image, name.replace("{}", str(number)), number)
        for number, (line, image) in enumerate(zip(lines, images, strict=True), 1)
    }
    entries = {"python (3.7.4)": {"from": "python:3.7.4", "image_name": BASE, "test_framework": False}}
    every = members([*lines, f"{URL}/ruby?tag=3.4-1"], lock, entries)
    facts: dict[ImageName, Known] = {}
    for number, image in enumerate(images, 1):
        asked = ImageName.parse(f"{ImageName.parse(image).untagged}@{digest(number)}")
        day = f"2026-{1 + number % 12:02}-{1 + number % 28:02}T10:00:00Z"
        facts[asked] = known(number, created=day, base_name=BASE, base_digest=digest(9 if number % 7 else 8))
    facts[ImageName.parse(BASE)] = known(
        9, created="2025-01-01T00:00:00Z", source="https://github.com/cyber-dojo/python"
    )
    found = [
        finding("image-gone", images[0], Severity.ERROR, found=f"{images[0]} is not in its registry"),
        finding("upstream-patch", "python:3.7.4", Severity.NOTICE, found="python:3.7.4 has a newer one: 3.7.5"),
    ]
    return page(findings.rows(every, facts, found, is_watched=True), ["Something is not known."], parts())


class _Table(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._in_body = False

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._in_body = tag == "tbody" or self._in_body
        if self._in_body and tag == "tr":
            self.rows.append([])
        elif self._in_body and tag in ("td", "th"):
            self.rows[-1].append("")
        elif self._in_body and tag in ("li", "details", "div") and self.rows[-1][-1]:
            self.rows[-1][-1] += " | "

    def handle_endtag(self, tag: str) -> None:
        self._in_body = tag != "tbody" and self._in_body

    def handle_data(self, data: str) -> None:
        if self._in_body and self.rows and self.rows[-1]:
            self.rows[-1][-1] += data.strip("\n")


def table_of(text: str) -> list[list[str]]:
    """Return the texts of a page's rows, cell by cell."""
    reader = _Table()
    reader.feed(text)
    return reader.rows
