"""What can be seen of a release before anything is built, gathered: for `check`, and for the release itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from ltf_ci.clients.files import read_file
from ltf_ci.clients.git.repository import Git
from ltf_ci.errors import BadInput, MissingTool
from ltf_ci.manifest.ltf_repository import Checked
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.manifest.rules import agreement, files
from ltf_ci.model.file_text import text_of
from ltf_ci.model.finding import Place
from ltf_ci.model.github_host import AT_GITHUB, GithubHost
from ltf_ci.model.image import ImageName
from ltf_ci.model.layout import DOCKER_FOLDER, DOCKERFILES, LAMBDA_OF_IMAGE, LIST_FORM, LIST_PLACES, SETTINGS
from ltf_ci.publish.committed import Committed, differences, read_committed
from ltf_ci.publish.dockerfiles import almost_dockerfile, expect_images, read_dockerfile
from ltf_ci.publish.options import build_args
from ltf_ci.publish.rules import readiness
from ltf_ci.publish.rules.commit import CommitFacts
from ltf_ci.publish.rules.dockerfile import DockerfileFacts, Language
from ltf_ci.publish.rules.readiness import ReleaseFacts
from ltf_ci.publish.rules.release_settings import SettingsFacts
from ltf_ci.publish.rules.start_files import StartFiles, scripts_with_crlf
from ltf_ci.traffic_light.start_file_texts import options_of, start_files_of

if TYPE_CHECKING:
    from ltf_ci.publish.rules.release_workflows import ReleaseWorkflows


class Settled(NamedTuple):
    """How a repository is released, as its options say; None where that was not looked at.

    `languages` is the languages repository, empty where none is named. `push_to` returns the option of that name: a
    check asks for it only where a workflow of the commit calls ltf-ci.
    """

    build_arg: tuple[str, ...]
    platform: tuple[str, ...]
    version_command: str = ""
    image_from: str | None = None
    languages: str | None = None
    push_to: Callable[[], str] = str


def with_readiness(
    checked: Checked,
    directory: Path,
    settled: Settled,
    *,
    is_tested: bool = True,
    git: Git | None = None,
    github: GithubHost = AT_GITHUB,
) -> Checked:
    """Add to a check what can be seen of the release; the files of HEAD are looked at where `git` is given."""
    manifest, builds_image = checked.repository.manifest, checked.repository.builds_image
    committed = read_committed(git, manifest, github) if git else Committed()
    image = _image(checked)
    with _files(checked, directory, git) as folder:
        facts = ReleaseFacts(
            manifest=manifest,
            start_files=_start_files(folder, manifest, committed, git) if manifest else StartFiles(),
            dockerfile=_dockerfile(folder, settled, builds_image=builds_image),
            language=_language(checked, image),
            settings=SettingsFacts(
                version_command=settled.version_command,
                image_from=None if builds_image else settled.image_from,
                of_list=_of_list(directory),
            ),
            commit=differences(git, manifest, committed) if git else CommitFacts(),
            workflows=_workflows(committed.workflows, image, settled, is_listed=manifest is not None),
        )
    there = {path for path, raw in committed.files.items() if raw is not None}
    restored = (files.to_restore(each, there) for each in checked.findings)
    return checked._replace(findings=(*restored, *readiness.findings(facts, is_tested=is_tested)))


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


def _image(checked: Checked) -> ImageName | None:
    """Return the repository's own image; None where it names none that can be read."""
    with suppress(BadInput):
        return checked.repository.image_of(None)
    return None


def _start_files(folder: Path, manifest: Manifest, committed: Committed, git: Git | None) -> StartFiles:
    texts = start_files_of(folder, manifest)
    return StartFiles(
        texts={**texts, **_scripts(folder, manifest, texts, committed, git)} if git else texts,
        options=options_of(folder, manifest),
        lambda_complaint=_lambda_complaint(folder),
    )


def _scripts(
    folder: Path, manifest: Manifest, texts: Mapping[str, str | None], committed: Committed, git: Git
) -> Mapping[str, str]:
    """Return scripts as git keeps them, where a checkout may have written CR LF (core.autocrlf)."""
    found = {name: str(PurePosixPath(manifest.path).parent / name) for name in scripts_with_crlf(texts)}
    if not found:
        return {}
    from ltf_ci.clients.git.line_ends import as_kept  # few have any

    return {
        name: text_of(as_kept(git, path, (folder / path).read_bytes(), committed.files.get(path)), path)
        for name, path in found.items()
    }


def _lambda_complaint(directory: Path) -> str | None:
    with suppress(BadInput, MissingTool):
        raw = read_file(directory, LAMBDA_OF_IMAGE)
        if raw is not None:
            from ltf_ci.clients import ruby  # `check` must not pay for it where there is nothing to ask

            return ruby.complaints([], [text_of(raw, LAMBDA_OF_IMAGE)])[1][0]
    return None


def _dockerfile(folder: Path, settled: Settled, *, builds_image: bool) -> DockerfileFacts:
    """Return the Dockerfile by its path; or why a build could not read it."""
    if not any((folder / name).exists() for name in DOCKERFILES):
        return DockerfileFacts(is_missing=builds_image, almost=almost_dockerfile(folder))
    try:
        path, dockerfile = read_dockerfile(folder, build_args(settled.build_arg), platforms=settled.platform)
        expect_images(path, dockerfile)
    except BadInput as error:
        return DockerfileFacts(unreadable=error)
    try:
        _expect_ignore(folder / DOCKER_FOLDER, PurePosixPath(path).name)
    except BadInput as error:
        if error.place is None or not error.place.line:  # it is no file, or leads elsewhere: no part of the repository
            raise
        return DockerfileFacts(unreadable=error)
    return DockerfileFacts(path=path, bases=dockerfile.bases, lenders=dockerfile.lenders)


def _expect_ignore(folder: Path, dockerfile: str) -> None:
    """Raise BadInput where a build could not read its .dockerignore."""
    if not any(folder.glob("*.dockerignore")):
        return
    from ltf_ci.clients.docker.dockerignore import ignore_of  # few have one

    ignore_of(folder, dockerfile)


def _language(checked: Checked, image: ImageName | None) -> Language | None:
    manifest = checked.repository.manifest
    tag = checked.tag or (agreement.proposed_tag(manifest) if manifest else None)
    version = tag.version if tag else checked.version
    name = (manifest and manifest.string("display_name")) or ""
    return Language.of(version, name, image.path if image else "") if version else None


def _of_list(directory: Path) -> tuple[Place, ...]:
    """Return where the settings have keys that count in a languages repository alone."""
    raw = read_file(directory, SETTINGS) or b""
    if not any(key.encode() in raw for key in (LIST_FORM, LIST_PLACES)):
        return ()
    from ltf_ci.clients import yaml_file  # slow to import, and seldom needed

    return tuple(place for key, place in yaml_file.read(raw, SETTINGS)[1].keys if key in (LIST_FORM, LIST_PLACES))


def _workflows(
    texts: Mapping[str, str] | None, image: ImageName | None, settled: Settled, *, is_listed: bool
) -> ReleaseWorkflows | None:
    if texts is None:
        return None
    from ltf_ci.publish.rules.release_workflows import ReleaseWorkflows  # what is nowhere at GitHub waits for none

    registry = _registry(image, settled.push_to()) if texts else ""
    return ReleaseWorkflows(texts, registry, settled.languages if is_listed else None)


def _registry(image: ImageName | None, push_to: str) -> str:
    """Return the registry that a release sends the image to; empty where the repository names no image."""
    with suppress(BadInput):
        return image.under(push_to).registry if image else ""
    return ""
