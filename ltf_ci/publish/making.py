"""An image that is made and tested, and then lacks only its tag."""

from __future__ import annotations

from dataclasses import dataclass

from ltf_ci.clients.run import Run
from ltf_ci.manifest.ltf_repository import Checked
from ltf_ci.publish import gate, staging
from ltf_ci.publish.plan import Build, Keep, Plan, Relabel
from ltf_ci.publish.published import Published
from ltf_ci.publish.requests import PublishRequest
from ltf_ci.publish.staging import InRegistry, Staged
from ltf_ci.traffic_light.tested import NOT_TESTED, Tested


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """An image that was made and tested, and lacks only its tag; or one that is under its tag already, and is kept."""

    checked: Checked
    plan: Plan
    staged: InRegistry | Keep
    tested: Tested = NOT_TESTED


def build_and_test(
    request: PublishRequest, checked: Checked, plan: Plan, method: Build | Relabel, run: Run
) -> Made | Published:
    """Build or relabel the image, and test it; what would fail the test of any image is found first."""
    manifest = checked.repository.manifest
    tested = gate.before(request, manifest, run)
    if tested.fails:
        return Published(checked=checked, plan=plan, tested=tested)
    with run.timed(method.as_data()["how"]):
        staged = _staged(request, plan, method, run, is_run=not gate.why_not_run(request, manifest))
    try:
        with run.timed("test"):
            tested = gate.test(request, manifest, plan, staged, run)
        if tested.fails:
            return Published(checked=checked, plan=plan, tested=tested)
        with run.timed("upload"):
            return Made(checked=checked, plan=plan, staged=staged.uploaded(), tested=tested)
    finally:
        staged.discard()


def _staged(request: PublishRequest, plan: Plan, method: Build | Relabel, run: Run, *, is_run: bool) -> Staged:
    image = plan.candidate.image
    if isinstance(method, Build):
        return staging.build(method.spec, plan.labels, image, run, request.build_cache, is_run=is_run)
    return staging.relabel(method, plan.labels, image, run.registry, run.docker)
