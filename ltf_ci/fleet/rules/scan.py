"""What repositories' own files say of the images that they make: as entries, and compared with dependents.json."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from ltf_ci.errors import BadInput, LtfError
from ltf_ci.fleet.graph import Repository
from ltf_ci.languages.dependents import Dependent, Dependents, key_of, line_of, parse_key
from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.image import ImageName
from ltf_ci.model.release_tag import ReleaseTag, is_release_tag, release_tag_in

SCRATCH = "scratch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What a repository has at one of its tags: the image that it makes, and the texts of its FROM lines.

    A start point's repository makes no image: it labels the one that its settings name, its only base.
    """

    place: Place
    repository: str
    owner: str = ""
    is_start_point: bool = False
    tag: ReleaseTag | None
    image: ImageName
    bases: tuple[str, ...]
    test_framework: bool


def entry(scanned: Scanned) -> Dependent:
    """Return what a repository says as an entry; raise BadInput where a FROM is no image's name that ltf-ci knows."""
    tag = scanned.tag or (release_tag_in(scanned.image.tag) if is_release_tag(scanned.image.tag) else None)
    key = key_of(scanned.repository, tag.version if tag else None)
    repository, version = parse_key(key)
    return Dependent(
        key=key,
        repository=repository,
        version=version,
        place=scanned.place,
        bases=tuple(map(ImageName.parse, scanned.bases or (SCRATCH,))),
        image=scanned.image.tagged(tag) if tag else scanned.image.untagged,
        test_framework=scanned.test_framework,
    )


def entries(
    scanned: Iterable[Scanned], known: Iterable[Dependent] = ()
) -> tuple[tuple[Dependent, ...], tuple[Finding, ...]]:
    """Return the entries of all repositories, and why others have none: each key once.

    Where an image's repository has a start point's name, here or among the known entries, the start point's entry is
    named by OWNER/NAME. An image that a start point is made of is a test framework's.
    """
    every = tuple(scanned)
    names = {each.repository for each in every if not each.is_start_point}
    names |= {entry.repository for entry in known if not entry.is_start_point}
    found: dict[str, Dependent] = {}
    faults: list[Finding] = []
    for each in (_with_owner(each, names) for each in every):
        try:
            new = entry(each)
        except BadInput as error:
            faults.append(_unknown(each, error))
            continue
        first = found.setdefault(new.key, new)
        if first is not new:
            faults.append(_repeated(new, first))
    tested = {entry.image.repository for entry in found.values() if entry.is_start_point}
    return tuple(_marked(entry, tested) for entry in found.values()), tuple(faults)


def _marked(entry: Dependent, tested: Collection[Repository]) -> Dependent:
    return replace(entry, test_framework=entry.test_framework or entry.image.repository in tested)


def _with_owner(scanned: Scanned, names: Collection[str]) -> Scanned:
    """Return a start point under its OWNER/NAME where an image's repository has its name too."""
    if scanned.is_start_point and scanned.owner and scanned.repository in names:
        return replace(scanned, repository=f"{scanned.owner}/{scanned.repository}")
    return scanned


def differences(dependents: Dependents, scanned: Iterable[Dependent]) -> Iterator[Finding]:
    """Find where the file says otherwise than the repositories, which are right."""
    there = {entry.key: entry for entry in dependents.entries}
    seen = {entry.key: entry for entry in scanned}
    for key, true in seen.items():
        if key in there:
            yield from _differing_members(there[key], true)
        else:
            yield _missing(true, dependents.path)
    for key, entry in there.items():
        if key not in seen:
            yield _unlisted(entry)


def unreadable(place: Place, repository: str, error: LtfError) -> Finding:
    """Return why it is not known which image a repository makes, and FROM which."""
    return Finding(
        rule="scan-files",
        place=place,
        found=f"{repository}: {error.found}",
        expected=error.expected,
        cure=error.cure or "mend it in the repository, and run this again",
    )


def _unknown(scanned: Scanned, error: BadInput) -> Finding:
    return Finding(
        rule="scan-name",
        place=scanned.place,
        found=f"{scanned.repository}: {error.found}",
        expected=error.expected,
        cure="cyber-dojo cannot show it: rename it",
    )


def _differing_members(entry: Dependent, true: Dependent) -> Iterator[Finding]:
    if {*map(_same, entry.bases)} != {*map(_same, true.bases)}:
        yield _differs(entry, "from", _names(entry.bases), f"{_names(true.bases)}, as its Dockerfile says")
    if _image_of(entry) != _image_of(true):
        yield _differs(entry, "image_name", str(entry.image), f"{true.image}, as its repository says")


def _same(base: ImageName) -> tuple[object, str]:
    """Return what two names of one image have in common: no tag is `latest`."""
    return base.repository, base.reference


def _image_of(entry: Dependent) -> object:
    """Return what two entries must have in common: revisions rise, and an older one is not wrong."""
    return entry.image.repository, line_of(entry.image) if entry.version else ""


def _names(images: Iterable[ImageName]) -> str:
    return ", ".join(map(str, images))


def _differs(entry: Dependent, name: str, found: str, expected: str) -> Finding:
    return Finding(
        rule=f"scan-{name.replace('_', '-')}-differs",
        place=entry.place,
        path=f"{entry.key}.{name}",
        found=f"{entry.key} has {name} {found}",
        expected=expected,
        cure="`ltf-ci dependents scan --write` writes it so",
    )


def _missing(true: Dependent, path: str) -> Finding:
    return Finding(
        rule="scan-entry-missing",
        place=true.place,
        found=f"{path} has no entry {true.key}",
        expected=f"one that is made from {_names(true.bases)} and makes {true.image}",
        cure="`ltf-ci dependents scan --write` adds it",
    )


def _unlisted(entry: Dependent) -> Finding:
    return Finding(
        rule="scan-unlisted",
        place=entry.place,
        path=entry.key,
        found=f"{entry.key} is no repository and version that was looked into",
        expected="a line for it in the list of repositories",
        cure="add the line, or remove the entry",
    )


def _repeated(new: Dependent, first: Dependent) -> Finding:
    return Finding(
        rule="scan-repeated",
        place=new.place,
        found=f"{new.key} is in line {first.place.line} already",
        expected="one line for each repository and language version",
        cure="remove the older one",
    )
