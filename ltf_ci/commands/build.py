"""`ltf-ci build`: the image of a tag, built as a release would build it, and left in the daemon."""

from __future__ import annotations

from ltf_ci.clients.run import Run
from ltf_ci.errors import UsageError
from ltf_ci.manifest import check
from ltf_ci.manifest.rules import report as check_report
from ltf_ci.model.latest_policy import LatestPolicy
from ltf_ci.model.outcome import Conclusion, Outcome, Step, StepState
from ltf_ci.publish import staging
from ltf_ci.publish.candidates import candidate_of, labels_of, source_of
from ltf_ci.publish.plan import Build, Plan
from ltf_ci.publish.requests import BuildRequest

Request = BuildRequest


def execute(request: Request, run: Run) -> Outcome:
    """Check, build, and push nothing."""
    git = run.git(request.directory)
    checked = check.check(request.directory, request.tag, git, allow=request.allow)
    if not checked.agrees:
        return check_report.outcome_of(checked)
    candidate = candidate_of(request.push_to, checked, git)
    method = source_of(request, checked.repository.layout, run)
    labels = labels_of(candidate, method, run.registry)
    plan = Plan(candidate=candidate, method=method, labels=labels, latest=LatestPolicy.NEVER)
    if not isinstance(method, Build):
        return Outcome(conclusion=Conclusion.DID_NOTHING, reason=f"the image is {method.source}", plan=plan.as_data())
    if method.spec.by_buildx:
        raise UsageError("the daemon cannot hold several platforms or attestations", cure="ltf-ci publish --push-to")
    if request.dry_run:
        return Outcome(conclusion=Conclusion.PLANNED, plan=plan.as_data())
    staging.build(method.spec, plan.labels, candidate.image, run)
    return Outcome(
        conclusion=Conclusion.DONE,
        steps=(check_report.step_of(checked), Step("build", StepState.DONE, str(candidate.image))),
        findings=checked.findings,
        outputs={"tag": str(candidate.tag), "image": str(candidate.image)},
        plan=plan.as_data(),
    )
