"""What keeps an LTF from being released well, and can be seen before anything is built."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from ltf_ci.images.rules.tags import is_commit
from ltf_ci.manifest.keys import MAIN_SCRIPT
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.image import LATEST, ImageName, image_in
from ltf_ci.model.layout import LAMBDA_OF_IMAGE, RELEASE_WORKFLOW, SETTINGS, WORKFLOWS
from ltf_ci.model.located_json import Located
from ltf_ci.model.release_tag import LanguageVersion
from ltf_ci.model.severity import Severity
from ltf_ci.traffic_light.rules import colours
from ltf_ci.workflows.rules.calls import called

UNCHECKED = "version-unchecked"
_VERSION = re.compile(r"v?(\d+(?:\.\d+)*)")
_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFacts:
    """What a repository has, for these rules.

    `files` are the visible files that can be read, and `has_all_files` says whether these are all; `options` is
    options.json next to the manifest. `lambda_complaint` is Ruby's of docker/red_amber_green.rb: empty without one,
    None where that file was not checked. `dockerfile` is the path of the Dockerfile, and `bases` are the images of its
    FROM lines. `workflows` are the texts of the commit's workflows; None where GitHub is not where it is released.
    """

    manifest: Manifest | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    has_all_files: bool = True
    options: Located | None = None
    lambda_complaint: str | None = None
    dockerfile: str = ""
    bases: tuple[str, ...] = ()
    version: LanguageVersion | None = None
    version_command: str = ""
    workflows: Sequence[str] | None = None


def findings(facts: ReleaseFacts, *, is_tested: bool = True) -> Iterator[Finding]:
    """Find what can be seen; that nothing gives the colours counts where the start files are tested."""
    if facts.manifest and is_tested and facts.files and facts.has_all_files:
        yield from colours.edits(facts.files, Place(facts.manifest.path), facts.options)[1]
    if facts.manifest and is_tested:
        yield from _lambda(facts, facts.manifest)
    if facts.manifest:
        yield from _line_ends(facts.files, facts.manifest)
    if facts.version:
        yield from _other_versions(facts, facts.version)
        yield from _unchecked(facts, facts.version)
    yield from _workflows(facts)


def _line_ends(files: Mapping[str, str], manifest: Manifest) -> Iterator[Finding]:
    if "\r\n" in files.get(MAIN_SCRIPT, ""):
        yield Finding(
            rule="cyber-dojo-sh-line-ends",
            place=Place(str(PurePosixPath(manifest.path).parent / MAIN_SCRIPT)),
            found=f"{MAIN_SCRIPT} has lines that end with CR LF",
            expected="LF alone: bash takes the CR for a part of the last word",
            cure=f"dos2unix {MAIN_SCRIPT}, and write `*.sh text eol=lf` into .gitattributes",
        )


def _lambda(facts: ReleaseFacts, manifest: Manifest) -> Iterator[Finding]:
    if facts.lambda_complaint and not manifest.string("rag_lambda"):
        yield Finding(
            rule="rag-lambda-ruby",
            place=Place(LAMBDA_OF_IMAGE),
            found=f"{LAMBDA_OF_IMAGE} is not Ruby: {facts.lambda_complaint}",
            expected="Ruby that gives the colour",
            cure="correct it",
        )


def _other_versions(facts: ReleaseFacts, version: LanguageVersion) -> Iterator[Finding]:
    """Find FROM lines of this language that have another version than the release."""
    for text in facts.bases:
        named = _version_of(text, facts)
        if named and not _agree(named, version.text):
            yield Finding(
                rule="from-version",
                severity=Severity.WARNING,
                place=Place(facts.dockerfile),
                found=f"the image is made FROM {text}, and the release is of version {version}",
                expected=f"a base of version {version}",
                cure=f"write the base of {version}, or release it as {named}",
            )


def _unchecked(facts: ReleaseFacts, version: LanguageVersion) -> Iterator[Finding]:
    floats = floating(facts)
    if floats and not facts.version_command:
        yield Finding(
            rule=UNCHECKED,
            severity=Severity.WARNING,
            place=Place(facts.dockerfile),
            found=f"nothing shows that version {version} is in the image: it is made FROM {', '.join(floats)}",
            expected="a FROM with the version or a digest, or a command that prints the version",
            cure=f'write `version-command: "COMMAND --version"` into {SETTINGS}',
        )


def floating(facts: ReleaseFacts) -> tuple[str, ...]:
    """Return the images of FROM lines whose names may be any version: `latest`, or `python:3` for 3.7.4."""
    return tuple(text for text in facts.bases if _floats(text, facts))


def _floats(text: str, facts: ReleaseFacts) -> bool:
    image, version = image_in(text), facts.version
    if image is None or image.digest or version is None:
        return False
    named = _version_of(text, facts)
    return image.tag in ("", LATEST) or (bool(named) and named.count(".") < version.text.count("."))


def _version_of(text: str, facts: ReleaseFacts) -> str:
    """Return the version that a base of this language names, as `3.7.4` of `python:3.7.4-slim`; empty for others."""
    image = image_in(text)
    if image is None or is_commit(image.tag) or not _is_of_language(image, facts):
        return ""
    match = _VERSION.match(image.tag)
    return match[1] if match else ""


def _agree(one: str, other: str) -> bool:
    """Whether two versions are the same as far as both go, by whole parts: `3.7` and `3.7.4` are."""
    return all(mine == theirs for mine, theirs in zip(one.split("."), other.split("."), strict=False))


def _is_of_language(image: ImageName, facts: ReleaseFacts) -> bool:
    """Whether a base's name has a word of the display name or of the image's own name, as `python` has of Python."""
    manifest = facts.manifest
    texts = [manifest.string(key) or "" for key in ("display_name", "image_name")] if manifest else []
    language = texts[0].partition(",")[0] if texts else ""
    own = texts[1].rpartition("/")[2].partition(":")[0] if texts else ""
    words = {*_WORD.findall(language.lower()), *_WORD.findall(own.lower())}
    return bool(words & set(_WORD.findall(image.path.rpartition("/")[2].lower())))


def _workflows(facts: ReleaseFacts) -> Iterator[Finding]:
    if facts.workflows is not None and not any(called(text) for text in facts.workflows):
        yield Finding(
            rule="no-workflow",
            severity=Severity.WARNING,
            place=Place(WORKFLOWS),
            found="no workflow of the commit calls ltf-ci, so that a pushed tag releases nothing",
            expected=f"{WORKFLOWS}/{RELEASE_WORKFLOW}, as `ltf-ci init` writes it",
            cure="ltf-ci init, and commit what it writes before the tag",
        )
