"""What a list of repositories says of the images that they make: their names, and their Dockerfiles' FROM lines."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ltf_ci.clients.concurrency import concurrently
from ltf_ci.clients.files import read_file
from ltf_ci.clients.run import Run
from ltf_ci.errors import BadInput, LtfError
from ltf_ci.fleet.rules import scan as rules
from ltf_ci.fleet.rules.scan import Scanned
from ltf_ci.languages.dependents import Dependent
from ltf_ci.languages.languages_list import LanguagesList, Line
from ltf_ci.languages.listed_repositories import address, follow, read_list
from ltf_ci.languages.rules import lines as list_rules
from ltf_ci.manifest.repository import read_repository
from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.image import ImageName
from ltf_ci.model.layout import LAMBDA_OF_IMAGE
from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.publish.dockerfiles import read_dockerfile
from ltf_ci.publish.options import build_args
from ltf_ci.publish.requests import BuildRequest


@dataclass(frozen=True, slots=True)
class ImageSource:
    """A repository's files: the image that it makes, those that it is made FROM, and whether for people's tests."""

    image: ImageName
    bases: tuple[str, ...]
    test_framework: bool

    def scanned(self, place: Place, repository: str, tag: ReleaseTag | None) -> Scanned:
        """Return which repository it is of, at which tag, and where that is named."""
        return Scanned(
            place=place,
            repository=repository,
            tag=tag,
            image=self.image,
            bases=self.bases,
            test_framework=self.test_framework,
        )


def scan(file: Path, run: Run, *, local: bool, cache: Path | None) -> tuple[tuple[Dependent, ...], tuple[Finding, ...]]:
    """Look into every repository of a list, and give their entries; what is wrong with one hides no other.

    A path without `?tag=` is a folder, read as it is; all else is cloned.
    """
    listed = read_list(file)
    lines = list_rules.followed(listed, local=local)
    folders = tuple(line for line in lines if _is_folder(listed, line))
    look = partial(_source_or_error, run=run)
    looked = concurrently(look, [_folder(listed, line) for line in folders])
    cloned = follow(listed, tuple(line for line in lines if line not in folders), look, run, cache)
    seen = {line: looked[_folder(listed, line)] for line in folders} | {line: seen for line, _, seen in cloned.seen}
    faults = [*list_rules.of_lines(listed, local=local), *cloned.findings]
    faults += [
        rules.unreadable(listed.place(line), line.entry.url.name, error)
        for line, error in seen.items()
        if isinstance(error, LtfError)
    ]
    found = {line: source for line, source in seen.items() if isinstance(source, ImageSource)}
    entries, more = rules.entries(_scanned(listed, line, found[line]) for line in lines if line in found)
    known = {fault.place for fault in faults}
    return entries, (*faults, *(fault for fault in more if fault.place not in known))


def source(folder: Path, run: Run) -> ImageSource:
    """Look into a repository's folder, or raise BadInput where it makes no image.

    ARGs in FROM are as its own settings have them for a release.
    """
    repository = read_repository(folder)
    _, dockerfile = read_dockerfile(folder, build_args(run.options_for(BuildRequest, folder).build_arg))
    tests = repository.manifest is not None or read_file(folder, LAMBDA_OF_IMAGE) is not None
    return ImageSource(repository.image_of(None), dockerfile.bases, tests)


def _source_or_error(folder: Path, run: Run) -> ImageSource | LtfError:
    try:
        return source(folder, run)
    except LtfError as error:
        found = error.found.replace(str(folder), "the repository")
        return BadInput(found, expected=error.expected, cure=error.cure)


def _is_folder(listed: LanguagesList, line: Line) -> bool:
    return line.entry.url.is_local and not line.entry.commit and "?" not in listed.text[line.start : line.end]


def _folder(listed: LanguagesList, line: Line) -> Path:
    return Path(address(listed, line).text.removeprefix("file://"))


def _scanned(listed: LanguagesList, line: Line, seen: ImageSource) -> Scanned:
    return seen.scanned(listed.place(line), address(listed, line).name, line.entry.tag)
