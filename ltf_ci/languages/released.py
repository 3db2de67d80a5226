"""Releases as the registry has them: what a pull request in the languages list may speak of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ltf_ci.clients.git.cloner import Cloner
from ltf_ci.clients.git.repository import Git
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.clients.run import Run
from ltf_ci.clients.temporary import temporary_folder
from ltf_ci.errors import Disagreement, Refused, UsageError
from ltf_ci.images.labels import ImageLabels
from ltf_ci.images.latest import image_under
from ltf_ci.images.rules.tags import TaggedImage
from ltf_ci.languages.languages_list import ListEntry
from ltf_ci.languages.release import Release
from ltf_ci.languages.requests import BumpRequest
from ltf_ci.manifest import check
from ltf_ci.model.image import Digest, image_in
from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.model.repository_url import RepositoryUrl
from ltf_ci.publish.candidate import Candidate
from ltf_ci.publish.candidates import candidate_of, tagged_commit
from ltf_ci.traffic_light.colour import Colour


def release_in(directory: Path, tag: ReleaseTag | None, request: BumpRequest, run: Run) -> Release | None:
    """Return the release of the repository in a folder; None for an image's own, which is in no list."""
    git = run.git(directory)
    if tag:
        tagged_commit(tag, git)  # raises where there is none
    checked = check.check(directory, tag, git, allow=request.allow)
    if not checked.agrees:
        first = next(finding for finding in checked.findings if finding.fails)
        raise Disagreement(
            f"{first.place}: {first.found}", expected=first.expected, cure="`ltf-ci check` lists all of it"
        )
    candidate = candidate_of(request.push_to, checked.repository, checked.tag, git)
    if not candidate.has_start_point:
        return None
    there = _there(candidate, run.registry)
    return release_of(candidate, there.digest, there.labels)


def release_at(entry: ListEntry, request: BumpRequest, run: Run) -> Release | None:
    """Return the release that a line of the list would name."""
    with cloned(entry, run.git(Path())) as (folder, tag):
        return release_in(folder, tag, request, run)


@contextmanager
def cloned(entry: ListEntry, git: Git) -> Iterator[tuple[Path, ReleaseTag]]:
    """Return a release's files in a folder that is gone afterwards, and its tag."""
    if entry.tag is None:
        raise UsageError(f"{entry} names no release", expected="URL?tag=LANGVERSION-REVISION")
    with temporary_folder("clone") as folder:
        Cloner.of(git).clone_ref(folder, entry.url.absolute(Path()), entry.ref)
        yield folder, entry.tag


def release_of(
    candidate: Candidate, digest: Digest | None, labels: ImageLabels, colours: tuple[Colour, ...] = ()
) -> Release:
    """Return a candidate's release, as the list speaks of it; raise UsageError where it has no address.

    `labels` are its image's.
    """
    return Release(
        url=address_of(candidate.source),
        tag=candidate.tag,
        commit=candidate.commit,
        image=candidate.image,
        digest=digest,
        display_name=candidate.title,
        base=image_in(labels.base_name),
        colours=colours,
    )


def address_of(source: RepositoryUrl | None) -> RepositoryUrl:
    """Return the address that the list names, or raise UsageError where there is none."""
    if source is None:
        raise UsageError(
            "the repository has no remote origin: the languages list needs its address",
            expected="a remote with the address that others clone",
            cure="git remote add origin URL",
        )
    return source


def _there(candidate: Candidate, registry: Registry) -> TaggedImage:
    found = image_under(registry, candidate.image)
    if isinstance(found, TaggedImage) and found.labels.revision == candidate.commit:
        return found
    expected = "the image first, then the pull request"
    if not isinstance(found, TaggedImage):
        raise Refused(f"{candidate.image} is not in the registry", expected=expected, cure="ltf-ci publish")
    made_of = f"commit {found.labels.revision.short}" if found.labels.revision else "no commit in its labels"
    raise Refused(
        f"{candidate.image} is in the registry, made of {made_of}, and the tag is at {candidate.commit.short}",
        expected=f"an image made of commit {candidate.commit.short}",
        cure="ltf-ci next: a pushed tag never gets other content",
    )
