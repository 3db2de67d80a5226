"""What a checked repository would release: its candidate, and what its image is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from ltf_ci.clients.docker.build_context import context_files
from ltf_ci.clients.docker.dockerignore import own_ignore
from ltf_ci.clients.git.repository import Git
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.clients.run import Run
from ltf_ci.clients.temporary import temporary_folder
from ltf_ci.errors import BadInput, GitFailed, LtfError, Refused, UsageError
from ltf_ci.images.labels import ImageLabels
from ltf_ci.images.latest import digest_now
from ltf_ci.images.rules.tags import release_tags
from ltf_ci.manifest.ltf_repository import Checked, LtfRepository
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.manifest.rules import files as manifest_files
from ltf_ci.manifest.rules import revisions
from ltf_ci.model.build_spec import Base, BuildSpec
from ltf_ci.model.commit import Commit
from ltf_ci.model.finding import Place
from ltf_ci.model.image import LATEST, ImageName
from ltf_ci.model.layout import DOCKER_FOLDER, DOCKERFILE_BASE, SETTINGS
from ltf_ci.model.release_tag import ReleaseTag, release_tag_in
from ltf_ci.model.repository_url import RepositoryUrl
from ltf_ci.publish.candidate import Candidate
from ltf_ci.publish.content import write_needed
from ltf_ci.publish.dockerfiles import completed, expect_images, read_dockerfile
from ltf_ci.publish.options import build_args
from ltf_ci.publish.plan import Build, Relabel, Reuse
from ltf_ci.publish.requests import BuiltFrom
from ltf_ci.publish.rules.relabelling import refuse_other_version


def candidate_of(push_to: str, checked: Checked, git: Git) -> Candidate:
    """Return what would be released; `push_to` sends its image elsewhere.

    Raise UsageError without a tag, Refused where the folder is not at its commit.
    """
    repository = checked.repository
    if checked.tag is None:
        raise _no_tag(git.tags_at_head())
    commit = _commit(checked.tag, git)
    if repository.manifest:
        _refuse_untracked_start_files(repository.manifest, git)
    return candidate_at(push_to, checked.tag, commit, repository, git)


def _no_tag(others: Iterable[str]) -> UsageError:
    """Return the error that HEAD has no release tag, and what its tags are; one with a `v` too many has its cure."""
    others = tuple(others)
    nearly = next((tag for tag in others if tag[:1] in "vV" and release_tag_in(tag[1:])), None)
    if nearly:
        return UsageError(
            f"the tag at HEAD is {nearly}",
            expected=f"{nearly[1:]}: release tags begin with the number",
            cure=f"git tag -d {nearly} && ltf-ci next",
        )
    words = revisions.named(others)
    return UsageError(
        f"no release tag is at HEAD{f': {words}' if words else ''}",
        expected="a tag such as 3.7.4-18",
        cure="`ltf-ci next` makes it; or name one: --tag TAG",
    )


def is_at_tag(checked: Checked, git: Git) -> bool:
    """Whether the folder is as the tag's commit has it: what is made there may be released."""
    return commit_at_tag(checked, git) is not None


def commit_at_tag(checked: Checked, git: Git) -> Commit | None:
    """Return the tag's commit where the folder is as that has it, else None."""
    commit = git.commit_of(str(checked.tag)) if checked.tag else None
    return commit if commit and commit == git.head() and git.is_clean() else None


@contextmanager
def released_files(directory: Path, checked: Checked, git: Git) -> Iterator[Path]:
    """Yield a folder with the files that count: those of the tag's commit, where the work tree is at it.

    The work tree may have others: filters change line ends, and git hides changes that it was told to skip.
    """
    with temporary_folder("commit") as folder:
        yield folder if _is_written(checked, git, folder) else directory


def _is_written(checked: Checked, git: Git, folder: Path) -> bool:
    """Write the files of the tag's commit, where the work tree is at it; whether that could be done."""
    try:
        if (commit := commit_at_tag(checked, git)) is None:
            return False
        write_needed(git, commit, checked.repository.manifest, folder)
    except (GitFailed, Refused):  # a folder that is no repository; files that a release reports where it needs them
        return False
    return True


def candidate_at(push_to: str, tag: ReleaseTag, commit: Commit, repository: LtfRepository, git: Git) -> Candidate:
    """Return what is released as this tag, if it is at this commit."""
    manifest, image = repository.manifest, repository.image_of(tag)
    return Candidate(
        tag=tag,
        commit=commit,
        image=image.under(push_to),
        source=_public(git.origin()),
        title=(manifest.string("display_name") if manifest else None) or image.path.rpartition("/")[2],
        created=git.commit_time(commit),
        has_start_point=manifest is not None,
    )


def _public(origin: RepositoryUrl | None) -> RepositoryUrl | None:
    """Return the address that labels and lists name, or raise UsageError where only this machine's ssh knows it."""
    public = origin.public if origin else None
    if public and public.ssh_host:
        raise UsageError(
            f"origin is {public}, and its https address is not known",
            expected="https://HOST/OWNER/NAME, which labels and the languages list name",
            cure=f"git remote set-url origin https://… && git remote set-url --push origin {public}",
        )
    return public


def source_of(request: BuiltFrom, repository: LtfRepository, run: Run) -> Build | Relabel:
    """Return what an image is made of: its own Dockerfile, or the image that the settings name."""
    if repository.builds_image:
        return Build(_spec(request, run))
    if not request.image_from:
        raise UsageError(
            f"a repository without {DOCKER_FOLDER}/ has no image of its own",
            expected="the image that its start files run in",
            cure=f"name it in {SETTINGS}: image-from: HOST/PATH:TAG",
        )
    source = ImageName.parse(request.image_from)
    return Relabel(source, digest_now(source, run.registry))


def labels_of(candidate: Candidate, method: Build | Relabel, registry: Registry) -> ImageLabels:
    """Return the labels that the candidate's image gets."""
    if isinstance(method, Build | Reuse):
        return candidate.labels_of_build(method.spec)
    theirs = ImageLabels.from_labels(registry.labels(method.source.at(method.digest)))
    refuse_other_version(candidate.tag, method.source, theirs)
    return candidate.labels_over(method.source, method.digest, theirs)


def tagged_commit(tag: ReleaseTag, git: Git) -> Commit:
    """Return a tag's commit, or raise BadInput where this clone has no such tag."""
    commit, tags = git.commit_of(str(tag)), git.tags()
    if commit is None and str(tag) in tags:
        raise BadInput(
            f"the git tag {tag} is at no commit",
            expected="a tag of the commit that is to be released",
            cure=f"git tag -d {tag}, and tag the commit; where it is at origin, `ltf-ci next` makes the next one",
        )
    if commit is None:
        raise BadInput(
            f"there is no git tag {tag} here{_newest(tags)}",
            expected="the tag that is to be released",
            cure="git fetch --tags, if it is at origin; else `ltf-ci next` makes the next one",
        )
    return commit


def _commit(tag: ReleaseTag, git: Git) -> Commit:
    """Return the tag's commit: the folder must hold it, and nothing else, for the image is made of the folder."""
    commit = expect_at_head(tag, git)
    git.expect_clean()
    return commit


def expect_at_head(tag: ReleaseTag, git: Git) -> Commit:
    """Return a tag's commit; raise Refused where another one is checked out."""
    commit, head = tagged_commit(tag, git), git.head()
    if commit != head:
        raise Refused(
            f"HEAD is at {head.short}, and the tag {tag} is at {commit.short}",
            expected="the tag's own commit, checked out",
            cure=f"git switch --detach {tag}, then run it again",
        )
    return commit


def _newest(tags: Iterable[str]) -> str:
    """Return the newest release tag in brackets, or nothing."""
    released = release_tags(tags)
    return f" (the newest is {released[0]})" if released else ""


def _refuse_untracked_start_files(manifest: Manifest, git: Git) -> None:
    """Refuse a start file that is in the folder and not in the commit, from which cyber-dojo takes it."""
    lacking = sorted(manifest_files.paths(manifest) & git.untracked(str(PurePosixPath(manifest.path).parent)))
    if lacking:
        raise Refused(
            f"the commit lacks {', '.join(lacking[:5])}, which is a start file",
            expected="start files that the commit has: cyber-dojo takes them from there",
            cure="commit them, and tag that commit",
        )


def _spec(request: BuiltFrom, run: Run) -> BuildSpec:
    given = build_args(request.build_arg)
    path, dockerfile = read_dockerfile(request.directory, given, run.log, request.platform)
    folder, name = request.directory / DOCKER_FOLDER, PurePosixPath(path).name
    files = context_files(folder, name)
    expect_images(path, dockerfile)
    bases = {text: _base_at(Place(path, dockerfile.line_of(text)), text, run.registry) for text in dockerfile.bases}
    base = bases.get(dockerfile.base or "")
    distribution = ""
    if path == DOCKERFILE_BASE:
        distribution, dockerfile = completed(dockerfile, base, run)
    return BuildSpec(
        dockerfile=dockerfile.pinned({text: base.pinned for text, base in bases.items()}),
        completed_for=distribution,
        context=folder,
        ignore=own_ignore(folder, name),
        files=files,
        base=base,
        bases=tuple(bases.values()),
        platforms=request.platform,
        builder=request.builder,
        build_args=request.build_arg,
        secrets=request.secret,
        no_cache=request.no_cache,
        provenance=request.provenance,
        sbom=request.sbom,
    )


def _base_at(place: Place, text: str, registry: Registry) -> Base:
    """Return a base's image; an error about it begins with the line that names it."""
    try:
        return base_of(text, registry)
    except LtfError as error:
        error.found = f"the base image {error.found}" if error.about else error.found
        raise error.found_at(place) from None


def base_of(text: str, registry: Registry) -> Base:
    """Return the image of a name, with the digest that it has now."""
    name = ImageName.parse(text)
    return Base(name if name.tag or name.digest else name._replace(tag=LATEST), digest_now(name, registry))
