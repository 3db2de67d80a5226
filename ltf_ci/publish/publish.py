"""The image of a tag: checked, planned, made (built or reused, and tested), pushed and read back; then `latest`."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from ltf_ci.clients.docker.build_cache import BuildCache
from ltf_ci.clients.git.repository import Git
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.clients.run import Run
from ltf_ci.clients.temporary import temporary_folder
from ltf_ci.errors import LtfError, Refused, RegistryUnavailable, UsageError
from ltf_ci.images.latest import image_under, latest_due, move_latest
from ltf_ci.images.rules.latest import LatestPolicy, LatestResult
from ltf_ci.images.rules.tags import TaggedImage, decide_tag
from ltf_ci.images.rules.trust import NOTHING_LOCKED, KnownReleases
from ltf_ci.manifest import check
from ltf_ci.manifest.ltf_repository import Checked
from ltf_ci.manifest.rules import report as check_report
from ltf_ci.model.image import LATEST, Digest
from ltf_ci.model.registry import Answer, Present
from ltf_ci.publish import new_image, staging, trial
from ltf_ci.publish.candidate import Candidate
from ltf_ci.publish.candidates import (
    candidate_of,
    expect_at_head,
    is_at_tag,
    released_files,
)
from ltf_ci.publish.content import write_commit
from ltf_ci.publish.gate import before, test, why_not_run
from ltf_ci.publish.origin import expect_at_origin, tags_at_origin
from ltf_ci.publish.plan import Build, Keep, Plan, Relabel
from ltf_ci.publish.published import Published
from ltf_ci.publish.readiness import Settled, with_readiness
from ltf_ci.publish.requests import PublishRequest
from ltf_ci.publish.rules import report
from ltf_ci.publish.rules.dockerfile import UNCHECKED
from ltf_ci.publish.staging import InRegistry, Staged
from ltf_ci.traffic_light.tested import NOT_TESTED, Tested


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """An image that was made and tested, and lacks only its tag; or one that is under its tag already, and is kept."""

    checked: Checked
    plan: Plan
    staged: InRegistry | Keep
    tested: Tested = NOT_TESTED


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
    git = run.git(request.directory)
    with run.timed("check"):
        checked = check.check(request.directory, request.tag, git, allow=request.allow)
        if request.tag:
            expect_at_head(request.tag, git)  # that the tag is elsewhere is the fault, not what disagrees with it
        settled = Settled(
            build_arg=request.build_arg,
            platform=request.platform,
            version_command=request.version_command,
            image_from=request.image_from or None,
        )
        with released_files(request.directory, checked, git) as files:
            checked = with_readiness(checked, files, settled, is_tested=request.test)
    run.show(check_report.step_of(checked))
    if not checked.agrees:
        return Published(checked=checked)
    if is_new:
        _refuse_unchecked(checked)
    with temporary_folder("commit") as folder:
        with run.timed("plan"):
            plan = _plan(request, checked, folder, run, known, is_new=is_new)
        if request.dry_run:
            return Published(checked=trial.named(checked, plan), plan=plan)
        if isinstance(plan.method, Keep):
            return Made(checked=checked, plan=plan, staged=plan.method)
        return _built_and_tested(replace(request, directory=folder), checked, plan, plan.method, run)


def _refuse_unchecked(checked: Checked) -> None:
    """Refuse a rebuild of a version that its image may not have any more."""
    for finding in checked.findings:
        if finding.rule == UNCHECKED:
            raise Refused(finding.found, expected=finding.expected, cure=finding.cure)


def _with_tags_at_origin(
    request: PublishRequest, candidate: Candidate, git: Git, known: KnownReleases, *, is_new: bool
) -> KnownReleases:
    """Return what is known with the git tags at origin; raise Refused where the candidate's tag is not there."""
    if request.allow_unpushed:
        _expect_rehearsal(request)
        return known
    tags = tags_at_origin(git)
    if not is_new:
        expect_at_origin(candidate.tag, candidate.commit, tags, git, rehearses=bool(request.push_to))
    return known.with_git_tags({candidate.source.key: tags}) if candidate.source else known


def _expect_rehearsal(request: PublishRequest) -> None:
    if not request.push_to:
        raise UsageError(
            "--allow-unpushed is for a rehearsal, which needs --push-to",
            expected="--push-to HOST/PREFIX with it",
            cure="push the tag, or name another registry",
        )


def _built_and_tested(
    request: PublishRequest, checked: Checked, plan: Plan, method: Build | Relabel, run: Run
) -> Made | Published:
    """Build or relabel the image, and test it; what would fail the test of any image is found first."""
    manifest = checked.repository.manifest
    tested = before(request, manifest, run)
    if tested.fails:
        return _not_pushed(checked, plan, tested, run)
    with run.timed(method.as_data()["how"]):
        is_run = not why_not_run(request, manifest)
        staged = _stage(plan, method, request.build_cache, run, is_run=is_run)
    try:
        with run.timed("test"):
            tested = test(request, manifest, plan, staged, run)
        if tested.fails:
            return _not_pushed(checked, plan, tested, run)
        for step in tested.steps:
            run.show(step)
        with run.timed("upload"):
            return Made(checked=checked, plan=plan, staged=staged.uploaded(), tested=tested)
    finally:
        staged.discard()


def _not_pushed(checked: Checked, plan: Plan, tested: Tested, run: Run) -> Published:
    for step in tested.steps:
        run.show(step)
    return Published(checked=checked, plan=plan, tested=tested)


def test_again(published: Published, request: PublishRequest, run: Run) -> Published:
    """Test an image that was kept: the run that pushed it may have ended before its colours were written down."""
    plan, manifest = published.plan, published.checked.repository.manifest
    if not (plan and published.digest):
        return published
    candidate, registry = plan.candidate, run.registry
    stored = registry.manifest(candidate.image.at(published.digest))
    staged = InRegistry(candidate.image, stored, registry, run.docker)
    with temporary_folder("commit") as folder, run.timed("test"):
        write_commit(run.git(request.directory), candidate.commit, manifest, folder)
        tested = test(replace(request, directory=folder), manifest, plan, staged, run)
    for step in tested.steps:
        run.show(step)
    return replace(published, tested=tested)


def push(made: Made, run: Run, request: PublishRequest | None = None) -> Published:
    """Push what was made, if its tag is still free; read it back, and move `latest`.

    With a request, its git tag must still be at origin; without one the caller has just pushed it there.
    """
    digest, is_pushed = _push(made.plan, made.staged, request, run)
    pushed = Published(checked=made.checked, plan=made.plan, tested=made.tested, digest=digest, pushed=is_pushed)
    run.show(report.push_step(pushed, made.plan))
    with run.timed(LATEST):
        latest = _move_latest(made.plan, run.registry)
    run.show(latest.step)
    _expect_as_pushed(made.plan, digest, run.registry)  # another run, which looked when this one did, may write later
    return replace(pushed, latest=latest)


def _plan(
    request: PublishRequest, checked: Checked, folder: Path, run: Run, known: KnownReleases, *, is_new: bool
) -> Plan:
    """Plan the image of a tag; the commit's files are written into a folder where it must be made."""
    git = run.git(request.directory)
    if request.dry_run and request.tag is None and not is_at_tag(checked, git):
        return trial.plan(request, checked, git, run, known)
    candidate = candidate_of(request.push_to, checked, git)
    existing = _image_under_tag(candidate, known, run.registry)
    known = _with_tags_at_origin(request, candidate, git, known, is_new=is_new)
    if existing:
        _expect_may_move_latest(request, candidate, known, run)
        keep = Keep(existing.digest)
        return Plan(candidate=candidate, method=keep, labels=existing.labels, latest=request.latest, known=known)
    with run.timed("login"):
        run.registry.expect_push(candidate.image)
    write_commit(git, candidate.commit, checked.repository.manifest, folder)
    return new_image.plan(replace(request, directory=folder), candidate, checked, git, run, known)


def _expect_may_move_latest(request: PublishRequest, candidate: Candidate, known: KnownReleases, run: Run) -> None:
    """Raise where `latest` is to be moved, and this login may not push; the image itself is there already."""
    if request.latest is LatestPolicy.NEVER:
        return
    with suppress(RegistryUnavailable):  # it is asked again, and reported, when `latest` is moved
        if request.latest is LatestPolicy.AUTO:
            _, is_due = latest_due(candidate.image, candidate.tag, run.registry, known)
            if not is_due:
                return
        with run.timed("login"):
            run.registry.expect_push(candidate.image)


def _image_under_tag(candidate: Candidate, known: KnownReleases, registry: Registry) -> TaggedImage | None:
    """Return this commit's image where it is under the tag already; raise where another one is."""
    found, locked = image_under(registry, candidate.image), known.digest(candidate.image)
    taken = locked or (isinstance(found, TaggedImage) and found.labels.revision != candidate.commit)
    tags = registry.tags(candidate.image) if taken else ()  # they name the next free revision
    return decide_tag(candidate.image, candidate.commit, found, tags, locked)


def _stage(plan: Plan, method: Build | Relabel, cache: BuildCache, run: Run, *, is_run: bool) -> Staged:
    if isinstance(method, Build):
        return staging.build(method.spec, plan.labels, plan.candidate.image, run, cache, is_run=is_run)
    return staging.relabel(method, plan.labels, plan.candidate.image, run)


def _push(plan: Plan, staged: InRegistry | Keep, request: PublishRequest | None, run: Run) -> tuple[Digest, bool]:
    """Return the digest that is under the tag now, and whether this run pushed it."""
    if isinstance(staged, Keep):
        return staged.digest, False
    with run.timed("push"):
        if request and not request.allow_unpushed:  # a tag that was moved while its image was made is another run's
            git = run.git(request.directory)
            expect_at_origin(plan.candidate.tag, plan.candidate.commit, tags_at_origin(git), git)
        # once more: another run of the same commit may have been faster
        faster = _image_under_tag(plan.candidate, plan.known, run.registry)
        return (faster.digest, False) if faster else (_push_and_read_back(plan, staged, run), True)


def _push_and_read_back(plan: Plan, staged: InRegistry, run: Run) -> Digest:
    pushed = staged.push()
    with run.timed("read back"):  # a digest names all of it, the labels too
        _expect_as_pushed(plan, pushed, run.registry)
    return pushed


def _expect_as_pushed(plan: Plan, pushed: Digest, registry: Registry) -> None:
    """Raise where another image than the pushed one is under the tag."""
    found = registry.resolve(plan.candidate.image)
    if isinstance(found, Present) and found.digest == pushed:
        return
    _image_under_tag(plan.candidate, plan.known, registry)  # refused where it is another commit's
    raise RegistryUnavailable(
        f"{plan.candidate.image} was pushed as {pushed}, and reads back as {_digest_or_absent(found)}",
        expected="the image that was pushed",
        cure="find out what else pushes there, and run it again",
    )


def _digest_or_absent(answer: Answer) -> str:
    return str(answer.digest) if isinstance(answer, Present) else "absent"


def _move_latest(plan: Plan, registry: Registry) -> LatestResult:
    """Move `latest`; an image that is released stays released where that fails."""
    try:
        return move_latest(plan.candidate.image, plan.candidate.tag, plan.latest, registry, plan.known)
    except LtfError as error:
        return LatestResult(error=error)
