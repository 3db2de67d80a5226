"""Which tags are newer versions in the same flavour, and what is said of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ltf_ci.model.finding import Finding, Place, Severity
from ltf_ci.model.image import ImageName
from ltf_ci.watch.rules import upstream, versions
from ltf_ci.watch.rules.upstream import Upstream

PYTHON = "2.7 3 3.7 3.7.3 3.7.4 3.7.5 3.7.5-alpine 3.7.6-slim 3.8.0b1 3.8.0rc1 3.8.1 3.8.1-slim-bookworm latest slim"


ERLANG = "26.2.5.15 26.2.5 27.3.4.4 27.3.4.3 27.3.4 27.3 27 28.1.1 28.1 28 29.0-rc1"
PERL = "5.40.2 5.40.3 5.41.13 5.42.0 5.42.0-slim 5.43.0 5.43.1 5.43.2 5.43.3 5.43.4 5.43.5 5.43.5-slim latest stable"
SWIPL = "9.2.8 9.2.9 9.3.20 9.3.30 9.3.31 9.3.32 9.3.33 9.3.34 latest stable"
UBUNTU = "22.04 24.04 24.10 25.04 25.10 26.04 latest rolling"


def newer(ours: str, tags: str) -> list[str]:
    return [f"{mine.tag} {there.tag}" for mine, there in versions.newer(ours.split(), tags.split())]


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
        # erlang: a fourth number only where there is a patch, and then 27.3.4 is whatever 27.3.4.x is the newest
        ("27.3.4.2", ERLANG, ["27.3.4.2 27.3.4.4", "27.3.4.2 28.1.1"]),
        ("27.3.4.4", "27.3.4.4 27.3.4 28.1 28", []),
        ("27.3.4.2", "27.3.4.3 27.3.4 28.1.1.1 28.1.1", ["27.3.4.2 27.3.4.3", "27.3.4.2 28.1.1.1"]),
        ("27.3.4.2-slim", "27.3.4.4-alpine 28.1.1 28.1.1-slim", ["{0} 28.1.1-slim"]),
        ("27.3.4-slim", "27.3.4.4-slim 27.3.4-slim 28.1.1-slim", ["{0} 28.1.1-slim"]),
        ("28.1.1", ERLANG, []),
        # java's 8u392-b08: an update and a build of version 8, as 17.0.9_9 has them
        ("8u392-b08-jdk", "8u382-b05-jdk 8u412-b08-jre 8u412-b08-jdk-jammy", []),
        ("8u392-b08-jdk", "8u412-b08-jdk 8-jdk 8", ["{0} 8u412-b08-jdk"]),
        ("8u392-b08-jdk", "8u392-b09-jdk 8u392-b07-jdk", ["{0} 8u392-b09-jdk"]),
        ("8u392-b08-jdk", "8u402-b06-jdk 11.0.23_9-jdk 21.0.4_7-jre", ["{0} 8u402-b06-jdk", "{0} 11.0.23_9-jdk"]),
        ("8u392-b08", "8u402-b06 8u402 8u999-ea-b01", ["8u392-b08 8u402-b06"]),
        ("8u322", "8u332 8u342-alpine 11.0.14 18", ["8u322 8u332", "8u322 11.0.14"]),
        ("8u322-alpine3.15", "8u332-alpine3.15 17.0.2-alpine3.16", ["{0} 8u332-alpine3.15"]),
        ("11.0.14", "8u332 11.0.13", []),
        # the bases of today's fleet
        ("3.23.3", "3.23.4 3.24.1 3.24 20260127 edge latest", ["3.23.3 3.23.4", "3.23.3 3.24.1"]),
        ("26-alpine-jdk", "27-alpine-jdk 27-alpine-full 27-alpine3.22-jdk 27-al2023-jdk", ["{0} 27-alpine-jdk"]),
        ("8-alpine3.21-jdk", "26-alpine3.21-jdk 26-alpine3.22-jdk 8u472-alpine3.21-jdk", ["{0} 26-alpine3.21-jdk"]),
        ("10.0-alpine3.22", "10.0-alpine3.23 11.0-preview-alpine3.22 10.0.101-alpine3.22 9.0-alpine3.22", []),
        ("8.4.17-zts", "8.4.18-zts 8.5.3-zts 8.6.0alpha1-zts 8.4.19-zts-alpine", ["{0} 8.4.18-zts", "{0} 8.5.3-zts"]),
        ("temurin-8-lein-jammy", "temurin-25-lein-jammy temurin-25-lein-2.11.2-jammy", ["{0} temurin-25-lein-jammy"]),
        ("temurin-8-lein-jammy", "lein-2.11.2-jammy openjdk-25-lein-jammy 25-lein-jammy", []),
        ("stable slim-bookworm alpine current-alpine alpine3.23 slim-bullseye", "5.42.0 alpine3.24 26-alpine", []),
        ("main-3507507 3507507-slim sha-9e24065", "main-9274461 9274461-slim sha-9274461", []),  # commits
        ("3.7.4 3.7.5", "3.7.4 3.7.5", []),  # there already
        ("3.7.4 3.8.1", "3.7.4 3.7.5 3.8.1", ["3.7.4 3.7.5"]),
        ("3.7.4 3.8.1", "3.9.0", ["3.8.1 3.9.0"]),  # once, and not for every version of ours
        ("3.7.4 3.7.4-slim", "3.7.5 3.7.5-slim", ["3.7.4 3.7.5", "3.7.4-slim 3.7.5-slim"]),
        ("27.3.4.2", "27.3.4 27.3.4.3 28.1.1", ["27.3.4.2 27.3.4.3", "27.3.4.2 28.1.1"]),  # erlang
        ("27.3.4.2", "27.3.4 27.3.4.2", []),
        ("8u392-b08", "8u392-b07 8u402-b06 8u402-b06-jdk", ["8u392-b08 8u402-b06"]),  # java's update and build
        ("8u392-b08-jdk", "8u392-b09-jdk 8u402-b06", ["8u392-b08-jdk 8u392-b09-jdk"]),
        ("latest bookworm alpine", "3.7.4 bookworm", []),
        ("3.7.4", "3.7.x 3.7. .3 3..7 3.7.5.. -3.7.5", []),
    ],
)
def test_the_newest_patch_and_the_newest_of_all(ours: str, tags: str, expected: list[str]) -> None:
    assert newer(ours, tags) == [text.format(ours) for text in expected]


def test_the_order_of_the_tags_is_of_no_account() -> None:
    assert newer("3.7.4", " ".join(reversed(PYTHON.split()))) == newer("3.7.4", PYTHON)


@pytest.mark.parametrize(
    ("ours", "tags", "latest", "stable", "expected"),
    [
        ("5.40.2", PERL, "5.42.0", None, ["5.40.2 5.40.3", "5.40.2 5.42.0"]),
        ("5.40.2", PERL, "5.42.0", "5.42.0", ["5.40.2 5.40.3", "5.40.2 5.42.0"]),
        ("5.40.2", PERL, "", None, ["5.40.2 5.40.3", "5.40.2 5.43.5"]),  # not known
        ("5.42.0", PERL, "5.42.0", None, []),
        ("5.42.0-slim", PERL, "5.42.0", None, []),  # whatever the flavour
        ("5.42.0-slim", PERL, "", None, ["5.42.0-slim 5.43.5-slim"]),
        ("5.43.1", PERL, "5.42.0", "5.42.0", ["5.43.1 5.43.5"]),  # who is on that goes on, and never down
        ("5.41.2", PERL, "5.40.3", None, ["5.41.2 5.41.13"]),  # in that line
        ("5.43.1-slim", PERL, "5.42.0", None, ["5.43.1-slim 5.43.5-slim"]),
        ("5.40.3 5.43.1", PERL, "5.42.0", None, ["5.40.3 5.42.0", "5.43.1 5.43.5"]),  # nor does it hide `latest`
        ("5.42.0 5.43.1", PERL, "5.42.0", None, ["5.43.1 5.43.5"]),
        ("9.2.8", SWIPL, "9.3.34", "9.2.9", ["9.2.8 9.2.9"]),  # swipl's latest is for development
        ("9.3.20", SWIPL, "9.3.34", "9.2.9", ["9.3.20 9.3.34"]),  # who is on that goes on
        ("9.2.8", SWIPL, "9.3.34", "", ["9.2.8 9.2.9", "9.2.8 9.3.34"]),
        ("22.04", UBUNTU, "24.04", None, ["22.04 24.04"]),
        ("24.04", UBUNTU, "24.04", None, []),
        ("24.04", UBUNTU, None, None, ["24.04 26.04"]),
        ("24", "24 25", "24.04", None, []),
        ("24.04.1", "24.04.2 24.10.1", "24.04", None, ["24.04.1 24.04.2"]),
        ("v1.2", "v1.2 v1.3", "1.2", None, []),
        ("20240101", "20240101 20240201", "24.04", None, ["20240101 20240201"]),  # of no common order
        ("temurin-8-lein", "temurin-25-lein", "1.12", None, ["temurin-8-lein temurin-25-lein"]),
        ("3.7.4", "3.7.5 3.8.1", "bookworm", None, ["3.7.4 3.7.5", "3.7.4 3.8.1"]),
        ("27.3.4.2", ERLANG, "28.1.1", None, ["27.3.4.2 27.3.4.4", "27.3.4.2 28.1.1"]),
        ("27.3.4.2", ERLANG, "27.3.4", None, ["27.3.4.2 27.3.4.4"]),
    ],
)
def test_what_is_above_latest_is_for_development(
    ours: str, tags: str, latest: str | None, stable: str | None, expected: list[str]
) -> None:
    asked = Upstream(ImageName.parse("perl"), Place("d"), tags.split(), ours.split(), latest, stable)
    assert [f"{mine.tag} {there.tag}" for mine, there in asked.newer()] == expected


@pytest.mark.parametrize(
    ("ours", "tags", "expected"),
    [
        ("3.7.4", PYTHON, "3.7.4 3.8.1 3.7.5"),
        ("3.7.4-slim", PYTHON, "3.7.4-slim 3.8.1 3.7.5"),
        ("slim", PYTHON, ""),
        ("3.7", PYTHON, "3.7 2.7"),
        ("3.7.4-bookworm bookworm 3.8.1", PYTHON, "3.8.1 3.7.4-bookworm 3.7.5 bookworm"),
        ("5.40.2", PERL, "5.40.2 5.43.5 5.42.0 5.41.13 5.40.3"),  # one of each line
        ("5.40.2-slim", PERL, "5.40.2-slim 5.43.5 5.42.0 5.41.13 5.40.3"),
        ("22.04", "18.04 20.04 " + UBUNTU, "22.04 26.04 25.10 25.04 24.10 24.04"),
        ("27.3.4.2", ERLANG, "27.3.4.2 28.1.1 27.3.4.4 26.2.5.15"),
        ("8u392-b08-jdk", "8u412-b08-jdk", "8u392-b08-jdk"),
    ],
)
def test_latest_is_looked_for_among_ours_and_the_newest_of_the_newest_lines(
    ours: str, tags: str, expected: str
) -> None:
    assert versions.comparable(ours.split(), tags.split()) == tuple(expected.split())


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("v3.7.4-slim", "3.7.4"), ("8u392-b08-jdk", "8u392"), ("27.3.4.2", "27.3.4.2"), ("bookworm", "")],
)
def test_a_languages_version_is_as_the_tag_writes_it(tag: str, expected: str) -> None:
    assert versions.language_version(tag) == expected


@pytest.mark.parametrize(
    ("ours", "tags", "latest", "expected"),
    [
        ("3.7.4", "3.7.4 3.7.5 3.8.1", "3.8.1", ["upstream-patch", "upstream-version"]),
        ("22.1.0", "22.1.0 22.1.1 23.0.0", "22.1.1", ["upstream-patch"]),  # what is above latest is for development
        ("20.1.0", "20.1.0 22.1.1 23.0.0", "22.1.1", ["upstream-version"]),
        ("20.1.0", "20.1.0 22.1.1 23.0.0", "20.1.0", []),
        ("23.0.0", "22.1.1 23.0.0 23.0.1", "22.1.1", ["upstream-patch"]),
        ("23.0.1", "22.1.1 23.0.0 23.0.1", "22.1.1", []),  # ours is above latest: nobody is told to go down
        ("20.1.0", "20.1.0 22.1.1 23.0.0", "", ["upstream-version"]),
        ("3.7.4", "3.7.4", None, []),
        ("3.7.4", "3.7.4", "", ["upstream-latest"]),
        ("3.7.4", "3.7.3 3.7.4", "3.7.3", []),  # latest is behind ours
        ("3.7.4", "3.7.4", "3.7.4", []),
        ("3.7.4 bookworm", "3.7.4 bookworm", "bookworm", []),
        ("3.7.4", "3.7.4", "3.8.1", ["upstream-latest"]),  # which is not among the tags
        ("3.7.4", "3.7.4", "nightly", []),  # no version
        ("3.7.4-slim", "3.7.4 3.7.4-slim", "", []),  # latest is never of its flavour
        ("3.7.4-slim", "3.7.4-slim 3.8.1 3.8.1-slim", "3.8.1", ["upstream-version"]),
    ],
)
def test_what_is_said(ours: str, tags: str, latest: str | None, expected: list[str]) -> None:
    asked = Upstream(ImageName.parse("python"), Place("dependents.json", 2), tags.split(), ours.split(), latest)
    found = list(upstream.findings(asked))
    assert [each.rule for each in found] == expected
    assert {each.severity for each in found} <= {Severity.NOTICE}
    assert all("python:" in each.found for each in found)


def test_a_finding_is_about_what_ours_are_made_from() -> None:
    asked = Upstream(ImageName.parse("python"), Place("d"), ["3.7.5"], ["3.7.4", "3.6.1-slim"], "")
    assert [list(map(str, each.images)) for each in upstream.findings(asked)] == [["python:3.7.4"]]
    asked = Upstream(ImageName.parse("python"), Place("d"), [], ["3.7.4", "3.6.1"], "")
    assert [list(map(str, each.images)) for each in upstream.findings(asked)] == [["python:3.7.4", "python:3.6.1"]]


def test_a_latest_for_development_is_no_news() -> None:
    asked = Upstream(ImageName.parse("swipl"), Place("d"), SWIPL.split(), ["9.2.9"], "9.3.34", "9.2.9")
    assert [*upstream.findings(asked)] == []


@pytest.mark.parametrize(
    ("ours", "tags", "latest", "stable", "expected"),
    [
        ("5.42.0", "5.42.0 5.43.1 5.43.2", "5.42.0", None, []),  # perl
        ("5.40.0", "5.42.0 5.43.1 5.43.2", "5.42.0", None, ["5.42.0"]),
        ("5.40.0-slim", "5.42.0-slim 5.43.1-slim 5.42.0", "5.42.0", None, ["5.42.0-slim"]),  # in any flavour
        ("5.40.0", "5.42.0 5.43.1 5.43.2", None, None, ["5.43.2"]),  # it is not known what latest is
        ("5.43.1", "5.42.0 5.43.1 5.43.2 5.44.0", "5.42.0", None, ["5.43.2"]),  # ours is for development itself
        ("24.04", "24.04 25.10", "24.04", None, []),  # ubuntu's interim
        ("9.2.8", "9.2.9 9.3.30", "9.3.30", "9.2.9", ["9.2.9"]),  # swipl's latest is for development itself
        ("9.3.28", "9.2.9 9.3.30", "9.3.30", "9.2.9", ["9.3.30"]),  # so is ours
    ],
)
def test_what_is_for_development_is_nothing_newer(
    ours: str, tags: str, latest: str | None, stable: str | None, expected: list[str]
) -> None:
    asked = Upstream(ImageName.parse("x"), Place("d"), tags.split(), ours.split(), latest, stable)
    assert [there.tag for _, there in asked.newer()] == expected


def test_the_newest_that_is_latest_is_said_so() -> None:
    asked = Upstream(ImageName.parse("python"), Place("d"), ["3.8.1"], ["3.7.4"], "3.8.1")
    assert [each.found for each in upstream.findings(asked)] == ["python:3.7.4 has a newer one: 3.8.1, which is latest"]


SLIM = "3.14.3-slim 3.14.4-slim 3.14.5-slim-bookworm 3.14.9 3.15.0-slim 3.16.0rc1-slim slim latest current-alpine"
NODE = "25.8-alpine 25.8.0-alpine 25.9-alpine 25.9.0-alpine 26.1-alpine current-alpine latest"


@pytest.mark.parametrize(
    ("image", "tags", "floating", "latest", "expected"),
    [
        pytest.param("python", SLIM, "slim 3.14.3", None, ["3.14.4-slim", "3.15.0-slim"], id="a patch and a version"),
        pytest.param("python", SLIM, "slim 3.14.3,slim 3.15.0", None, ["3.14.4-slim"], id="of several lines each"),
        pytest.param("python", SLIM, "slim 3.14.3", "3.14.9", ["3.14.4-slim"], id="nothing above latest"),
        pytest.param("python", SLIM, "slim 3.13.0", None, [], id="a version that upstream does not have"),
        pytest.param("python", SLIM, "slim-bookworm 3.14.3", None, [], id="another flavour"),
        pytest.param("node", NODE, "current-alpine 25.8", None, ["26.1-alpine"], id="a channel is no flavour"),
        pytest.param("gcc", "15.1.0 15.2.0 latest", "latest 15.1.0", None, ["15.2.0"], id="latest itself"),
        pytest.param("ubuntu", UBUNTU, "latest 1.18", None, [], id="the language is no version of the base"),
    ],
)
def test_newer_versions_behind_a_floating_tag_are_found(
    image: str, tags: str, floating: str, latest: str | None, expected: list[str]
) -> None:
    pairs = [(tag, version) for tag, _, version in (each.partition(" ") for each in floating.split(","))]
    ours = sorted({tag for tag, _ in pairs})
    asked = Upstream(ImageName.parse(image), Place("d"), tags.split(), ours, latest, floating=pairs)
    found = list(upstream.findings(asked))
    assert [each.found.split("and ")[1].removesuffix(" is newer") for each in found] == expected
    assert {each.severity for each in found} <= {Severity.NOTICE}


def test_the_finding_behind_a_floating_tag_says_how_the_version_begins() -> None:
    asked = Upstream(ImageName.parse("python"), Place("d"), SLIM.split(), ["slim"], floating=[("slim", "3.15.0")])
    assert list(upstream.findings(replace(asked, tags=[*SLIM.split(), "3.15.1-slim"]))) == [
        Finding(
            rule="upstream-patch",
            place=Place("d"),
            images=(ImageName.parse("python:slim"),),
            found="python:slim was 3.15.0-slim for ours, and 3.15.1-slim is newer",
            expected="the newest version upstream",
            cure="begin it: `ltf-ci next --language-version 3.15.1`",
        )
    ]
