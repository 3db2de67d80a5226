"""A repository against cyber-dojo's rules, and its git tag, manifest and README against each other."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ltf_ci.clients.files import read_file
from ltf_ci.clients.git.repository import Git
from ltf_ci.clients.git.sparse import is_left_out
from ltf_ci.errors import GitFailed, NoRepository, UsageError
from ltf_ci.manifest.ltf_repository import Checked, LtfRepository
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.manifest.repository import read_repository
from ltf_ci.manifest.requests import CheckPart
from ltf_ci.manifest.rules import agreement, dockerfiles, readme_copies, revisions
from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.layout import (
    CHECK_VERSION,
    DOCKER_FOLDER,
    DOCKERFILE,
    DOCKERFILE_BASE,
    IMAGE_NAME_JSON,
    README,
)
from ltf_ci.model.release_tag import ReleaseTag, is_release_tag

if TYPE_CHECKING:
    from ltf_ci.manifest.rules.image_version import KnownVersion

NO_TAG = "no-tag"


class _AtHead(NamedTuple):
    """The tags at HEAD; or why there is no commit that one could name, and what to do."""

    tags: tuple[str, ...]
    lacking: str = ""
    cure: str = ""


def check(
    directory: Path,
    tag: ReleaseTag | None,
    git: Git,
    *,
    allow: Collection[str] = (),
    only: CheckPart | None = None,
) -> Checked:
    """Compare a manifest with cyber-dojo's rules except those that `allow` names, and a repository with a tag.

    Without a tag it is the one at HEAD; with none there, the repository is compared with itself.
    """
    repository = _as_committed(read_repository(directory), git)
    manifest = repository.manifest
    faults = _faults(directory, manifest, allow) if manifest and only is not CheckPart.AGREEMENT else ()
    if only is CheckPart.MANIFEST:
        return Checked(repository=repository, tag=None, findings=faults)
    at_head = _AtHead(()) if tag else _tags_at_head(git)
    tag = tag or _tag_at_head(manifest, at_head.tags, git)
    known = _known_version(directory, repository.readme, git) if manifest is None and tag is None else None
    found = (*_agreement(repository, tag, known, at_head, git), *_dockerfiles(directory, git))
    wrong = {fault.place for fault in faults if fault.fails}  # what has not its form can agree with nothing
    findings = (*(f for f in found if f.place not in wrong), *faults)
    version = known.version if known and not isinstance(known, UsageError) else None
    return Checked(repository=repository, tag=tag, findings=findings, version=version)


def _as_committed(repository: LtfRepository, git: Git) -> LtfRepository:
    """Return a repository that has docker/ too, where a sparse checkout leaves it out of the folder."""
    if not repository.builds_image:
        with suppress(GitFailed):  # an unpacked archive can be checked too
            if is_left_out(git, DOCKER_FOLDER):
                return repository._replace(builds_image=True)
    return repository


def _faults(directory: Path, manifest: Manifest, allow: Collection[str]) -> tuple[Finding, ...]:
    from ltf_ci.manifest.gather_facts import facts_of_only  # who checks the agreement alone does not wait for these
    from ltf_ci.manifest.rules import manifest_rules

    return manifest_rules.faults(manifest, facts_of_only(directory, manifest, allow), allow)


def _agreement(
    repository: LtfRepository,
    tag: ReleaseTag | None,
    known: KnownVersion | UsageError | None,
    at_head: _AtHead,
    git: Git,
) -> Iterator[Finding]:
    manifest, image, names = repository.manifest, repository.image, readme_copies.names_of(repository)
    if manifest is None:
        yield from readme_copies.differing(names, IMAGE_NAME_JSON, repository.readme, README)
        if known:
            yield _next_of_image(known, at_head, git)
        return
    yield from agreement.disagreements(manifest, tag)
    if image:
        yield from agreement.other_image(manifest, image)
    if tag is None:
        yield from (*_against_before(manifest, git), *_next_tag(manifest, at_head, git))
    yield from readme_copies.differing(names, "the manifest", repository.readme, README)


def _dockerfiles(directory: Path, git: Git) -> tuple[Finding, ...]:
    """Compare a committed docker/Dockerfile with the docker/Dockerfile.base next to it."""
    source, other = (read_file(directory, path) for path in (DOCKERFILE_BASE, DOCKERFILE))
    if source is None or other is None or DOCKERFILE in _untracked(git):
        return ()
    return (dockerfiles.not_built(source.decode("utf-8", "replace"), other.decode("utf-8", "replace")),)


def _untracked(git: Git) -> frozenset[str]:
    try:
        return frozenset(git.untracked(DOCKER_FOLDER))
    except NoRepository:  # an unpacked archive can be checked too
        return frozenset()


def _against_before(manifest: Manifest, git: Git) -> tuple[Finding, ...]:
    """Compare a manifest whose image is named by a commit with its last state: nothing else shows the version."""
    image_tag = (manifest.string("image_name") or "").rpartition(":")[2]
    raw = None if is_release_tag(image_tag) else _previous(manifest.path, git)
    return (*agreement.same_image_other_version(manifest, Manifest.parse(raw, manifest.path)),) if raw else ()


def _previous(path: str, git: Git) -> bytes | None:
    try:
        return git.content_before_last_change(path)
    except NoRepository:  # a folder that is no git repository, or has no commit yet, has no last state
        return None


def _next_tag(manifest: Manifest, at_head: _AtHead, git: Git) -> tuple[Finding, ...]:
    proposed, tags = agreement.proposed_tag(manifest), _tags(git)
    tag = revisions.next_release(proposed.version, proposed, tags) if proposed else None
    says = f"the next one would be {tag}" if tag else "display_name has no version, so it cannot be released by a tag"
    cure = "`ltf-ci next` writes, commits and tags it" if tag else "write the version: NAME (VERSION), FRAMEWORK"
    place = Place(manifest.path)
    here = next(filter(is_release_tag, at_head.tags), "")
    other = f"no release tag at HEAD{_unlike(at_head.tags)}"
    head = f"HEAD is {here}, and this file has other content" if here else other
    if str(proposed) in tags and git.commit_of(str(proposed)) is None:
        head = f"the git tag {proposed} names no commit"
    expected = "a release tag, pushed with this commit"
    if at_head.lacking:
        head, cure = f"{at_head.lacking}, so that no tag names it", f"{at_head.cure}; then ltf-ci next"
    return (Finding(rule=NO_TAG, place=place, found=f"{head}: {says}", expected=expected, cure=cure),)


def _known_version(directory: Path, readme: str, git: Git) -> KnownVersion | UsageError:
    """Return the version of an image's own repository, and what says it; or why that is not known."""
    from ltf_ci.manifest.rules.image_version import known_version  # for these alone
    from ltf_ci.manifest.rules.version_command import expected_version

    script = (read_file(directory, CHECK_VERSION) or b"").decode("utf-8", "replace")
    try:
        return known_version(_tags(git, in_history=True), readme, expected_version(script))
    except UsageError as error:
        return error


def _next_of_image(known: KnownVersion | UsageError, at_head: _AtHead, git: Git) -> Finding:
    """Return what an image's own repository would release next, and what says its version."""
    if isinstance(known, UsageError):
        says, cure = known.found, known.cure
    else:
        says = f"the next one would be {revisions.next_tag(known.version, _tags(git))}; the version is {known}"
        cure = "`ltf-ci next` commits and tags it"
    return Finding(
        rule=NO_TAG,
        place=Place(IMAGE_NAME_JSON),
        found=f"no release tag at HEAD{_unlike(at_head.tags)}: {says}",
        expected="a release tag, pushed with this commit",
        cure=cure,
    )


def _unlike(at_head: tuple[str, ...]) -> str:
    """Return the tags at HEAD that are no release tags, in words."""
    words = revisions.named(at_head)
    return f" ({words})" if words else ""


def _tags(git: Git, *, in_history: bool = False) -> tuple[str, ...]:
    try:
        return git.tags_in_history() if in_history else git.tags()
    except GitFailed:  # an unpacked archive, or a repository without a commit, can be checked too
        return ()


def _tags_at_head(git: Git) -> _AtHead:
    try:
        return _AtHead(git.tags_at_head())
    except NoRepository as error:  # an unpacked archive can be checked too
        return _AtHead((), error.found, error.cure)


def tag_at_head(manifest: Manifest, git: Git) -> ReleaseTag | None:
    """Return the release tag at HEAD that a manifest is compared with where no tag is named."""
    return _tag_at_head(manifest, _tags_at_head(git).tags, git)


def _tag_at_head(manifest: Manifest | None, at_head: tuple[str, ...], git: Git) -> ReleaseTag | None:
    """Return the release tag at HEAD; of several the one that image_name has.

    A manifest that is not as HEAD has it (it is about to be committed) has no tag yet.
    """
    tags = [ReleaseTag.parse(text) for text in at_head if is_release_tag(text)]
    named = (manifest and manifest.string("image_name")) or ""
    matching = [tag for tag in tags if named.endswith(f":{tag}")]
    if matching:
        return matching[0]
    if not tags or (manifest and not git.is_as_committed(manifest.path)):
        return None
    if len(tags) > 1:
        raise UsageError(
            f"several release tags are at HEAD: {', '.join(map(str, sorted(tags)))}",
            expected="one, or one that image_name has",
            cure="choose one: --tag TAG",
        )
    return tags[0]
