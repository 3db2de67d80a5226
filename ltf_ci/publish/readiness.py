"""What can be seen of a release before anything is built: for `check`, and for the release itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from ltf_ci.clients.docker.dockerfile import Dockerfile
from ltf_ci.clients.files import read_file
from ltf_ci.clients.git.repository import Git
from ltf_ci.errors import BadInput, GitFailed, MissingTool
from ltf_ci.manifest.ltf_repository import Checked
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.manifest.rules import agreement, files
from ltf_ci.model.file_text import text_of
from ltf_ci.model.finding import Place
from ltf_ci.model.github_host import AT_GITHUB, GithubHost
from ltf_ci.model.layout import (
    DOCKER_FOLDER,
    DOCKERFILES,
    LAMBDA_OF_IMAGE,
    LIST_FORM,
    LIST_PLACES,
    SETTINGS,
)
from ltf_ci.model.release_tag import LanguageVersion
from ltf_ci.publish.committed import converted_files
from ltf_ci.publish.dockerfiles import almost_dockerfile, expect_images, read_dockerfile
from ltf_ci.publish.rules import readiness
from ltf_ci.publish.rules.readiness import NOTHING_SETTLED, ReleaseFacts, Settled
from ltf_ci.traffic_light.start_file_texts import OPTIONS, options_of, start_files_of


def with_readiness(
    checked: Checked,
    directory: Path,
    settled: Settled = NOTHING_SETTLED,
    *,
    is_tested: bool = True,
    git: Git | None = None,
    github: GithubHost = AT_GITHUB,
) -> Checked:
    """Add to a check what can be seen of the release; the files of HEAD are looked at where `git` is given."""
    with _files(checked, directory, git) as folder:
        facts = _facts(checked, folder, settled)
    if git:
        workflows = _workflows(git, github)
        committed = _committed(facts.manifest, workflows or (), git)
        facts = _with_workflows(facts, workflows, committed)
        registry = _registry(checked, settled.push_to()) if facts.workflows else ""
        facts = facts._replace(registry=registry, converted=_converted(facts.manifest, git))
        facts = _with_line_ends(_compared(facts, directory, git, committed), directory, git, committed)
        there = frozenset(path for path, raw in committed.items() if raw is not None)
        checked = checked._replace(findings=tuple(files.to_restore(each, there) for each in checked.findings))
    facts = facts._replace(of_list=_of_list(directory))
    return checked._replace(findings=(*checked.findings, *readiness.findings(facts, is_tested=is_tested)))


@contextmanager
def _files(checked: Checked, directory: Path, git: Git | None) -> Iterator[Path]:
    """Yield the folder whose files count; HEAD's, where a sparse checkout leaves docker/ out."""
    if git is None or not checked.repository.builds_image or (directory / DOCKER_FOLDER).is_dir():
        yield directory
        return
    from ltf_ci.clients.temporary import temporary_folder  # a whole checkout does not wait for these
    from ltf_ci.publish.content import write_needed

    with temporary_folder("commit") as folder:
        write_needed(git, git.head(), checked.repository.manifest, folder)
        yield folder


def _converted(manifest: Manifest | None, git: Git) -> Mapping[str, str]:
    try:
        return converted_files(git, manifest)
    except GitFailed:  # an unpacked archive, or a repository without a commit
        return {}


def _facts(checked: Checked, directory: Path, settled: Settled) -> ReleaseFacts:
    manifest = checked.repository.manifest
    is_there = any((directory / name).exists() for name in DOCKERFILES)
    path, dockerfile, unreadable = _dockerfile(directory, settled) if is_there else ("", None, None)
    texts = start_files_of(directory, manifest) if manifest else {}
    files = {name: text for name, text in texts.items() if text is not None}
    needs_source = not checked.repository.builds_image
    return ReleaseFacts(
        manifest=manifest,
        files=files,
        has_all_files=len(files) == len(texts),
        options=options_of(directory, manifest) if manifest else None,
        lambda_complaint=_lambda_complaint(directory),
        image=_image(checked),
        dockerfile=path,
        misses_dockerfile=not (needs_source or is_there),
        almost_dockerfile=almost_dockerfile(directory),
        bases=dockerfile.bases if dockerfile else (),
        lenders=dockerfile.lenders if dockerfile else (),
        unreadable=unreadable,
        version=_version(checked, manifest),
        settled=settled if needs_source else settled._replace(image_from=None),
    )


def _image(checked: Checked) -> str:
    """Return the path of the repository's own image; empty where it names none that can be read."""
    with suppress(BadInput):
        return checked.repository.image_of(None).path
    return ""


def _registry(checked: Checked, push_to: str) -> str:
    """Return the registry that a release sends the image to; empty where the repository names no image."""
    with suppress(BadInput):
        image = checked.repository.image_of(None)
        return (image.under(push_to) if push_to else image).registry
    return ""


def _version(checked: Checked, manifest: Manifest | None) -> LanguageVersion | None:
    tag = checked.tag or (agreement.proposed_tag(manifest) if manifest else None)
    return tag.version if tag else checked.version


def _dockerfile(directory: Path, settled: Settled) -> tuple[str, Dockerfile | None, BadInput | None]:
    """Return the Dockerfile by its path; or why a build could not read it."""
    try:
        path, dockerfile = read_dockerfile(directory, settled.build_args, platforms=settled.platforms)
        expect_images(path, dockerfile)
    except BadInput as error:
        return "", None, error
    try:
        _expect_ignore(directory / DOCKER_FOLDER, PurePosixPath(path).name)
    except BadInput as error:
        if error.place is None or not error.place.line:  # it is no file, or leads elsewhere: no part of the repository
            raise
        return "", None, error
    return path, dockerfile, None


def _expect_ignore(folder: Path, dockerfile: str) -> None:
    """Raise BadInput where a build could not read its .dockerignore."""
    if not any(folder.glob("*.dockerignore")):
        return
    from ltf_ci.clients.docker.dockerignore import ignore_of  # few have one

    ignore_of(folder, dockerfile)


def _lambda_complaint(directory: Path) -> str | None:
    with suppress(BadInput, MissingTool):
        raw = read_file(directory, LAMBDA_OF_IMAGE)
        if raw is not None:
            from ltf_ci.clients import ruby  # `check` must not pay for it where there is nothing to ask

            return ruby.complaints([], [text_of(raw, LAMBDA_OF_IMAGE)])[1][0]
    return None


def _workflows(git: Git, github: GithubHost) -> tuple[str, ...] | None:
    """Return the paths of HEAD's workflows; None where no workflow of GitHub's releases it."""
    try:
        origin = git.origin_if_readable()
        if origin is None or not github.name_of(origin):
            return None
        return git.ci_paths("HEAD")
    except GitFailed:  # no repository, or one without a commit
        return None


def _committed(manifest: Manifest | None, workflows: Sequence[str], git: Git) -> Mapping[str, bytes | None]:
    """Return what HEAD has of workflows, settings and start files, by their paths; nothing where there is no HEAD."""
    start_files = _start_files(manifest) if manifest else ()
    try:
        found = git.contents_at("HEAD", (*workflows, SETTINGS, *sorted(start_files)))
        return found if any(found.values()) or str(git.head()) else {}
    except GitFailed:  # no repository, or one without a commit
        return {}


def _with_workflows(
    facts: ReleaseFacts, paths: Sequence[str] | None, committed: Mapping[str, bytes | None]
) -> ReleaseFacts:
    if paths is None:
        return facts
    texts = {path: text_of(raw, path) for path in paths if (raw := committed.get(path)) is not None}
    return facts._replace(workflows=texts)


def _of_list(directory: Path) -> tuple[Place, ...]:
    """Return where the settings have keys that count in a languages repository alone."""
    raw = read_file(directory, SETTINGS) or b""
    if not any(key.encode() in raw for key in (LIST_FORM, LIST_PLACES)):
        return ()
    from ltf_ci.clients import yaml_file  # slow to import, and seldom needed

    return tuple(place for key, place in yaml_file.read(raw, SETTINGS)[1].keys if key in (LIST_FORM, LIST_PLACES))


def _compared(facts: ReleaseFacts, directory: Path, git: Git, committed: Mapping[str, bytes | None]) -> ReleaseFacts:
    """Return the facts with where folder and commit differ, but for workflows."""
    own = {path: raw for path, raw in committed.items() if path not in (facts.workflows or {})}
    try:
        return _differing(facts, directory, git, own)
    except GitFailed:  # no work tree
        return facts


def _start_files(manifest: Manifest) -> frozenset[str]:
    return files.paths(manifest) | {str(PurePosixPath(manifest.path).parent / OPTIONS)}


def _differing(facts: ReleaseFacts, directory: Path, git: Git, committed: Mapping[str, bytes | None]) -> ReleaseFacts:
    looked = {path: _content(directory, path) for path in committed}
    here = {path: raw for path, raw in looked.items() if raw is not None}
    other = [path for path, raw in here.items() if _with_lf(raw) != _with_lf(committed[path])]
    tracked = git.tracked(*other) if other else {}
    lacking = [path for path in other if committed[path] is None]
    return facts._replace(
        uncommitted=tuple(path for path in lacking if path not in tracked or _is_link(directory, path)),
        passed_over=tuple(path for path in other if path not in lacking and path != SETTINGS and tracked.get(path)),
        in_lfs=tuple(path for path, raw in committed.items() if path in here and _is_in_lfs(raw or b"")),
    )


def _with_line_ends(
    facts: ReleaseFacts, directory: Path, git: Git, committed: Mapping[str, bytes | None]
) -> ReleaseFacts:
    """Return the facts with scripts as git keeps them: a checkout may have written CR LF (core.autocrlf)."""
    folder = PurePosixPath(facts.manifest.path).parent if facts.manifest else PurePosixPath()
    found = {name: str(folder / name) for name, text in facts.files.items() if name.endswith(".sh") and "\r\n" in text}
    if not found:
        return facts
    from ltf_ci.clients.git.line_ends import as_kept  # few have any

    kept = {
        name: as_kept(git, path, (directory / path).read_bytes(), committed.get(path)) for name, path in found.items()
    }
    return facts._replace(files={**facts.files, **{name: text_of(raw, found[name]) for name, raw in kept.items()}})


def _is_in_lfs(raw: bytes) -> bool:
    if not raw.startswith(b"version "):
        return False
    from ltf_ci.clients.git.tree_entries import lfs_pointer  # few begin so

    return bool(lfs_pointer(raw))


def _content(directory: Path, path: str) -> bytes | None:
    """Return a file's bytes; None where it is none of a sane size inside the repository, which `check` says."""
    with suppress(BadInput):
        return read_file(directory, path)
    return None


def _with_lf(raw: bytes | None) -> bytes | None:
    return raw if raw is None else raw.replace(b"\r\n", b"\n")


def _is_link(directory: Path, path: str) -> bool:
    """Whether a path leads through a link: then the file that it leads to may be what the commit lacks."""
    return (directory / path).resolve() != directory.resolve() / path
