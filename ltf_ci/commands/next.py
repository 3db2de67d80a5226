"""`ltf-ci next`: the next revision, written into the manifest, committed and tagged."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ltf_ci.clients.concurrency import reported_at_an_interrupt
from ltf_ci.clients.git.repository import Git
from ltf_ci.clients.run import Run
from ltf_ci.errors import AccessDenied, RegistryUnavailable, UsageError
from ltf_ci.images.latest import digest_now
from ltf_ci.languages.requests import ReleaseRequest
from ltf_ci.manifest.ltf_repository import LtfRepository
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.manifest.repository import read_repository
from ltf_ci.manifest.rules import agreement, head_tags, revisions
from ltf_ci.manifest.rules.image_version import KnownVersion
from ltf_ci.manifest.taggable import branch_to_tag, expect_pushable
from ltf_ci.manifest.tagging import Tagging
from ltf_ci.model.finding import Finding, counted
from ltf_ci.model.github_host import GithubHost
from ltf_ci.model.image import ImageName
from ltf_ci.model.outcome import Conclusion, Outcome, Step, StepState
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag
from ltf_ci.options.folder import InFolder
from ltf_ci.options.option import switch, value
from ltf_ci.options.shared import DryRun
from ltf_ci.publish.next_release import KnownTags, head_tags_of, known_tags, readiness, version_of
from ltf_ci.workflows.rules.secrets import secret_findings


class Request(InFolder, DryRun):
    """Which version's next revision, and whether to push it."""

    language_version: LanguageVersion | None = value(
        "the first, or next, revision of this version", LanguageVersion.parse, "VERSION", default=None
    )
    push: bool = switch("push the branch and the tag, both or neither")


def execute(request: Request, run: Run) -> Outcome:
    """Look at the commit, at origin and at the registry; then write, commit, tag and, where asked for, push."""
    _expect_folder(request.directory)
    git = run.git(request.directory)
    repository, branch = read_repository(request.directory), branch_to_tag(git)
    expect_pushable(branch, git, push=request.push)
    release = run.options_for(ReleaseRequest, request.directory)
    known = known_tags(repository.image_of(None).under(release.push_to), git, run.registry_asked_once)
    _expect_source(repository, release.image_from, run)
    at_head = head_tags_of(repository, known, git, run.registry_asked_once)
    made = head_tags.made(at_head, _wanted(request, repository.manifest))
    tag, version_steps = (made, ()) if made else _next(request, repository, known, git)
    steps = (known.step(), *version_steps)
    findings = (*head_tags.findings(at_head), *_readiness(request, release, tag, git, run.github_host))
    if known.is_first:
        findings += tuple(_secrets(known.image, release, git, run.github_host))
    outcome = Outcome(conclusion=Conclusion.PLANNED, steps=steps, findings=findings, outputs={"tag": str(tag)})
    if any(finding.fails for finding in findings) and not (made and not request.push):
        return outcome._replace(conclusion=Conclusion.FAILED, reason=f"{counted(findings)}: nothing was tagged")
    plan = {"tag": str(tag), "branch": branch, "push": request.push, "manifest": _path(repository.manifest)}
    if made:
        return _again(outcome._replace(plan=plan), Tagging(git, branch, made), known, request)
    tagging = Tagging(git, branch, tag, git.head())
    if request.dry_run:
        tagging.rehearse(push=request.push)
        return outcome._replace(plan=plan)
    written = tagging.make(request.directory, repository.manifest)
    steps = (*steps, written, Step("tag", StepState.DONE, str(tag)))
    with reported_at_an_interrupt(steps=lambda: steps):
        pushed = tagging.push() if request.push else tagging.not_pushed()
    return outcome._replace(conclusion=Conclusion.DONE, steps=(*steps, pushed), plan=plan)


def _expect_folder(directory: Path) -> None:
    """Raise UsageError where a version was given in place of a folder."""
    if not directory.is_dir() and directory.name[:1].isdigit():
        cure = f"ltf-ci next --language-version {shlex.quote(directory.name)}"
        raise UsageError(f"{directory} is no folder", expected="a folder, or a version by its option", cure=cure)


def _wanted(request: Request, manifest: Manifest | None) -> LanguageVersion | None:
    """Return the version that was asked for, or that the manifest has; any will do for an image's own repository."""
    return request.language_version or (revisions.version_of(manifest) if manifest else None)


def _version(request: Request, repository: LtfRepository, git: Git) -> KnownVersion:
    if request.language_version:
        return KnownVersion(request.language_version)
    if repository.manifest:
        return KnownVersion(revisions.version_of(repository.manifest))
    return version_of(repository, request.directory, git)


def _next(
    request: Request, repository: LtfRepository, known: KnownTags, git: Git
) -> tuple[ReleaseTag, tuple[Step, ...]]:
    """Return the next tag, and where its version is from, where no person and no manifest says it."""
    version = _version(request, repository, git)
    proposed = agreement.proposed_tag(repository.manifest) if repository.manifest else None
    steps = (Step("version", StepState.DONE, str(version)),) if version.sources else ()
    return revisions.next_release(version.version, proposed, known.every), steps


def _expect_source(repository: LtfRepository, image_from: str, run: Run) -> None:
    """Raise BadInput where a start point's image does not exist; what cannot be asked keeps no tag from being made."""
    if image_from and not repository.builds_image:
        with suppress(RegistryUnavailable, AccessDenied):
            digest_now(ImageName.parse(image_from), run.registry_asked_once)


def _readiness(
    request: Request, release: ReleaseRequest, tag: ReleaseTag, git: Git, github: GithubHost
) -> Iterator[Finding]:
    return readiness(request.directory, release, tag, git, github, languages=str(release.languages or ""))


def _secrets(image: ImageName, release: ReleaseRequest, git: Git, github: GithubHost) -> Iterator[Finding]:
    origin = git.origin() if git.has_origin() else None
    if origin and (name := github.name_of(origin)):
        yield from secret_findings(image, name, github.secrets_page(name), opens_pull_requests=bool(release.languages))


def _again(outcome: Outcome, tagging: Tagging, known: KnownTags, request: Request) -> Outcome:
    """Return what is left to be done of a tag that an earlier run made: to push it, where that is asked for."""
    is_pushed = known.origin.get(str(tagging.tag)) == tagging.git.head()
    if request.push and request.dry_run and not is_pushed:
        tagging.rehearse(push=True)
        return outcome
    if request.push and not is_pushed:
        return outcome._replace(conclusion=Conclusion.DONE, steps=(*outcome.steps, tagging.push()))
    left = "" if is_pushed else f", and is not pushed yet: {tagging.by_hand}"
    return outcome._replace(conclusion=Conclusion.NOTHING_TO_DO, plan={}, reason=f"HEAD is {tagging.tag} already{left}")


def _path(manifest: Manifest | None) -> str:
    return manifest.path if manifest else ""
