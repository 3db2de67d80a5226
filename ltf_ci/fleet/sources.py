"""What a list of repositories says of the images that they make: their names, and their Dockerfiles' FROM lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ltf_ci.clients.concurrency import concurrently
from ltf_ci.clients.files import read_file
from ltf_ci.clients.run import OptionsFor, Run
from ltf_ci.errors import BadInput, LtfError
from ltf_ci.fleet.rules import pairs
from ltf_ci.fleet.rules import scan as rules
from ltf_ci.fleet.rules.scan import Scanned
from ltf_ci.languages.dependents import Dependent
from ltf_ci.languages.languages_list import LanguagesList, Line
from ltf_ci.languages.listed_repositories import address, follow, read_list
from ltf_ci.languages.rules import lines as list_rules
from ltf_ci.manifest.repository import read_repository
from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.image import ImageName, is_commit
from ltf_ci.model.layout import LAMBDA_OF_IMAGE, SETTINGS
from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.model.repository_url import RepositoryUrl
from ltf_ci.publish.dockerfiles import read_dockerfile
from ltf_ci.publish.options import build_args
from ltf_ci.publish.requests import BuildRequest


@dataclass(frozen=True, slots=True)
class ImageSource:
    """A repository's files: the image that it makes, those that it is made FROM, and whether for people's tests."""

    image: ImageName
    bases: tuple[str, ...]
    test_framework: bool
    is_start_point: bool = False

    def scanned(self, place: Place, url: RepositoryUrl, tag: ReleaseTag | None, name: str = "") -> Scanned:
        """Return which repository it is of, at which tag, and where that is named; `name` goes before its address's."""
        return Scanned(
            place=place,
            repository=name or url.name,
            owner=url.owner_and_name.rpartition("/")[0],
            is_start_point=self.is_start_point,
            tag=tag,
            image=self.image,
            bases=self.bases,
            test_framework=self.test_framework,
        )


@dataclass(frozen=True, slots=True)
class Scan:
    """What the repositories of one list have, and what is wrong with the list, or with one of them."""

    scanned: tuple[Scanned, ...]
    faults: tuple[Finding, ...]


def scan(
    files: Iterable[Path], known: Iterable[Dependent], run: Run, *, local: bool, cache: Path | None
) -> tuple[tuple[Dependent, ...], tuple[Finding, ...]]:
    """Return the entries of every repository of some lists; what is wrong with one hides no other.

    A path without `?tag=` is a folder, read as it is; all else is cloned. `known` are the entries that are there.
    """
    scans = [_scan(file, run, local=local, cache=cache) for file in files]
    faults = tuple(fault for each in scans for fault in each.faults)
    scanned = tuple(each for one in scans for each in one.scanned)
    entries, more = rules.entries(scanned, known)
    places = {fault.place for fault in faults}
    return entries, (*faults, *(fault for fault in more if fault.place not in places), *pairs.other_images(scanned))


def _scan(file: Path, run: Run, *, local: bool, cache: Path | None) -> Scan:
    listed = read_list(file)
    lines = list_rules.followed(listed, local=local)
    folders = tuple(line for line in lines if _is_folder(listed, line))
    look = partial(_source_or_error, options_for=run.options_for)
    looked = concurrently(look, [_folder(listed, line) for line in folders])
    cloned = follow(listed, tuple(line for line in lines if line not in folders), look, run, cache)
    seen = {line: looked[_folder(listed, line)] for line in folders} | {line: seen for line, _, seen in cloned.seen}
    faults = [
        *(fault for fault in list_rules.of_lines(listed, local=local, github=run.github_host) if fault.fails),
        *cloned.findings,
    ]
    faults += [
        rules.unreadable(listed.place(line), line.entry.url.name, error)
        for line, error in seen.items()
        if isinstance(error, LtfError)
    ]
    found = {line: source for line, source in seen.items() if isinstance(source, ImageSource)}
    return Scan(tuple(_scanned(listed, line, found[line]) for line in lines if line in found), tuple(faults))


def source(folder: Path, options_for: OptionsFor) -> ImageSource:
    """Look into a repository's folder, or raise BadInput where it makes no image.

    ARGs in FROM are as its own settings have them for a release.
    """
    repository = read_repository(folder)
    options = options_for(BuildRequest, folder)
    if not repository.builds_image:
        return _start_point(repository.image_of(None), options.image_from)
    _, dockerfile = read_dockerfile(folder, build_args(options.build_arg))
    tests = repository.manifest is not None or read_file(folder, LAMBDA_OF_IMAGE) is not None
    return ImageSource(repository.image_of(None), dockerfile.bases, tests)


def _start_point(image: ImageName, image_from: str) -> ImageSource:
    """Return what a start point's own repository labels: the image of its settings, else the manifest's commit."""
    if not image_from and not is_commit(image.tag):
        raise BadInput(
            f"{SETTINGS} does not name the image that {image} is made from",
            expected=f"image-from: {image.untagged}:TAG",
            cure=f"write it into {SETTINGS}: `ltf-ci init` does",
        )
    return ImageSource(image, (image_from or str(image),), test_framework=True, is_start_point=True)


def _source_or_error(folder: Path, options_for: OptionsFor) -> ImageSource | LtfError:
    try:
        return source(folder, options_for)
    except LtfError as error:
        found = error.found.replace(str(folder), "the repository")
        return BadInput(found, expected=error.expected, cure=error.cure)


def _is_folder(listed: LanguagesList, line: Line) -> bool:
    return line.entry.url.is_local and not line.entry.commit and "?" not in listed.text[line.start : line.end]


def _folder(listed: LanguagesList, line: Line) -> Path:
    return Path(address(listed, line).text.removeprefix("file://"))


def _scanned(listed: LanguagesList, line: Line, seen: ImageSource) -> Scanned:
    return seen.scanned(listed.place(line), address(listed, line), line.entry.tag)
