"""A release's image, from the first question to the last: checked, planned, made and tested, pushed."""

from __future__ import annotations

from dataclasses import replace

from ltf_ci.clients.run import Run
from ltf_ci.clients.temporary import temporary_folder
from ltf_ci.errors import Refused
from ltf_ci.images.rules.trust import NOTHING_LOCKED, KnownReleases
from ltf_ci.manifest.ltf_repository import Checked
from ltf_ci.manifest.rules import report
from ltf_ci.publish import trial
from ltf_ci.publish.making import Made, build_and_test
from ltf_ci.publish.plan import Keep
from ltf_ci.publish.planning import plan_release
from ltf_ci.publish.published import Published
from ltf_ci.publish.pushing import push
from ltf_ci.publish.readiness import Settled
from ltf_ci.publish.release_check import check_release
from ltf_ci.publish.requests import PublishRequest
from ltf_ci.publish.rules.dockerfile import UNCHECKED
from ltf_ci.publish.rules.report import push_step


def publish(request: PublishRequest, run: Run, known: KnownReleases = NOTHING_LOCKED) -> Published:
    """Check, plan, make, push, read back, move `latest`; a tag that has this commit's image costs no build."""
    made = make(request, run, known)
    return made if isinstance(made, Published) else push(made, run, request)


def make(
    request: PublishRequest, run: Run, known: KnownReleases = NOTHING_LOCKED, *, is_new: bool = False
) -> Made | Published:
    """Return the image ready to be pushed; or how it ended before that: check, test, or a dry run's plan.

    `known` are the releases of the languages repository's lock, which are trusted first.
    The git tag must be at origin, unless it `is_new`: then the caller pushes it, after this and before the image.
    """
    checked = _checked(request, run)
    if not checked.agrees:
        return Published(checked=checked)
    if is_new:
        _refuse_unchecked(checked)
    with temporary_folder("commit") as folder:
        with run.timed("plan"):
            plan = plan_release(request, checked, folder, run, known, is_new=is_new)
        if request.dry_run:
            planned = Published(checked=trial.named(checked, plan), plan=plan)
            run.show(push_step(planned, plan))
            return planned
        if isinstance(plan.method, Keep):
            return Made(checked=checked, plan=plan, staged=plan.method)
        return build_and_test(replace(request, directory=folder), checked, plan, plan.method, run)


def _checked(request: PublishRequest, run: Run) -> Checked:
    settled = Settled(
        build_arg=request.build_arg,
        platform=request.platform,
        version_command=request.version_command,
        image_from=request.image_from or None,
    )
    with run.timed("check"):
        checked = check_release(request, settled, run.git(request.directory), is_tested=request.test)
    run.show(report.step_of(checked))
    return checked


def _refuse_unchecked(checked: Checked) -> None:
    """Refuse a rebuild of a version that its image may not have any more."""
    for finding in checked.findings:
        if finding.rule == UNCHECKED:
            raise Refused(finding.found, expected=finding.expected, cure=finding.cure)
