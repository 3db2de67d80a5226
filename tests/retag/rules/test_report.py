"""What became of re-tagged version lines, state by state, as rows, outputs and a conclusion."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ltf_ci.errors import AccessDenied
from ltf_ci.images.labels import ImageLabels
from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.image import ImageName
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag
from ltf_ci.publish.published import Published
from ltf_ci.retag.retagged import GitTag, Retagged
from ltf_ci.retag.rules.report import is_released, outcome_of
from ltf_ci.retag.rules.retagging import Method
from ltf_ci.retag.stale_bases import StaleBase
from ltf_ci.traffic_light import tested
from tests.publish.rules.test_report import CHECKED, DIGEST, FAULT, MOVED, PLAN, STAYED

OLD, NEW = f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"
BASE = "example.org/base:1"
BEFORE = ImageLabels(base_name=BASE, base_digest=OLD)
AFTER = replace(PLAN, labels=ImageLabels(base_name=BASE, base_digest=NEW))
TAG = GitTag(tag=ReleaseTag.parse("3.7.4-2"), method=Method.REVISE, after=ReleaseTag.parse("3.7.4-1"))
LINE = Retagged(version=LanguageVersion("3.7.4"))
DONE = Published(checked=CHECKED, plan=AFTER, digest=DIGEST, pushed=True, latest=MOVED)
KEPT = Published(checked=CHECKED, plan=AFTER, digest=DIGEST, latest=STAYED)
PLANNED = Published(checked=CHECKED, plan=AFTER)
BROKEN = Published(checked=CHECKED, plan=AFTER, tested=tested.Tested(findings=(FAULT,)))
TOOL = "example.org/tool:1"


def with_tool(labels: ImageLabels, digest: str) -> ImageLabels:
    """Return the labels of an image that takes files from another one, too."""
    return replace(labels, bases=f"{labels.base_name}@{labels.base_digest} {TOOL}@{digest}")


TOOLED = replace(DONE, plan=replace(AFTER, labels=with_tool(AFTER.labels, NEW)))
DENIED = AccessDenied("git said no")

CASES = {
    "done": (
        replace(LINE, before=BEFORE, git_tag=replace(TAG, pushed=True), published=DONE),
        ("done", ""),
        ["3.7.4 tag done 3.7.4-2 after 3.7.4-1", f"3.7.4 base done {BASE}: {OLD} → {NEW}", "3.7.4 latest done"],
    ),
    "with a branch's workflow files": (
        replace(LINE, git_tag=replace(TAG, pushed=True, workflows_of="main", files=("a",)), published=DONE),
        ("done", ""),
        ["3.7.4 tag done 3.7.4-2 after 3.7.4-1, with main's workflow files"],
    ),
    "on the same base": (
        replace(LINE, before=replace(BEFORE, base_digest=NEW), git_tag=replace(TAG, pushed=True), published=DONE),
        ("done", ""),
        [f"3.7.4 base unchanged {BASE}: {NEW}"],
    ),
    "an image that lends files": (
        replace(LINE, before=with_tool(BEFORE, OLD), git_tag=replace(TAG, pushed=True), published=TOOLED),
        ("done", ""),
        [f"3.7.4 base done {BASE}: {OLD} → {NEW}", f"3.7.4 base done {TOOL}: {OLD} → {NEW}"],
    ),
    "a base that took no place": (
        replace(LINE, unmatched=(ImageName.parse("o/x:2"),), git_tag=replace(TAG, pushed=True), published=DONE),
        ("done", ""),
        ["3.7.4 base skipped o/x:2 took no image's place"],
    ),
    "its own already": (
        replace(LINE, git_tag=replace(TAG, method=Method.RESUME), published=KEPT),
        ("nothing-to-do", "every line was re-tagged by this request already"),
        ["3.7.4 tag unchanged 3.7.4-2 is this request's already"],
    ),
    "a dry run": (
        replace(LINE, git_tag=TAG, published=PLANNED),
        ("planned", ""),
        ["3.7.4 tag planned 3.7.4-2 after 3.7.4-1"],
    ),
    "a test that failed": (
        replace(LINE, git_tag=TAG, published=BROKEN),
        ("failed", "not all of it was done for 3.7.4"),
        ["3.7.4 tag skipped 3.7.4-2 after 3.7.4-1", "3.7.4 push skipped"],
    ),
    "refused by git": (
        replace(LINE, git_tag=TAG, error=DENIED),
        ("failed", "not all of it was done for 3.7.4"),
        ["3.7.4 tag skipped 3.7.4-2 after 3.7.4-1", "3.7.4 push skipped git said no"],
    ),
    "not begun": (
        replace(LINE, error=DENIED),
        ("failed", "not all of it was done for 3.7.4"),
        ["3.7.4 tag skipped git said no"],
    ),
    "made of what it was": (
        replace(LINE, git_tag=GitTag(tag=ReleaseTag.parse("3.7.4-1"), method=Method.KEEP)),
        ("did-nothing", "nothing that it is made of has changed"),
        ["3.7.4 tag unchanged a rebuild of 3.7.4-1 would change nothing"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_line_is_reported(case: str) -> None:
    line, (conclusion, reason), rows = CASES[case]
    outcome = outcome_of([line])
    said = [f"{step.name} {step.state} {step.detail}" for step in outcome.steps]
    assert outcome.conclusion == conclusion
    assert outcome.reason.startswith(reason)
    assert [row for row in rows if not any(each.startswith(row) for each in said)] == [], said


def test_the_outputs_are_a_line_for_each_release() -> None:
    outcome = outcome_of([replace(LINE, git_tag=TAG, published=DONE), replace(LINE, git_tag=TAG, published=KEPT)])
    assert outcome.outputs["tag"] == "3.7.4-2\n3.7.4-2"
    assert (outcome.outputs["released"], outcome.outputs["latest-moved"]) == ("true", "true")
    assert outcome.outputs["checksums"] == f"{'a' * 64}  example.org/python"


def test_one_failed_line_fails_all_and_hides_none() -> None:
    outcome = outcome_of(
        [replace(LINE, git_tag=replace(TAG, pushed=True), published=DONE), replace(LINE, error=DENIED)]
    )
    assert (outcome.conclusion, outcome.error, outcome.exit_code) == ("failed", DENIED, DENIED.exit_code)
    assert any(step.name == "3.7.4 push" and step.state == "done" for step in outcome.steps)


def test_a_finding_names_its_line() -> None:
    finding = Finding(rule="traffic-light-red", place=Place("start_point/manifest.json"), found="3.7.4: it is amber")
    assert outcome_of([replace(LINE, git_tag=TAG, published=BROKEN)]).findings == (finding,)


def test_of_the_bases_that_are_not_rebuilt_the_one_to_begin_with_is_named() -> None:
    near = StaleBase(ImageName.parse("o/mid:1"), "https://e.org/o/mid", ImageName.parse(f"o/base:1@{OLD}"))
    far = StaleBase(ImageName.parse("o/base:1"), "https://e.org/o/base", ImageName.parse(f"u/python:3@{OLD}"))
    (found,) = outcome_of([replace(LINE, git_tag=TAG, published=DONE, stale=(near, far))]).findings
    assert (found.rule, found.severity, found.images) == ("base-behind", "warning", (far.image,))
    assert found.found == "3.7.4: o/base:1 is made of an older u/python:3 than is there now"
    assert "https://e.org/o/base" in found.cure


@pytest.mark.parametrize(("published", "released"), [(None, False), (BROKEN, False), (PLANNED, True), (DONE, True)])
def test_what_is_listed_is_what_is_released_or_would_be(published: Published | None, *, released: bool) -> None:
    assert is_released(replace(LINE, published=published)) is released
