"""What becomes of a tag's image, state by state, as rows, outputs and a conclusion."""

from __future__ import annotations

import pytest

from ltf_ci.errors import RegistryUnavailable
from ltf_ci.images.labels import ImageLabels
from ltf_ci.images.rules.latest import LatestPolicy, LatestResult
from ltf_ci.manifest.ltf_repository import Checked, LtfRepository
from ltf_ci.model.commit import Commit
from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.publish.candidate import Candidate
from ltf_ci.publish.plan import Plan, Relabel
from ltf_ci.publish.published import Published
from ltf_ci.publish.rules.report import outcome_of
from ltf_ci.traffic_light import tested

TAG = ReleaseTag.parse("3.7.4-2")
IMAGE = ImageName.parse("example.org/python:3.7.4-2")
DIGEST = Digest.parse(f"sha256:{'a' * 64}")
CHECKED = Checked(
    repository=LtfRepository(builds_image=True, manifest=None, image=IMAGE.untagged, readme=""), tag=TAG, findings=()
)
CANDIDATE = Candidate(
    tag=TAG,
    commit=Commit.parse("c" * 40),
    image=IMAGE,
    source=None,
    title="Python",
    created="2026-11-27T00:00:00Z",
    has_start_point=True,
)
PLAN = Plan(
    candidate=CANDIDATE,
    method=Relabel(IMAGE.tagged("3.7.4-1"), DIGEST),
    labels=ImageLabels(),
    latest=LatestPolicy.AUTO,
)
FAULT = Finding(rule="traffic-light-red", place=Place("start_point/manifest.json"), found="it is amber")
STAYED = LatestResult(points_at=TAG)
MOVED = LatestResult(points_at=TAG, moved=True)
LACKING = LatestResult(points_at=TAG, lacks=frozenset({"linux/arm64", "linux/arm/v7"}))
UNMOVED = LatestResult(error=RegistryUnavailable("no answer"))

CASES = [
    (Published(checked=CHECKED), "failed", ["check done"], {"released": "false"}),
    (
        Published(checked=CHECKED, plan=PLAN),
        "planned",
        ["check done", f"push planned {IMAGE}"],
        {"image": str(IMAGE), "released": "false"},
    ),
    (
        Published(checked=CHECKED, plan=PLAN, tested=tested.Tested(findings=(FAULT,))),
        "failed",
        ["check done", f"push skipped {IMAGE}"],
        {"image": str(IMAGE), "released": "false"},
    ),
    (
        Published(checked=CHECKED, plan=PLAN, digest=DIGEST, pushed=True, latest=STAYED),
        "done",
        ["push done", f"the layers of {IMAGE.tagged('3.7.4-1')}", "latest unchanged"],
        {"digest": str(DIGEST), "latest-moved": "false", "released": "true"},
    ),
    (
        Published(checked=CHECKED, plan=PLAN, digest=DIGEST, pushed=True, latest=LACKING),
        "done",
        ["latest skipped stays where it is: 3.7.4-2 lacks linux/arm/v7, linux/arm64"],
        {"latest-moved": "false", "released": "true"},
    ),
    (
        Published(checked=CHECKED, plan=PLAN, digest=DIGEST, latest=MOVED),
        "done",
        ["push unchanged", "latest done points at 3.7.4-2"],
        {"latest-moved": "true", "released": "false"},
    ),
    (
        Published(checked=CHECKED, plan=PLAN, digest=DIGEST, latest=STAYED),
        "nothing-to-do",
        ["push unchanged", "latest unchanged"],
        {"latest-moved": "false", "released": "false"},
    ),
    (
        Published(checked=CHECKED, plan=PLAN, digest=DIGEST, pushed=True, latest=UNMOVED),
        "failed",
        ["push done", "latest skipped no answer"],
        {"digest": str(DIGEST), "latest-moved": "false", "released": "true"},
    ),
]


@pytest.mark.parametrize(("published", "conclusion", "rows", "outputs"), CASES)
def test_a_result_is_told_by_its_fields_alone(
    published: Published, conclusion: str, rows: list[str], outputs: dict[str, str]
) -> None:
    outcome = outcome_of(published)
    text = "\n".join(f"{step.name} {step.state} {step.detail}" for step in outcome.steps)
    assert outcome.conclusion == conclusion
    assert [row for row in rows if row not in text] == []
    assert dict(outcome.outputs) == {**dict(outcome.outputs), **outputs, "tag": "3.7.4-2"}


def test_the_error_of_latest_is_the_outcomes() -> None:
    published = Published(checked=CHECKED, plan=PLAN, digest=DIGEST, pushed=True, latest=UNMOVED)
    assert (outcome_of(published).error, outcome_of(published).reason) == (UNMOVED.error, "no answer")
