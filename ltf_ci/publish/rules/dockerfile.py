"""What a Dockerfile says of an image before it is built: that it cannot be, or that its version may be another one."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

from ltf_ci.errors import BadInput
from ltf_ci.model.finding import Finding, Place, Severity
from ltf_ci.model.image import LATEST, ImageName, image_in, is_commit
from ltf_ci.model.layout import DOCKER_FOLDER, DOCKERFILES, SETTINGS
from ltf_ci.model.release_tag import LanguageVersion

UNCHECKED = "version-unchecked"
_VERSION = r"v?(\d+(?:\.\d+)*)"
_WORD = r"[a-z]+"


class DockerfileFacts(NamedTuple):
    """A Dockerfile's path, and the images that it is made FROM; of the `lenders` among them only files are taken.

    `unreadable` says why these are not known. Where docker/ has no Dockerfile it `is_missing`, and `almost` is a file
    of nearly its name.
    """

    path: str = ""
    bases: tuple[str, ...] = ()
    lenders: tuple[str, ...] = ()
    unreadable: BadInput | None = None
    is_missing: bool = False
    almost: str = ""


class Language(NamedTuple):
    """The language of a release: its version, and the words by which the name of a base shows that it is of it."""

    version: LanguageVersion
    words: frozenset[str]

    @classmethod
    def of(cls, version: LanguageVersion, display_name: str, image: str) -> Language:
        """Return the language that a display name, and the path of the repository's own image, have words of."""
        named = display_name.partition(",")[0], image.rpartition("/")[2]
        return cls(version, frozenset(re.findall(_WORD, " ".join(named).lower())))

    def is_in(self, image: ImageName) -> bool:
        """Whether an image's name has a word of it, as `python` has of Python."""
        return not self.words.isdisjoint(re.findall(_WORD, image.path.rpartition("/")[2].lower()))


def findings(
    dockerfile: DockerfileFacts, language: Language | None, version_command: str, *, is_tested: bool
) -> Iterator[Finding]:
    """Find why no image can be built, or it may have another version; a command that is not run shows none."""
    if dockerfile.is_missing:
        yield _missing(dockerfile.almost)
    if dockerfile.unreadable:
        yield _unreadable(dockerfile.unreadable)
    if language:
        yield from _other_versions(dockerfile, language)
        if not (version_command and is_tested):
            yield from _unchecked(dockerfile, language, version_command)


def almost_named(names: Iterable[str]) -> str:
    """Return the path of the file of docker/ whose name is Dockerfile's but for its case; empty where none is."""
    there = {name.lower(): name for name in names}
    wanted = (PurePosixPath(path).name.lower() for path in DOCKERFILES)
    return next((f"{DOCKER_FOLDER}/{there[name]}" for name in wanted if name in there), "")


def cure_of_missing(almost: str) -> str:
    """Return what to do where docker/ has no Dockerfile, but perhaps a file that is `almost` called so."""
    if not almost:
        return "write one, and commit it"
    right = next(path for path in DOCKERFILES if path.lower() == almost.lower())
    return f"git mv {shlex.quote(almost)} {right}, and commit it"


def _missing(almost: str) -> Finding:
    """Return the finding that no image can be built."""
    return Finding(
        rule="no-dockerfile",
        place=Place(DOCKER_FOLDER),
        found=f"{DOCKER_FOLDER}/ has no Dockerfile, so that no image can be built",
        expected=" or ".join(DOCKERFILES),
        cure=cure_of_missing(almost),
    )


def _unreadable(error: BadInput) -> Finding:
    return Finding(
        rule="dockerfile",
        place=Place(error.place.path, error.place.line) if error.place else Place(DOCKER_FOLDER),
        found=error.found.removeprefix(f"{error.place}: "),
        expected=error.expected,
        cure=error.cure,
    )


def _other_versions(dockerfile: DockerfileFacts, language: Language) -> Iterator[Finding]:
    """Find FROM lines of this language that have another version than the release."""
    version = language.version
    for text in dockerfile.bases:
        named = _version_of(text, language)
        if named and not _agree(named, version.text):
            yield Finding(
                rule="from-version",
                severity=Severity.WARNING,
                place=Place(dockerfile.path),
                found=f"the image is made FROM {text}, and the release is of version {version}",
                expected=f"a base of version {version}",
                cure=f"write the base of {version}, or release it as {named}",
            )


def _unchecked(dockerfile: DockerfileFacts, language: Language, version_command: str) -> Iterator[Finding]:
    """Find that the version may be another one than the tag's."""
    floats = floating(dockerfile, language)
    if floats:
        command = f'write `version-command: "COMMAND --version"` into {SETTINGS}'
        by_test = "leave out `test: false` and --no-test: the version command is run by the test"
        yield Finding(
            rule=UNCHECKED,
            severity=Severity.WARNING,
            place=Place(dockerfile.path),
            found=f"nothing shows that version {language.version} is in the image: it is made FROM {', '.join(floats)}",
            expected="a FROM with the version or a digest, or a command that prints the version",
            cure=by_test if version_command else command,
        )


def floating(dockerfile: DockerfileFacts, language: Language) -> tuple[str, ...]:
    """Return the images of FROM lines whose names may be any version: `latest`, or `python:slim` and `python:3`."""
    return tuple(text for text in dockerfile.bases if _floats(text, language, is_lender=text in dockerfile.lenders))


def _floats(text: str, language: Language, *, is_lender: bool) -> bool:
    image, version = image_in(text), language.version.text
    if image is None or image.digest:
        return False
    if image.tag in ("", LATEST) and not is_lender:
        return True
    if is_commit(image.tag):
        return False
    named = _number_in(image.tag)
    has_more = named.count(".") < version.count(".")
    if not language.is_in(image):
        return "." in named and has_more and _agree(named, version)  # dotnet/sdk:10.0 of C# 10.0.103
    return not named or has_more


def _version_of(text: str, language: Language) -> str:
    """Return the version that a base of this language names, as `3.7.4` of `python:3.7.4-slim`; empty for others."""
    image = image_in(text)
    if image is None or is_commit(image.tag) or not language.is_in(image):
        return ""
    return _number_in(image.tag)


def _number_in(tag: str) -> str:
    """Return the version that a tag begins with; empty without one."""
    match = re.match(_VERSION, tag)
    return match[1] if match else ""


def _agree(one: str, other: str) -> bool:
    """Whether two versions are the same as far as both go, by whole parts: `3.7` and `3.7.4` are."""
    return all(mine == theirs for mine, theirs in zip(one.split("."), other.split("."), strict=False))
