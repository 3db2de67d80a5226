from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from ltf_ci.commands.dashboard import parts
from ltf_ci.dashboard.rules.findings import rows, state
from ltf_ci.dashboard.rules.page import NO_LIGHT, page
from ltf_ci.dashboard.rules.row import moment_of, size_text
from ltf_ci.dashboard.rules.rows import Known, Member
from ltf_ci.dashboard.rules.rows import members as rows_of
from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.languages.lock import Lock
from ltf_ci.model.finding import Finding, Severity
from ltf_ci.model.image import Digest, ImageName
from tests.support import ROOT
from tests.support.dashboards import BASE, URL, digest, finding, fleet_page, known, locked, members, table_of

WATCH = ROOT / "docs/watch.md"
PY, TEST = f"{URL}/python-unittest?tag=3.7.4-1", "cyberdojofoundation/python_unittest:3.7.4-1"
ENTRIES = {
    "python (3.7.4)": {"from": "python:3.7.4", "image_name": BASE, "test_framework": False},
    "python-unittest (3.7.4)": {"from": BASE, "image_name": TEST, "test_framework": True},
}
FLEET = members([PY], {PY: locked(TEST, "Python (3.7.4), unittest", 1)}, ENTRIES)

RENAMED = finding("repository-renamed", f"{URL}/python-unittest {URL}/renamed")


def named(found: Sequence[Member]) -> list[str]:
    return [f"{each.language}|{each.framework}|{each.version}" for each in found]


@pytest.mark.parametrize(
    ("display_name", "expected"),
    [
        ("Python (3.7.4), unittest", "Python|unittest|3.7.4-1"),
        ("Python 3.7.4, pytest 9.0", "Python|pytest 9.0|3.7.4-1"),
        ("C++ (clang++ 18.1.3), assert", "C++ (clang++)|assert|3.7.4-1"),
        ("Elm2, test", "Elm2|test|3.7.4-1"),
        ("anything else", "anything else||3.7.4-1"),
    ],
)
def test_a_release_has_the_names_of_its_display_name(display_name: str, expected: str) -> None:
    assert named(members([PY], {PY: locked(TEST, display_name)})) == [expected]


def test_languages_stand_in_order_and_the_newest_version_first() -> None:
    tags = ["3.9-1", "3.10-1", "3.10-2", "3.10"]
    lines = [f"{URL}/a?tag={tag}" for tag in tags]
    lock = {line: locked(f"o/a:{tag}", "Zig, test") for line, tag in zip(lines, tags, strict=True)}
    assert named(members([*lines, f"{URL}/ada"], lock)) == [
        "ada||master",
        "Zig|test|3.10-2",
        "Zig|test|3.10-1",
        "Zig|test|3.10",
        "Zig|test|3.9-1",
    ]


def test_an_image_that_is_listed_is_one_row_and_a_base_another() -> None:
    assert named(FLEET) == ["python|base image|3.7.4-1", "Python|unittest|3.7.4-1"]
    assert [str(base) for member in FLEET for base in member.bases] == ["python:3.7.4", BASE]


@pytest.mark.parametrize(
    "line",
    [f"{URL}/python-unittest?tag=3.7.4-2", f"{URL}/other?tag=3.7.4-1", f"2733119@{URL}/python-unittest"],
)
def test_what_the_lock_does_not_know_has_an_image_only_by_the_same_tag(line: str) -> None:
    assert [each.image for each in members([line], {}, {})] == [None]
    by_line = {each.language: each.image for each in members([line], {}, ENTRIES) if each.url}
    assert [*by_line.values()] == [None]


def test_a_release_that_no_lock_has_is_the_entry_of_its_tag() -> None:
    entries = {**ENTRIES, "python-unittest (3.7.4)": {**ENTRIES["python-unittest (3.7.4)"], "image_name": TEST}}
    (one,) = (each for each in members([PY], {}, entries) if each.url)
    assert (str(one.image), one.keys, list(map(str, one.bases))) == (TEST, ("python-unittest (3.7.4)",), [BASE])


def test_a_line_and_an_entry_of_the_lock_that_cannot_be_read_are_left_to_list_check() -> None:
    assert named(members(["two words", PY], {PY: locked(TEST, "Python (3.7.4), unittest")})) == [
        "Python|unittest|3.7.4-1"
    ]
    lock = Lock.parse(json.dumps({"two words": locked(TEST, "x"), PY: locked(TEST, "Ruby, x")}).encode(), "lock")
    assert named(rows_of(None, lock, ImageGraph.of(()))) == ["Ruby|x|3.7.4-1"]


def test_an_image_in_a_sentence_is_never_broken_in_its_tag() -> None:
    whole = '<li>cyberdojofoundation/<wbr><span class="whole">python_7:3.7.4-7</span> is made of '
    assert whole in fleet_page(7)


def test_what_to_do_is_in_the_order_of_its_numbers() -> None:
    found = [finding("base-moved", f"o/a:3.{number}-1", Severity.WARNING) for number in (105, 14, 9)]
    text = page(rows((), {}, found, is_watched=True), [], parts())
    assert [int(each) for each in re.findall(r"a:3\.(\d+)-1", text)] == [9, 14, 105]


def test_an_empty_fleet_has_a_page() -> None:
    assert "Nothing is listed yet." in page(rows((), {}, (), is_watched=False), [], parts())


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([], ["fine", "fine"]),
        ([finding("image-gone", TEST, Severity.ERROR)], ["fine", "broken"]),
        ([finding("image-gone", f"index.docker.io/{TEST}", Severity.ERROR)], ["fine", "broken"]),
        ([finding("image-gone", f"{TEST} {URL}/python", Severity.ERROR)], ["fine", "broken"]),
        ([finding("upstream-patch", "python:3.7.4", Severity.NOTICE)], ["waits", "fine"]),
        ([finding("upstream-patch", "docker.io/library/python:3.7.4", Severity.NOTICE)], ["waits", "fine"]),
        ([finding("upstream-patch", "python:3.7.3", Severity.NOTICE)], ["fine", "fine"]),
        ([finding("base-moved", f"{BASE} {TEST}")], ["waits", "waits"]),
        ([finding("base-moved", BASE.replace("4-1", "4-2"))], ["waits", "fine"]),  # of its version line
        ([finding("latest-behind", BASE.replace("4-1", "5-1"))], ["fine", "fine"]),
        ([finding("latest-behind", BASE.replace("4-1", "5-1"), line=1)], ["fine", "waits"]),  # by its place
        ([finding("tag-without-image", f"{URL}/python-unittest")], ["fine", "waits"]),
        ([finding("tag-without-image", "cyberdojofoundation/python")], ["waits", "fine"]),  # all that it has
        ([finding("base-gone", "", line=1)], ["fine", "waits"]),
        ([finding("base-gone", "", line=7)], ["fine", "fine"]),
        ([finding("base-gone", "", found=f"{TEST} is only spoken of")], ["fine", "fine"]),
        ([finding("base-gone", f"{TEST}0")], ["fine", "waits"]),
        ([finding("base-gone", TEST.replace("_unittest", "_pytest"))], ["fine", "fine"]),
        ([finding("unknown", TEST, Severity.ERROR)], ["fine", "not known"]),
        ([finding("unknown", TEST), finding("base-gone", TEST)], ["fine", "waits"]),
        (None, ["not known", "not known"]),
    ],
)
def test_a_finding_is_about_those_that_it_names(found: list[Finding] | None, expected: list[str]) -> None:
    told = rows(FLEET, {}, found or (), is_watched=found is not None)
    assert [str(state(row)) for row in told.rows] == expected
    assert told.findings == tuple(found or ())


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([finding("tag-without-image", f"{URL}/renamed")], ["fine", "fine"]),  # of a repository that nobody knows
        ([RENAMED, finding("tag-without-image", f"{URL}/renamed")], ["fine", "repository-renamed tag-without-image"]),
        (
            [RENAMED, finding("tag-without-image", f"{URL}/python-unittest")],
            ["fine", "repository-renamed tag-without-image"],
        ),
        ([RENAMED, finding("tag-without-image", f"{URL}/other")], ["fine", "repository-renamed"]),
        ([finding("repository-renamed", f"{URL}/other {URL}/renamed")], ["fine", "fine"]),
    ],
)
def test_a_repository_that_was_renamed_is_known_by_both_addresses(found: list[Finding], expected: list[str]) -> None:
    told = rows(FLEET, {}, found, is_watched=True).rows
    assert [" ".join(each.rule for each in row.findings) or "fine" for row in told] == expected
    (listed,) = (row.member.url for row in told if row.member.url)
    assert str(listed) == (f"{URL}/renamed" if RENAMED in found else f"{URL}/python-unittest")


def test_what_a_watch_found_before_it_was_ended_is_told_and_the_rest_is_not_known() -> None:
    told = rows(FLEET, {}, [finding("base-gone", "", line=1)], is_watched=False)
    assert [str(state(row)) for row in told.rows] == ["not known", "waits"]


@pytest.mark.parametrize(
    ("base", "made_of", "expected"),
    [
        (BASE, digest(9), []),
        (BASE, digest(8), [f"is made of {BASE}, which has other content now"]),
        (BASE, "", []),  # nobody knows
        (BASE.replace("4-1", "4"), digest(9), [f"which is {BASE} now"]),
        (BASE.replace("4-1", "4-2"), digest(8), []),  # newer than the one that is named
        (BASE.replace("4-1", "5-1"), digest(8), []),
        ("no image name!", digest(8), []),
        ("python:3.7.4", digest(8), []),
    ],
)
def test_what_is_made_of_an_older_base_of_ours_waits(base: str, made_of: str, expected: list[str]) -> None:
    facts: dict[ImageName, Known] = {
        ImageName.parse(BASE): known(9),
        ImageName.parse(TEST).at(Digest.parse(digest(1))): known(1, base_name=base, base_digest=made_of),
    }
    found = rows(FLEET, facts, (), is_watched=True).findings
    assert [each.found[-len(text) :] for each, text in zip(found, expected, strict=True)] == expected


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (9_940, "9.9 kB"),
        (34_400_000, "34 MB"),
        (1_250_000_000, "1.2 GB"),
        (5 * 10**16, "50000 TB"),
    ],
)
def test_a_size_as_people_read_it(size: int, text: str) -> None:
    assert size_text(size) == text


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-02T01:30:00+02:00", datetime(2026, 1, 1, 23, 30, tzinfo=UTC)),
        ("2026-01-02T01:30:00Z", datetime(2026, 1, 2, 1, 30, tzinfo=UTC)),
        ("2026-01-02T01:30:00", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_labels_time(text: str, moment: datetime | None) -> None:
    assert moment_of(text) == moment


def test_the_page_is_the_same_for_the_same_fleet() -> None:
    assert fleet_page(5) == fleet_page(5)


def test_the_policy_lets_run_what_the_page_has_and_nothing_from_elsewhere() -> None:
    text = fleet_page(1)
    for name, kind in (("script", "script-src"), ("style", "style-src")):
        (inline,) = re.findall(rf"<{name}>(.*?)</{name}>", text, re.DOTALL)
        hashed = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        assert f"{kind} 'sha256-{hashed}';" in text
    assert "default-src 'none'" in text
    assert "unsafe" not in text
    assert not re.search(r'(?:src|href)="(?!https://github\.com/|#|data:)', text)


def test_a_repository_that_no_browser_finds_is_no_link() -> None:
    lines = [f"{address}?tag=1-1" for address in ("../local", "git@example.org:o/r", "https://example.org/o/r")]
    text = page(rows(members(lines, {}), {}, (), is_watched=False), [], parts())
    assert re.findall(r'<a href="([^#"][^"]*)"', text) == 2 * ["https://example.org/o/r"]  # of an ssh address too
    assert len(table_of(text)) == 3


def test_the_colours_that_a_release_gave_stand_where_the_lock_has_them() -> None:
    lit = {PY: {**locked(TEST, "Python (3.7.4), unittest", 1), "traffic_light": "red, amber, <green>"}}
    text = page(rows(members([PY], lit), {}, (), is_watched=False), [], parts())
    assert "start files: red, amber, &lt;green&gt;" in text
    assert NO_LIGHT not in text
    assert NO_LIGHT in page(rows(FLEET, {}, (), is_watched=False), [], parts())
