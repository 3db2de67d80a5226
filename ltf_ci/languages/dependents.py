"""dependents.json: for each repository and version line, the image that it makes, and those that it is made FROM."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import NamedTuple, TypeVar

from ltf_ci.errors import BadInput
from ltf_ci.model import located_json
from ltf_ci.model.bounds import LARGEST
from ltf_ci.model.finding import Place
from ltf_ci.model.image import ImageName, is_fixed
from ltf_ci.model.located_json import Located
from ltf_ci.model.nearest import nearest
from ltf_ci.model.release_tag import LanguageVersion, release_tag_in

NAME = "dependents.json"
FROM, IMAGE_NAME, TEST_FRAMEWORK = "from", "image_name", "test_framework"
_OWNER, _NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}/", r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}"
_KEY = re.compile(rf"(?P<repository>(?:{_OWNER})?{_NAME})(?: \((?P<version>[^()\s]+)\))?")
_ENTRY = f'{{"{FROM}": "python:3.7.4", "{IMAGE_NAME}": "OWNER/python_assert:3.7.4-22", "{TEST_FRAMEWORK}": true}}'
_MOST_FAULTS = 1_000
T = TypeVar("T")


class Fault(NamedTuple):
    """Why something in the file cannot be read: its place, the way to it, and the error."""

    place: Place
    path: str
    error: BadInput


@dataclass(frozen=True, slots=True)
class Dependent:
    """An entry: a repository's version line (None in the older form), the images it is made FROM, and its own."""

    key: str
    repository: str
    version: LanguageVersion | None
    place: Place
    bases: tuple[ImageName, ...]
    image: ImageName
    test_framework: bool

    @property
    def is_start_point(self) -> bool:
        """Whether it is a start point's own repository, which gives another repository's image its own labels."""
        base = self.bases[0]
        return len(self.bases) == 1 and base.repository == self.image.repository and bool(base.tag or base.digest)

    def is_made_before(self, base: ImageName) -> bool:
        """Whether a base is an earlier release of its own version line, which no build makes again."""
        if base.repository != self.image.repository or self.is_start_point:
            return False
        own, other = release_tag_in(self.image.tag), release_tag_in(base.tag)
        if is_fixed(base) or not (own and other):
            return is_fixed(base) or bool(other and other.revision)
        return own.version == other.version and 0 < other.revision < (own.revision or other.revision + 1)

    @property
    def name(self) -> str:
        """Its repository's short name."""
        return self.repository.rpartition("/")[2]

    @property
    def line(self) -> str:
        """The version line of its image, or a tag that is no release; empty where it is of every tag."""
        if self.version:
            return self.version.text
        return line_of(self.image)


@dataclass(frozen=True, slots=True)
class Dependents:
    """The file: its text, the entries that can be read, in its order, and what is wrong with the others."""

    path: str
    text: str
    entries: tuple[Dependent, ...]
    faults: tuple[Fault, ...]

    @classmethod
    def parse(cls, raw: bytes, path: str) -> Dependents:
        """Read a file whose every entry can be read, or raise BadInput at the first that cannot."""
        read = cls.read(raw, path)
        for place, way, error in read.faults:
            raise BadInput(f"{place}: {way}: {error.found}", expected=error.expected, cure=error.cure) from error
        return read

    @classmethod
    def read(cls, raw: bytes, path: str) -> Dependents:
        """Read a file, faults and all; raise BadInput where it is no JSON object, or has hardly anything but faults."""
        text, root = located_json.read(raw, path, LARGEST)
        if not isinstance(root.value, dict):
            raise BadInput(
                f"{path} is no JSON object",
                expected=f'{{"python-assert (3.7.4)": {_ENTRY}}}',
                cure="for an empty file write {}",
            )
        reader = _Reader()
        for repeated in root.all_repeated():
            reader.note(_repeated(repeated))
        found = [reader.entry(key, place, root.value[key]) for key, place in root.keys]
        return cls(path, text, tuple(entry for entry in found if entry), tuple(reader.faults))


class _Reader:
    """Reads entries, and keeps what is wrong with them; an image that thousands are made FROM is read once."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.images: dict[str, ImageName] = {}

    def note(self, fault: Fault) -> None:
        """Keep a fault; raise BadInput where there are so many that it is another kind of file."""
        if len(self.faults) == _MOST_FAULTS:
            found = f"{fault.place}: one more than {_MOST_FAULTS:,} faults"
            raise BadInput(found, expected=_ENTRY, cure="check that it is the file that you mean")
        self.faults.append(fault)

    def entry(self, key: str, place: Place, value: Located) -> Dependent | None:
        if not isinstance(value.value, dict):
            self.note(
                Fault(
                    value.place,
                    key[:200],
                    BadInput(
                        "this entry is no object",
                        expected=_ENTRY,
                        cure="write it so; ltf-ci dependents scan --write writes the whole entry",
                    ),
                )
            )
            return None

        def member(name: str, parse: Callable[[Located], T]) -> T | None:
            found = value.member(name)
            return self.tried(
                found.place if found else place, f"{key[:200]}.{name}", lambda: parse(_there(value, name))
            )

        named = self.tried(place, key[:200], lambda: parse_key(key))
        bases, image, tests = member(FROM, self.bases), member(IMAGE_NAME, self.made), member(TEST_FRAMEWORK, _truth)
        if named is None or bases is None or image is None or tests is None:
            return None
        return Dependent(key, *named, place, bases, image, tests)

    def tried(self, place: Place, path: str, parse: Callable[[], T]) -> T | None:
        try:
            return parse()
        except BadInput as error:
            self.note(Fault(place, path, error))
            return None

    def bases(self, member: Located) -> tuple[ImageName, ...]:
        return tuple(dict.fromkeys(map(self.image, member.items or (member,))))

    def made(self, member: Located) -> ImageName:
        image = self.image(member)
        if image.digest:
            raise BadInput(
                f"{image} has a digest",
                expected="the name and tag that the next image is pushed under",
                cure="remove everything from the @ on",
            )
        return image

    def image(self, member: Located) -> ImageName:
        if not isinstance(member.value, str):
            raise BadInput(
                "this is no text",
                expected="an image's name; several that it is made FROM in a list",
                cure="write it in quotes",
            )
        if member.value not in self.images:
            self.images[member.value] = ImageName.parse(member.value)
        return self.images[member.value]


def dependents_path(list_path: str) -> str:
    """Return the path of the dependents that belong to a list."""
    return str(PurePosixPath(list_path).with_name(NAME))


def line_of(image: ImageName) -> str:
    """Return the version line that an image's tag belongs to; a tag that is no release is its own; empty without."""
    tag = release_tag_in(image.tag) if image.tag else None
    return tag.version.text if tag else image.tag


def parse_key(key: str) -> tuple[str, LanguageVersion | None]:
    """Read an entry's key: the repository's name and the version, or raise BadInput."""
    match = _KEY.fullmatch(key)
    if not match:
        raise BadInput(
            f"{key[:200]!r} names no repository and version",
            expected="a repository's NAME or OWNER/NAME, and its version in parentheses: python-assert (3.7.4)",
            cure="correct the key",
        )
    return match["repository"], LanguageVersion.parse(match["version"]) if match["version"] else None


def key_of(repository: str, version: LanguageVersion | None) -> str:
    """Return an entry's key: `python-assert (3.7.4)`, or `python-assert` in the older form."""
    return f"{repository} ({version})" if version else repository


def _there(entry: Located, name: str) -> Located:
    member = entry.member(name)
    if member is None:
        other = nearest(name, {str(key) for key, _ in entry.keys}.difference((FROM, IMAGE_NAME, TEST_FRAMEWORK)))
        add = f"add {name}; ltf-ci dependents scan --write writes the whole entry"
        raise BadInput(
            f"there is no {name}", expected=_ENTRY, cure=f"write {name} in place of {other}" if other else add
        )
    return member


def _truth(member: Located) -> bool:
    if not isinstance(member.value, bool):
        raise BadInput(
            "this is neither true nor false",
            expected="true for a test framework, false for a base",
            cure="write one of the two, without quotes",
        )
    return member.value


def _repeated(repeated: tuple[str, Place]) -> Fault:
    key, place = repeated
    return Fault(
        place,
        key[:200],
        BadInput(f"{key[:200]!r} is repeated", expected="each key once", cure="remove one of the two entries"),
    )
