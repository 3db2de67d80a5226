"""A made image is pushed under its tag, and read back; then `latest` moves."""

from __future__ import annotations

from dataclasses import replace

from ltf_ci.clients.registry.registry import Registry
from ltf_ci.clients.run import Run
from ltf_ci.errors import LtfError, RegistryUnavailable
from ltf_ci.images.latest import move_latest
from ltf_ci.images.rules.latest import LatestResult
from ltf_ci.model.image import LATEST, Digest
from ltf_ci.model.registry import Present
from ltf_ci.publish.making import Made
from ltf_ci.publish.origin import expect_at_origin, tags_at_origin
from ltf_ci.publish.plan import Keep, Plan
from ltf_ci.publish.planning import image_under_tag
from ltf_ci.publish.published import Published
from ltf_ci.publish.requests import PublishRequest
from ltf_ci.publish.rules import report
from ltf_ci.publish.staging import InRegistry


def push(made: Made, run: Run, request: PublishRequest | None = None) -> Published:
    """Push what was made, if its tag is still free; read it back, and move `latest`.

    With a request, its git tag must still be at origin; without one the caller has just pushed it there.
    """
    digest, is_pushed = _push(made, run, request)
    pushed = Published(checked=made.checked, plan=made.plan, tested=made.tested, digest=digest, pushed=is_pushed)
    run.show(report.push_step(pushed, made.plan))
    with run.timed(LATEST):
        latest = _move_latest(made.plan, run.registry)
    run.show(latest.step)
    _expect_as_pushed(made.plan, digest, run.registry)  # another run, which looked when this one did, may write later
    return replace(pushed, latest=latest)


def _push(made: Made, run: Run, request: PublishRequest | None) -> tuple[Digest, bool]:
    """Return the digest that is under the tag now, and whether this run pushed it."""
    plan, staged = made.plan, made.staged
    if isinstance(staged, Keep):
        return staged.digest, False
    with run.timed("push"):
        if request and not request.allow_unpushed:  # a tag that was moved while its image was made is another run's
            git = run.git(request.directory)
            expect_at_origin(plan.candidate.tag, plan.candidate.commit, tags_at_origin(git), git)
        # once more: another run of the same commit may have been faster
        faster = image_under_tag(plan.candidate, plan.known, run.registry)
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
    image_under_tag(plan.candidate, plan.known, registry)  # refused where it is another commit's
    there = found.digest if isinstance(found, Present) else "absent"
    raise RegistryUnavailable(
        f"{plan.candidate.image} was pushed as {pushed}, and reads back as {there}",
        expected="the image that was pushed",
        cure="find out what else pushes there, and run it again",
    )


def _move_latest(plan: Plan, registry: Registry) -> LatestResult:
    """Move `latest`; an image that is released stays released where that fails."""
    try:
        return move_latest(plan.candidate.image, plan.candidate.tag, plan.latest, registry, plan.known)
    except LtfError as error:
        return LatestResult(error=error)
