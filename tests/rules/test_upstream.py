"""Which tags are newer versions in the same flavour, and what is said of them."""

from __future__ import annotations

import pytest

from ltf_ci.model.finding import Place, Severity
from ltf_ci.model.image import ImageName
from ltf_ci.rules import upstream
from ltf_ci.rules.upstream import Upstream

PYTHON = "2.7 3 3.7 3.7.3 3.7.4 3.7.5 3.7.5-alpine 3.7.6-slim 3.8.0b1 3.8.0rc1 3.8.1 3.8.1-slim-bookworm latest slim"


def newer(ours: str, tags: str) -> list[str]:
    return [f"{mine.tag} {there.tag}" for mine, there in upstream.newer(ours.split(), tags.split())]


@pytest.mark.parametrize(
    ("ours", "tags", "expected"),
    [
        ("3.7.4", PYTHON, ["3.7.4 3.7.5", "3.7.4 3.8.1"]),
        ("3.7.4", "3.7.3 3.7.4 3.6.9", []),  # never down
        ("3.7.4", "", []),
        ("3.7.4", "3.7.4 3.8.0b1 3.8.0a2 3.8.0rc1 3.8.0-rc1 3.8.0-beta.2 3.8.0-SNAPSHOT 3.8.0-dev 3.8.0.dev3", []),
        ("3.7.4", "3.7.5-alpine 3.7.5-slim 3.7.5-windowsservercore 3.7.5-alpine3.18", []),
        ("3.7.4-slim-bookworm", "3.7.5-slim-bookworm 3.7.6-slim 3.7.6-slim-trixie 3.7.6", ["{0} 3.7.5-slim-bookworm"]),
        ("3.7.4-slim", "3.8.0rc1-slim 3.8.0-rc1-slim 3.8.0a1-slim", []),
        ("3.7.4-alpine3.18", "3.7.5-alpine3.18 3.7.6-alpine3.19", ["{0} 3.7.5-alpine3.18"]),
        ("3.7.4", "3.7.10 3.7.9", ["3.7.4 3.7.10"]),  # by number, and not by text
        ("3.7.4", "3.7 3.8 4 3.7.4.1", []),  # as many numbers
        ("3.7", "3.8 3.8.1 4", ["3.7 3.8"]),
        ("24.04", "24.10 26.04 20240101 jammy-20240101", ["24.04 26.04"]),
        ("v1.2.3", "1.2.4 v1.2.4", ["v1.2.3 v1.2.4"]),
        ("1.2.3", "v1.2.4", []),
        ("21", "22 20240101 2733119 9e24065", ["21 22"]),  # neither a date nor a short commit
        ("3507507", "9274461 3507508 22", []),  # short commits of digits alone have no order
        ("20240101", "20240201 22", ["20240101 20240201"]),
        ("3.20.1", "3.20.20240101 2024.1.1", []),
        ("2023.4.1", "2024.1.0 3.8.1", ["2023.4.1 2024.1.0"]),
        ("4.0.13-24-trixie", "4-22-trixie 4.0-24-trixie 4.0.14-24-trixie 4.0.15-22-trixie", ["{0} 4.0.14-24-trixie"]),
        ("3.7.4-18", "3.7.4-9 3.7.4-19 3.8.0-1 3.8.1", ["3.7.4-18 3.7.4-19", "3.7.4-18 3.8.0-1"]),
        ("3.7.4-18", "3.7.4-9 3.7.4-17", []),
        ("1.2.3-debian-12-r5", "1.2.3-debian-12-r10 1.2.3-debian-11-r11", ["{0} 1.2.3-debian-12-r10"]),
        ("17.0.9_9-jdk", "17.0.9_11-jre 17.0.9_11-jdk-jammy 17.0.10-jdk", []),
        ("17.0.9_9-jdk", "17.0.9_11-jdk 17.0.10_7-jdk 21.0.1_12-jdk", ["{0} 17.0.10_7-jdk", "{0} 21.0.1_12-jdk"]),
        ("17.0.9_9-jdk", "17.0.9_11-jdk", ["{0} 17.0.9_11-jdk"]),
        ("17.0.9_9-jdk-r5", "17.0.10_7-jdk-r5 17.0.11_7-jdk-r6", ["{0} 17.0.10_7-jdk-r5"]),
        ("3.7.4", f"{'9' * 5000}.1.1 3.7.4-{'9' * 5000}", []),  # more digits than Python reads
        ("3.15.0-rc1", "3.15.0-rc2 3.14.9 3.15.0", ["3.15.0-rc1 3.15.0"]),
        ("3.15.0b1-slim", "3.15.0-slim", ["3.15.0b1-slim 3.15.0-slim"]),
        ("2.16.01", "2.16.02 2.16.1", ["2.16.01 2.16.02"]),
        ("1.2.3.4", "1.2.3.5 1.2.4.0", ["1.2.3.4 1.2.3.5", "1.2.3.4 1.2.4.0"]),
        ("3.7.4 3.7.5", "3.7.4 3.7.5", []),  # there already
        ("3.7.4 3.8.1", "3.7.4 3.7.5 3.8.1", ["3.7.4 3.7.5"]),
        ("3.7.4 3.8.1", "3.9.0", ["3.8.1 3.9.0"]),  # once, and not for every version of ours
        ("3.7.4 3.7.4-slim", "3.7.5 3.7.5-slim", ["3.7.4 3.7.5", "3.7.4-slim 3.7.5-slim"]),
        ("latest bookworm alpine", "3.7.4 bookworm", []),
        ("3.7.4", "3.7.x 3.7. .3 3..7 3.7.5.. -3.7.5", []),
    ],
)
def test_the_newest_patch_and_the_newest_of_all(ours: str, tags: str, expected: list[str]) -> None:
    assert newer(ours, tags) == [text.format(ours) for text in expected]


def test_the_order_of_the_tags_is_of_no_account() -> None:
    assert newer("3.7.4", " ".join(reversed(PYTHON.split()))) == newer("3.7.4", PYTHON)


@pytest.mark.parametrize(
    ("ours", "expected"),
    [("3.7.4", "3.8.1 3.7.5 3.7.4 3.7.3"), ("3.7.4-slim", ""), ("slim", ""), ("3.7", "3.7 2.7")],
)
def test_latest_is_looked_for_among_the_newest_of_a_plain_flavour(ours: str, expected: str) -> None:
    assert upstream.comparable([ours], PYTHON.split()) == tuple(expected.split())


@pytest.mark.parametrize(
    ("ours", "tags", "latest", "expected"),
    [
        ("3.7.4", "3.7.4 3.7.5 3.8.1", "3.8.1", ["upstream-patch", "upstream-version"]),
        ("22.1.0", "22.1.0 22.1.1 23.0.0", "22.1.1", ["upstream-patch", "upstream-version"]),
        ("20.1.0", "20.1.0 22.1.1 23.0.0", "22.1.1", ["upstream-version", "upstream-latest"]),
        ("20.1.0", "20.1.0 22.1.1 23.0.0", "", ["upstream-version"]),
        ("3.7.4", "3.7.4", None, []),
        ("3.7.4", "3.7.4", "", ["upstream-latest"]),
        ("3.7.4", "3.7.3 3.7.4", "3.7.3", []),  # latest is behind ours
    ],
)
def test_what_is_said(ours: str, tags: str, latest: str | None, expected: list[str]) -> None:
    asked = Upstream(ImageName.parse("python"), Place("dependents.json", 2), tags.split(), ours.split(), latest)
    found = list(upstream.findings(asked))
    assert [each.rule for each in found] == expected
    assert {each.severity for each in found} <= {Severity.NOTICE}
    assert all("python:" in each.found for each in found)


def test_the_newest_that_is_latest_is_said_so() -> None:
    asked = Upstream(ImageName.parse("python"), Place("d"), ["3.8.1"], ["3.7.4"], "3.8.1")
    assert [each.found for each in upstream.findings(asked)] == ["python:3.7.4 has a newer one: 3.8.1, which is latest"]
