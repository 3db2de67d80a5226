"""What is decided of a release before anything is made: its candidate, what stands in its way, and how it is made."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ltf_ci.clients.git.repository import Git
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.clients.run import Run
from ltf_ci.errors import RegistryUnavailable, UsageError
from ltf_ci.images.latest import image_under, latest_due
from ltf_ci.images.rules.latest import LatestPolicy
from ltf_ci.images.rules.tags import TaggedImage, decide_tag
from ltf_ci.images.rules.trust import KnownReleases
from ltf_ci.manifest.ltf_repository import Checked
from ltf_ci.publish import trial
from ltf_ci.publish.candidate import Candidate
from ltf_ci.publish.candidates import candidate_of, commit_at_tag
from ltf_ci.publish.content import write_commit
from ltf_ci.publish.methods import plan_image
from ltf_ci.publish.origin import expect_at_origin, tags_at_origin
from ltf_ci.publish.plan import Keep, Plan
from ltf_ci.publish.requests import PublishRequest


def plan_release(
    request: PublishRequest, checked: Checked, folder: Path, run: Run, known: KnownReleases, *, is_new: bool
) -> Plan:
    """Plan the image of a tag; the commit's files are written into a folder where it must be made."""
    git = run.git(request.directory)
    if request.dry_run and request.tag is None and commit_at_tag(checked.tag, git) is None:
        return trial.plan(request, checked, git, run, known)
    candidate = candidate_of(request.push_to, checked.repository, checked.tag, git)
    existing = image_under_tag(candidate, known, run.registry)
    known = _with_tags_at_origin(request, candidate, git, known, is_new=is_new)
    if existing:
        _expect_may_move_latest(request, candidate, known, run)
        keep = Keep(existing.digest)
        return Plan(candidate=candidate, method=keep, labels=existing.labels, latest=request.latest, known=known)
    with run.timed("login"):
        run.registry.expect_push(candidate.image)
    write_commit(git, candidate.commit, checked.repository.manifest, folder)
    return plan_image(replace(request, directory=folder), candidate, checked.repository, git, run, known)


def image_under_tag(candidate: Candidate, known: KnownReleases, registry: Registry) -> TaggedImage | None:
    """Return this commit's image where it is under the tag already; raise where another one is."""
    found, locked = image_under(registry, candidate.image), known.digest(candidate.image)
    taken = locked or (isinstance(found, TaggedImage) and found.labels.revision != candidate.commit)
    tags = registry.tags(candidate.image) if taken else ()  # they name the next free revision
    return decide_tag(candidate.image, candidate.commit, found, tags, locked)


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
