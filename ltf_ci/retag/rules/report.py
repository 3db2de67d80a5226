"""What became of re-tagged version lines, as the outcome of a command."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ltf_ci.errors import LtfError
from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.image import ImageName
from ltf_ci.model.outcome import Conclusion, Ending, Outcome, Step, StepState, together
from ltf_ci.model.release_tag import LanguageVersion
from ltf_ci.publish.published import Published
from ltf_ci.publish.rules import report as publish_report
from ltf_ci.retag.retagged import GitTag, Retagged
from ltf_ci.retag.rules import retagging
from ltf_ci.retag.rules.retagging import Method
from ltf_ci.retag.stale_bases import StaleBase

_KEPT = (
    "nothing that it is made of has changed: re-tag its base first, or name a newer one with --base; "
    "an image's own build is made again by --rebuild"
)


def outcome_of(lines: Sequence[Retagged]) -> Outcome:
    """Return the outcome of all lines, before anything is listed."""
    ending = _ending(lines)
    return Outcome(
        conclusion=ending.conclusion,
        reason=ending.reason,
        steps=tuple(step for line in lines for step in _steps(line)),
        findings=tuple(finding for line in lines for finding in _findings(line)),
        outputs=_outputs([line.published for line in lines if line.published]),
        plan={"lines": [_plan(line) for line in lines]},
        error=next((error for error in map(_error, lines) if error), None),
    )


def is_released(line: Retagged) -> bool:
    """Whether the line's image is in the registry now, or would be after a run that is no dry run; no test failed."""
    if line.published is None or line.published.tested.fails:
        return False
    return line.published.digest is not None or _is(Conclusion.PLANNED, line)


def _is(conclusion: Conclusion, line: Retagged) -> bool:
    return line.published is not None and publish_report.ending_of(line.published).conclusion is conclusion


def _ending(lines: Sequence[Retagged]) -> Ending:
    ended = [publish_report.ending_of(line.published) for line in lines if line.published]
    ended += [Ending(Conclusion.DID_NOTHING, _KEPT) for line in lines if line.is_kept]
    failed = [str(line.version) for line in lines if _failed(line)]
    if failed:
        return Ending(Conclusion.FAILED, f"not all of it was done for {', '.join(failed)}")
    ending = together(ended)
    nothing = ending.conclusion is Conclusion.NOTHING_TO_DO
    return ending._replace(reason="every line was re-tagged by this request already") if nothing else ending


def _failed(line: Retagged) -> bool:
    return not line.is_kept and (line.published is None or _is(Conclusion.FAILED, line))


def _error(line: Retagged) -> LtfError | None:
    return line.error or (line.published and publish_report.outcome_of(line.published).error) or None


def _steps(line: Retagged) -> Iterator[Step]:
    """Return the line's steps, by its version's name."""
    more = publish_report.outcome_of(line.published).steps if line.published else ()
    for step in (tag_step(line), *_base_steps(line), *more):
        yield step._replace(name=f"{line.version} {step.name}")
    if line.error and line.git_tag:
        yield Step(f"{line.version} push", StepState.SKIPPED, line.error.found)


def _base_steps(line: Retagged) -> Iterator[Step]:
    """Return the rows of the bases: before and after, and which wanted ones took no image's place."""
    plan = line.published.plan if line.published else None
    for after in plan.labels.made_of if plan else ():
        if before := _earlier(after, line.before.made_of):
            same = before.digest == after.digest
            state = StepState.UNCHANGED if same else StepState.DONE
            change = f"{after.digest}" if same else f"{before.digest} → {after.digest}"
            yield Step("base", state, f"{after.without_digest}: {change}")
    for base in line.unmatched:
        yield Step("base", StepState.SKIPPED, f"{base} took no image's place: nothing older of its version is named")


def _earlier(base: ImageName, before: Sequence[ImageName]) -> ImageName | None:
    """Return what a release was made of in a base's place: the same name, else one of the same repository."""
    of_same = [each for each in before if each.repository == base.repository]
    return next((each for each in of_same if each.tag == base.tag), of_same[0] if of_same else None)


def tag_step(line: Retagged) -> Step:
    """Return the row of a line's git tag."""
    if line.git_tag:
        return Step("tag", _tag_state(line, line.git_tag), _detail(line.git_tag))
    return Step("tag", StepState.SKIPPED, line.error.found if line.error else "")


def _tag_state(line: Retagged, git_tag: GitTag) -> StepState:
    if git_tag.pushed:
        return StepState.DONE
    if line.error:
        return StepState.SKIPPED
    if git_tag.method is not Method.REVISE:
        return StepState.UNCHANGED
    return StepState.PLANNED if _is(Conclusion.PLANNED, line) else StepState.SKIPPED


def _detail(git_tag: GitTag) -> str:
    if git_tag.method is Method.KEEP:
        return f"a rebuild of {git_tag.tag} would change nothing"
    if git_tag.method is not Method.REVISE:
        return f"{git_tag.tag} {git_tag.method}"
    workflows = f", with {git_tag.workflows_of}'s workflow files" if git_tag.workflows_of else ""
    going = retagging.going(git_tag.branches, git_tag.refused) if git_tag.files else ""
    return f"{git_tag.tag} after {git_tag.after}{workflows}{going}"


def _findings(line: Retagged) -> Iterator[Finding]:
    for finding in publish_report.outcome_of(line.published).findings if line.published else ():
        yield finding._replace(found=f"{line.version}: {finding.found}")
    if line.stale:
        yield _stale(line.version, line.stale)


def _stale(version: LanguageVersion, stale: Sequence[StaleBase]) -> Finding:
    """Return that a base is not rebuilt, and which one is to be rebuilt first: the one that is furthest down."""
    first = stale[-1]
    return Finding(
        rule="base-behind",
        place=Place(first.image.path),
        images=(first.image,),
        found=f"{version}: {_short(first.image)} is made of an older {_short(first.base)} than is there now",
        expected="a base that has what is new in its own base",
        cure=f"re-tag it first, in {first.source or 'the repository that makes it'}: `ltf-ci retag --lines all`; then "
        f"what is made from it, as `ltf-ci notify` does",
    )


def _short(image: ImageName) -> str:
    """Return an image by its tag where it has one, else by its digest."""
    return str(image.without_digest) if image.tag else str(image)


def _outputs(published: Sequence[Published]) -> dict[str, str]:
    """Return the action's outputs: a line for each release, true where that is so of one of them."""
    several = [publish_report.outputs_of(each) for each in published]
    named = {name: "\n".join(filter(None, (one.get(name) for one in several))) for name in ("tag", "image", "digest")}
    return {
        **named,
        "latest-moved": str(any(each.latest and each.latest.moved for each in published)).lower(),
        "released": str(any(each.pushed for each in published)).lower(),
        "checksums": "\n".join(filter(None, map(_checksum, published))),
    }


def _checksum(published: Published) -> str:
    """Name what this run pushed as sha256sum does, for what attests many at once; nothing where it pushed nothing."""
    if published.plan is None or not published.pushed:
        return ""
    return f"{str(published.digest).removeprefix('sha256:')}  {published.plan.candidate.image.untagged}"


def _plan(line: Retagged) -> Mapping[str, object]:
    plan = line.published.plan if line.published else None
    files = list(line.git_tag.files) if line.git_tag else []
    as_data = plan.as_data() if plan else {}
    return {"line": str(line.version), "git": tag_step(line).detail, "files": files, **as_data}
