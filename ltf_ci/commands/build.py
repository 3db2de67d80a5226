"""`ltf-ci build`: the image of a tag, or of a folder before it is tagged, in the daemon alone."""

from __future__ import annotations

from ltf_ci.clients.run import Run
from ltf_ci.manifest.ltf_repository import Checked
from ltf_ci.manifest.rules import report as check_report
from ltf_ci.model.outcome import Conclusion, Outcome, Step, StepState
from ltf_ci.publish import local
from ltf_ci.publish.local import LocalImage
from ltf_ci.publish.plan import Build
from ltf_ci.publish.readiness import Settled
from ltf_ci.publish.release_check import check_release
from ltf_ci.publish.requests import BuildRequest

Request = BuildRequest


def execute(request: Request, run: Run) -> Outcome:
    """Check, build, and push nothing."""
    settled = Settled(request.build_arg, request.platform)
    checked = check_release(request, settled, run.git(request.directory))
    if not checked.agrees:
        return check_report.outcome_of(checked)
    with local.planned(request, checked, run) as planned:
        if not isinstance(planned.method, Build):
            reason = f"the image is {planned.method.source}"
            return Outcome(conclusion=Conclusion.DID_NOTHING, reason=reason, plan=planned.as_data())
        if not request.dry_run:
            local.build(planned, planned.method, run)
        return _outcome(checked, planned, is_planned=request.dry_run)


def _outcome(checked: Checked, built: LocalImage, *, is_planned: bool) -> Outcome:
    state, conclusion = (StepState.PLANNED, Conclusion.PLANNED) if is_planned else (StepState.DONE, Conclusion.DONE)
    return Outcome(
        conclusion=conclusion,
        steps=(check_report.step_of(checked), Step("build", state, str(built.image))),
        findings=checked.findings,
        outputs={"tag": str(built.labels.version or ""), "image": str(built.image)},
        plan=built.as_data(),
    )
