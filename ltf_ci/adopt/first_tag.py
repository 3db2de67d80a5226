"""The first release tag of a repository: made in a clone of its default branch as `ltf-ci next` does, and pushed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ltf_ci.adopt.fleet import Seen
from ltf_ci.adopt.rules.adoption import Adoption, Stage
from ltf_ci.clients.git.cloner import Cloner
from ltf_ci.clients.git.repository import Git
from ltf_ci.clients.run import Run
from ltf_ci.clients.temporary import temporary_folder
from ltf_ci.errors import Refused, RegistryUnavailable
from ltf_ci.languages.requests import ReleaseRequest
from ltf_ci.manifest.repository import read_repository
from ltf_ci.manifest.rules import agreement, revisions
from ltf_ci.manifest.tagging import Tagging
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag, is_release_tag
from ltf_ci.model.repository_url import RepositoryUrl
from ltf_ci.publish.next_release import known_tags, readiness


def with_first_tag(about: Adoption, seen: Seen, version: LanguageVersion, run: Run, *, dry_run: bool) -> Adoption:
    """Push the first tag, unless a release tag is at origin already; a dry run raises what would keep it from that."""
    url = seen.place.address_at(run.github_host)
    tags = run.git(Path()).remote_tags(url)
    made = max(map(ReleaseTag.parse, filter(is_release_tag, tags)), default=None)
    if made:
        why = f"{made} is tagged: its release has not made the image yet, or has failed"
        return replace(about, stage=Stage.TAGGED, why=why, command="")
    tag = _pushed(url, version, run, dry_run=dry_run)
    if dry_run:
        return replace(about, stage=Stage.PLANNED, why=f"push the first tag, {tag}")
    return replace(about, stage=Stage.PUSHED, why=f"pushed {tag}", command="")


def _pushed(url: RepositoryUrl, version: LanguageVersion, run: Run, *, dry_run: bool) -> ReleaseTag:
    with temporary_folder("adopt") as folder:
        here = Path()
        git = Cloner.of(run.git(here)).clone(folder, url.absolute(here), "--depth=1")
        repository = read_repository(folder)
        tag = _tag(folder, version, git, run)
        tagging = Tagging(git, git.branch() or "", tag, git.head())
        if dry_run:
            tagging.rehearse(push=True)
        else:
            tagging.make(folder, repository.manifest)
            tagging.push()
        return tag


def _tag(folder: Path, version: LanguageVersion, git: Git, run: Run) -> ReleaseTag:
    """Return the tag; raise Refused where its release would be refused, and nothing is pushed."""
    repository = read_repository(folder)
    release = run.options_for(ReleaseRequest, folder)
    image = repository.image_of(None)
    known = known_tags(image.under(release.push_to), git, run.registry_asked_once)
    if known.registry.unknown:
        raise RegistryUnavailable(known.registry.unknown, cure="run it again when the registry answers")
    proposed = agreement.proposed_tag(repository.manifest) if repository.manifest else None
    tag = revisions.next_release(version, proposed, known.every)
    for finding in readiness(folder, release, tag, git, run.github_host, languages=str(release.languages or "")):
        if finding.fails:
            raise Refused(f"its release would fail: {finding.found}", expected=finding.expected, cure=finding.cure)
    return tag
