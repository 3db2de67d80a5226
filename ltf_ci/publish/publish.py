"""The image of a tag: checked, planned, built or reused, tested, pushed, read back; then `latest`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ltf_ci.clients.run import Run
from ltf_ci.errors import LtfError, RegistryUnavailable
from ltf_ci.images.latest import Moved, image_under, move_latest
from ltf_ci.images.rules.tags import TaggedImage, decide_tag
from ltf_ci.manifest import check
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.manifest.repository import Checked
from ltf_ci.model.build_cache import BuildCache
from ltf_ci.model.container import Colour, ContainerSpec
from ltf_ci.model.finding import Place
from ltf_ci.model.image import LATEST, Digest, ImageName
from ltf_ci.model.layout import IMAGE_NAME_JSON
from ltf_ci.model.outcome import Conclusion, Outcome, Step, StepState
from ltf_ci.model.registry import Present
from ltf_ci.publish import staging
from ltf_ci.publish.candidate import Candidate
from ltf_ci.publish.candidates import candidate_of, labels_of, source_of
from ltf_ci.publish.plan import Build, Keep, Plan, Relabel
from ltf_ci.publish.requests import PublishRequest
from ltf_ci.publish.reuse import reusable
from ltf_ci.publish.staging import Staged
from ltf_ci.traffic_light import start_files
from ltf_ci.traffic_light.rules.colours import LONGEST_RUN
from ltf_ci.traffic_light.start_files import StartFilesTest, Tested


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What was published, or would be; without a plan check or test failed, without a digest it was a dry run."""

    outcome: Outcome
    plan: Plan | None = None
    digest: Digest | None = None
    colours: tuple[Colour, ...] = ()


def publish(request: PublishRequest, run: Run, *, before_push: Callable[[], None] | None = None) -> Published:
    """Check, plan, build, test, push, read back, move `latest`; a tag that has this commit's image costs no build.

    `before_push` is called when the image is made and tested, and nothing is pushed yet.
    """
    git = run.git(request.directory)
    with run.timed("check"):
        checked = check.check(request.directory, request.tag, git, allow=request.allow)
    if not checked.agrees:
        failed = check.outcome(checked)
        return Published(outcome=replace(failed, outputs={**failed.outputs, "released": "false"}))
    with run.timed("plan"):
        plan = _plan(request, candidate_of(request.push_to, checked, git), checked, run)
    if request.dry_run:
        return Published(outcome=_planned(checked, plan), plan=plan)
    if isinstance(plan.how, Keep):
        return _finish(checked, plan, (_there_already(plan),), plan.how.digest, run)
    with run.timed(plan.how.as_data()["how"]):
        staged = _stage(plan, plan.how, request.build_cache, run)
    with run.timed("test"):
        tested = _test(request, checked, plan, staged, run)
    if tested.fails:
        return Published(outcome=_failed(checked, plan, tested))
    if before_push:
        before_push()
    with run.timed("push"):
        pushed, digest = _push(plan, plan.how, staged, run)
    finished = _finish(checked, plan, (*tested.steps, pushed), digest, run)
    return replace(finished, colours=tested.colours)


def _test(request: PublishRequest, checked: Checked, plan: Plan, staged: Staged, run: Run) -> Tested:
    """Run the start files in the very image that is then pushed."""
    manifest = checked.repository.manifest
    if not request.test:
        return start_files.skipped("by --no-test")
    if manifest is None and not request.version_command:
        return start_files.skipped("an image's own repository has no start files, and no --version-command is given")
    if not run.docker.answers():
        return start_files.skipped("no docker daemon answers")
    image = staged.image_id(plan.candidate.image, run.docker)
    if image is None:
        return start_files.skipped("the image is not of the daemon's platform")
    return _tested(request, manifest, plan, image, run)


def _tested(request: PublishRequest, manifest: Manifest | None, plan: Plan, image: str, run: Run) -> Tested:
    """Run the start files in the daemon's image; one without any is asked for its language's version alone."""
    version = plan.candidate.tag.version
    if manifest is None:
        cell = ContainerSpec(image=image, name=str(plan.candidate.image), seconds=LONGEST_RUN)
        return start_files.version_in(cell, version, request.version_command, Place(IMAGE_NAME_JSON), run.containers)
    subject = StartFilesTest(
        directory=request.directory,
        manifest=manifest,
        image=image,
        version=version,
        version_command=request.version_command,
    )
    rag_lambda = start_files.lambda_of(subject, run.containers)
    if rag_lambda is None:
        named = manifest.string("rag_lambda")
        why = (
            f"{named}, its rag_lambda, cannot be read"
            if named
            else "neither the manifest nor the image has a rag_lambda"
        )
        return start_files.skipped(why)
    return start_files.run_all(subject, rag_lambda, run)


def _move_latest(plan: Plan, run: Run) -> Moved:
    """Move `latest`; an image that is released stays released where that fails."""
    try:
        return move_latest(plan.candidate.image, plan.candidate.tag, plan.latest, run.registry)
    except LtfError as error:
        return Moved(Step(LATEST, StepState.SKIPPED, error.found), error=error)


def _plan(request: PublishRequest, candidate: Candidate, checked: Checked, run: Run) -> Plan:
    there = _there(candidate, run)
    if there:
        return Plan(candidate=candidate, how=Keep(there.digest), labels=there.labels, latest=request.latest)
    how = source_of(request, checked.repository.layout, run)
    if isinstance(how, Build) and not request.rebuild:
        how = reusable(candidate, how.spec, run.git(request.directory), run) or how
    return Plan(candidate=candidate, how=how, labels=labels_of(candidate, how, run), latest=request.latest)


def _there(candidate: Candidate, run: Run) -> TaggedImage | None:
    """Return this commit's image where it stands under the tag already; raise where another one does."""
    found = image_under(run.registry, candidate.image)
    taken = isinstance(found, TaggedImage) and found.labels.revision != candidate.commit
    tags = run.registry.tags(candidate.image) if taken else ()  # they name the next free revision
    return decide_tag(candidate.image, candidate.commit, found, tags)


def _there_already(plan: Plan) -> Step:
    return Step("push", StepState.UNCHANGED, f"{plan.candidate.image} is there, made of this commit")


def _push(plan: Plan, how: Build | Relabel, staged: Staged, run: Run) -> tuple[Step, Digest]:
    """Ask once more whether the tag is free, push what was made, and read back what the registry has now."""
    candidate = plan.candidate
    there = _there(candidate, run)
    if there:  # another run of the same commit was faster
        return _there_already(plan), there.digest
    pushed = staged.push(candidate.image, run.registry)
    if not _reads_back(candidate.image, pushed, run):
        there = _there(candidate, run)  # refused where it is another commit's
        raise RegistryUnavailable(
            f"{candidate.image} was pushed as {pushed}, and reads back as {there.digest if there else 'absent'}",
            cure="look who else writes there, and run it again",
        )
    return Step("push", StepState.DONE, f"{candidate.image}@{pushed}, {_made(how)}"), pushed


def _reads_back(image: ImageName, pushed: Digest, run: Run) -> bool:
    """Whether the registry has under this name what was pushed: a digest names all of it, the labels too."""
    with run.timed("read back"):
        answer = run.registry.resolve(image)
    return isinstance(answer, Present) and answer.digest == pushed


def _stage(plan: Plan, how: Build | Relabel, cache: BuildCache, run: Run) -> Staged:
    if isinstance(how, Build):
        return staging.build(how.spec, plan.labels, plan.candidate.image, run, cache)
    return staging.relabel(how, plan.labels, plan.candidate.image, run.registry)


def _made(how: Build | Relabel) -> str:
    return "built" if isinstance(how, Build) else f"the layers of {how.source}"


def _planned(checked: Checked, plan: Plan) -> Outcome:
    return Outcome(
        conclusion=Conclusion.PLANNED,
        steps=(*check.outcome(checked).steps, Step("push", StepState.PLANNED, str(plan.candidate.image))),
        findings=checked.findings,
        outputs={"tag": str(plan.candidate.tag), "image": str(plan.candidate.image), "released": "false"},
        plan=plan.as_data(),
    )


def _failed(checked: Checked, plan: Plan, tested: Tested) -> Outcome:
    return Outcome(
        conclusion=Conclusion.FAILED,
        reason="the start files do not give red, amber and green in the image; nothing was pushed",
        steps=(
            *check.outcome(checked).steps,
            *tested.steps,
            Step("push", StepState.SKIPPED, str(plan.candidate.image)),
        ),
        findings=(*checked.findings, *tested.findings),
        outputs={"tag": str(plan.candidate.tag), "image": str(plan.candidate.image), "released": "false"},
        plan=plan.as_data(),
    )


def _finish(checked: Checked, plan: Plan, steps: tuple[Step, ...], digest: Digest, run: Run) -> Published:
    with run.timed(LATEST):
        moved = _move_latest(plan, run)
    return Published(outcome=_done(checked, plan, steps, moved, digest), plan=plan, digest=digest)


def _done(checked: Checked, plan: Plan, steps: tuple[Step, ...], moved: Moved, digest: Digest) -> Outcome:
    pushed = steps[-1]
    conclusion, reason = _conclusion(pushed, moved)
    return Outcome(
        conclusion=conclusion,
        reason=reason,
        error=moved.error,
        steps=(*check.outcome(checked).steps, *steps, moved.step),
        findings=checked.findings,
        outputs={
            "tag": str(plan.candidate.tag),
            "image": str(plan.candidate.image),
            "digest": str(digest),
            "latest-moved": str(moved.moved).lower(),
            "released": str(pushed.state is StepState.DONE).lower(),
        },
        plan=plan.as_data(),
    )


def _conclusion(pushed: Step, moved: Moved) -> tuple[Conclusion, str]:
    if moved.error:
        return Conclusion.FAILED, moved.error.found
    if pushed.state is StepState.DONE or moved.moved:
        return Conclusion.DONE, ""
    return Conclusion.NOTHING_TO_DO, "the image is there already, made of this commit"
