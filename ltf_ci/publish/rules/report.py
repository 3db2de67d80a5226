"""What became of a tag's image, as the outcome of a command."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ltf_ci.manifest.rules import report as check_report
from ltf_ci.model.finding import Finding, Place, Severity, counted
from ltf_ci.model.layout import SETTINGS
from ltf_ci.model.outcome import Conclusion, Ending, Outcome, Step, StepState
from ltf_ci.publish.plan import Plan, Relabel
from ltf_ci.publish.published import Published


def outcome_of(published: Published) -> Outcome:
    """Return the outcome of `publish`."""
    ending = ending_of(published)
    return Outcome(
        conclusion=ending.conclusion,
        reason=ending.reason,
        error=published.latest.error if published.latest else None,
        steps=(*_steps(published),),
        findings=(*published.checked.findings, *published.tested.findings, *_lacking(published)),
        outputs=outputs_of(published),
        plan=published.plan.as_data() if published.plan else {},
    )


def _lacking(published: Published) -> Iterator[Finding]:
    """Find that `latest` was not moved to a release, because that has fewer platforms."""
    latest = published.latest
    if latest and latest.lacks and published.plan:
        platforms = latest.platforms
        yield Finding(
            rule="latest-platforms",
            severity=Severity.WARNING,
            place=Place(SETTINGS),
            images=(published.plan.candidate.image,),
            found=f"latest was not moved: it is for {platforms} too, and {latest.points_at} is not",
            expected="a release for every platform that latest is for",
            cure=f"add {platforms} to `platform` in {SETTINGS}, and release again; `--latest always` gives it up",
        )


def ending_of(published: Published) -> Ending:
    """Return how it ended."""
    if published.plan is None:
        return Ending(Conclusion.FAILED, counted(published.checked.findings))
    if published.tested.fails:
        became = "it was pushed before" if published.digest else "nothing was pushed"
        why = f"the start files do not give red, amber and green in the image; {became}"
        return Ending(Conclusion.FAILED, why)
    latest = published.latest
    if latest is None:
        return Ending(Conclusion.PLANNED)
    if latest.error:
        return Ending(Conclusion.FAILED, latest.error.found)
    if published.pushed or latest.moved:
        return Ending(Conclusion.DONE)
    return Ending(Conclusion.NOTHING_TO_DO, "the image exists already, made of this commit")


def _steps(published: Published) -> Iterator[Step]:
    yield check_report.step_of(published.checked)
    yield from published.tested.steps
    if published.plan:
        yield push_step(published, published.plan)
    if published.latest:
        yield published.latest.step


def push_step(published: Published, plan: Plan) -> Step:
    """Return the row of the image's push."""
    image, method = plan.candidate.image, plan.method
    if published.pushed:
        made = f"the layers of {method.source}" if isinstance(method, Relabel) else "built"
        return Step("push", StepState.DONE, f"{image}@{published.digest}, {made}")
    if published.digest:
        return Step("push", StepState.UNCHANGED, f"{image} is there, made of this commit")
    return Step("push", StepState.SKIPPED if published.tested.fails else StepState.PLANNED, str(image))


def outputs_of(published: Published) -> Mapping[str, str]:
    """Return the outputs of the action."""
    plan, tag = published.plan, published.checked.tag
    return {
        "tag": str(tag or ""),
        **({"image": str(plan.candidate.image)} if plan else {}),
        **({"digest": str(published.digest)} if published.digest else {}),
        **({"latest-moved": str(published.latest.moved).lower()} if published.latest else {}),
        "released": str(published.pushed).lower(),
    }
