"""What keeps an LTF from being released well, and can be seen before anything is built."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import NamedTuple

from ltf_ci.errors import BadInput
from ltf_ci.manifest.keys import MAIN_SCRIPT
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.model.finding import Finding, Place, Severity
from ltf_ci.model.image import LATEST, ImageName, image_in, is_commit, is_fixed
from ltf_ci.model.layout import DOCKER_FOLDER, DOCKERFILE, LAMBDA_OF_IMAGE, SETTINGS
from ltf_ci.model.located_json import Located
from ltf_ci.model.release_tag import LanguageVersion, release_tag_in
from ltf_ci.publish.rules import no_dockerfile, start_files
from ltf_ci.traffic_light.rules.edits import edits_of

UNCHECKED, NO_SOURCE = "version-unchecked", "no-image-from"
_MOST_NAMED = 5
_VERSION = r"v?(\d+(?:\.\d+)*)"
_WORD = r"[a-z]+"


class Settled(NamedTuple):
    """What a repository settles for its releases; None where that was not looked at.

    `image_from` is the image that a start point is made of, empty where it needs one and names none. `languages` is the
    languages repository, empty where none is named. `push_to` returns the setting of that name: a check asks for it
    only where a workflow of the commit calls ltf-ci. `build_args` and `platforms` are what the Dockerfile is read with.
    """

    version_command: str = ""
    image_from: str | None = None
    languages: str | None = None
    push_to: Callable[[], str] = str
    build_args: Mapping[str, str] = {}
    platforms: tuple[str, ...] = ()


NOTHING_SETTLED = Settled()


class ReleaseFacts(NamedTuple):
    """What a repository has, for these rules.

    `files` are the visible files that can be read, and `has_all_files` says whether these are all; `options` is
    options.json next to the manifest. `lambda_complaint` is Ruby's of docker/red_amber_green.rb: empty without one,
    None where that file was not checked. `image` is the path of the repository's own image, and `registry` where a
    release sends it: empty where that was not looked at. `dockerfile` is the path of the Dockerfile, and `bases` are
    the images that it is made of; of the `lenders` among them only files are taken. `unreadable` says why there are
    none; `misses_dockerfile` is whether docker/ is there without one; `almost_dockerfile` is a file of nearly its name.
    `workflows` are the texts of the commit's workflows by path; None where GitHub is not where it is released.
    `uncommitted` are the settings and the start files that the commit lacks, `passed_over` those start files that git
    was told not to look at, and that are other ones there, and `in_lfs` those of which it has but a pointer;
    `converted` are files that a checkout writes otherwise, and why. `of_list` is where the settings have a languages
    repository's keys. What `settled` leaves out was not looked at.
    """

    manifest: Manifest | None = None
    files: Mapping[str, str] = {}
    has_all_files: bool = True
    options: Located | None = None
    lambda_complaint: str | None = None
    image: str = ""
    registry: str = ""
    dockerfile: str = ""
    misses_dockerfile: bool = False
    almost_dockerfile: str = ""
    bases: tuple[str, ...] = ()
    lenders: tuple[str, ...] = ()
    unreadable: BadInput | None = None
    version: LanguageVersion | None = None
    settled: Settled = NOTHING_SETTLED
    workflows: Mapping[str, str] | None = None
    uncommitted: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()
    in_lfs: tuple[str, ...] = ()
    of_list: tuple[Place, ...] = ()
    converted: Mapping[str, str] = {}


def findings(facts: ReleaseFacts, *, is_tested: bool = True) -> Iterator[Finding]:
    """Find what can be seen; that nothing gives the colours counts where the start files are tested."""
    if facts.manifest and is_tested and facts.files and facts.has_all_files:
        yield from edits_of(facts.files, Place(facts.manifest.path), facts.options)[1]
    if facts.manifest and is_tested:
        yield from _lambda(facts, facts.manifest)
    if facts.manifest:
        yield from _line_ends(facts.files, facts.manifest)
    if facts.misses_dockerfile:
        yield no_dockerfile.finding(facts.almost_dockerfile)
    if facts.unreadable:
        yield _unreadable(facts.unreadable)
    if facts.version:
        yield from _other_versions(facts, facts.version)
        yield from _unchecked(facts, facts.version, is_tested=is_tested)
        yield from _source_version(facts.settled.image_from, facts.version)
    if facts.settled.image_from == "":
        yield _no_source(facts.manifest)
    yield from _of_commit(facts)
    yield from map(_of_list, facts.of_list)
    if facts.workflows is not None:
        from ltf_ci.publish.rules import release_workflows  # what is nowhere at GitHub does not wait for these

        listed = facts.settled.languages if facts.manifest else None
        yield from release_workflows.findings(facts.workflows, facts.registry, listed)


def _of_list(place: Place) -> Finding:
    return Finding(
        rule="settings-of-list",
        place=place,
        found="this key says how a languages list is written, and this is an LTF's repository",
        expected=f"it in {SETTINGS} of the languages repository, where every bump obeys it",
        cure="remove the line",
    )


def _of_commit(facts: ReleaseFacts) -> Iterator[Finding]:
    """Find files that the commit has not, or not as a checkout has them."""
    for path in facts.uncommitted:
        yield _uncommitted(path) if path == SETTINGS else start_files.uncommitted(path)
    yield from map(start_files.passed_over, facts.passed_over)
    yield from map(start_files.in_lfs, facts.in_lfs)
    for path, why in sorted(facts.converted.items())[:_MOST_NAMED]:
        yield _converted(path, why)


def _line_ends(files: Mapping[str, str], manifest: Manifest) -> Iterator[Finding]:
    """Find lines of CR LF in what bash reads: the main script fails at them, and others where it runs them."""
    for name in (name for name, text in files.items() if name.endswith(".sh") and "\r\n" in text):
        path, is_main = str(PurePosixPath(manifest.path).parent / name), name == MAIN_SCRIPT
        yield Finding(
            rule="cyber-dojo-sh-line-ends" if is_main else "script-line-ends",
            severity=Severity.ERROR if is_main else Severity.WARNING,
            place=Place(path),
            found=f"{name} has lines that end with CR LF",
            expected="LF alone: bash takes the CR for a part of the last word",
            cure=f"sed -i 's/\\r$//' {shlex.quote(path)}, and write `*.sh text eol=lf` into .gitattributes",
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


def _unreadable(error: BadInput) -> Finding:
    return Finding(
        rule="dockerfile",
        place=Place(error.place.path, error.place.line) if error.place else Place(DOCKER_FOLDER),
        found=error.found.removeprefix(f"{error.place}: "),
        expected=error.expected,
        cure=error.cure,
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


def _unchecked(facts: ReleaseFacts, version: LanguageVersion, *, is_tested: bool) -> Iterator[Finding]:
    """Find that the version may be another one than the tag's: a command that is not run shows nothing either."""
    floats = floating(facts)
    if floats and not (facts.settled.version_command and is_tested):
        command = f'write `version-command: "COMMAND --version"` into {SETTINGS}'
        yield Finding(
            rule=UNCHECKED,
            severity=Severity.WARNING,
            place=Place(facts.dockerfile),
            found=f"nothing shows that version {version} is in the image: it is made FROM {', '.join(floats)}",
            expected="a FROM with the version or a digest, or a command that prints the version",
            cure="leave out `test: false` and --no-test: the version command is run by the test"
            if facts.settled.version_command
            else command,
        )


def floating(facts: ReleaseFacts) -> tuple[str, ...]:
    """Return the images of FROM lines whose names may be any version: `latest`, or `python:slim` and `python:3`."""
    return tuple(text for text in facts.bases if _floats(text, facts))


def _floats(text: str, facts: ReleaseFacts) -> bool:
    image, version = image_in(text), facts.version
    if image is None or image.digest or version is None:
        return False
    if image.tag in ("", LATEST) and text not in facts.lenders:
        return True
    if is_commit(image.tag):
        return False
    named = _number_in(image.tag)
    has_more = named.count(".") < version.text.count(".")
    if not _is_of_language(image, facts):
        return "." in named and has_more and _agree(named, version.text)  # dotnet/sdk:10.0 of C# 10.0.103
    return not named or has_more


def _version_of(text: str, facts: ReleaseFacts) -> str:
    """Return the version that a base of this language names, as `3.7.4` of `python:3.7.4-slim`; empty for others."""
    image = image_in(text)
    if image is None or is_commit(image.tag) or not _is_of_language(image, facts):
        return ""
    return _number_in(image.tag)


def _number_in(tag: str) -> str:
    """Return the version that a tag begins with; empty without one."""
    match = re.match(_VERSION, tag)
    return match[1] if match else ""


def _agree(one: str, other: str) -> bool:
    """Whether two versions are the same as far as both go, by whole parts: `3.7` and `3.7.4` are."""
    return all(mine == theirs for mine, theirs in zip(one.split("."), other.split("."), strict=False))


def _is_of_language(image: ImageName, facts: ReleaseFacts) -> bool:
    """Whether a base's name has a word of the display name or of the image's own name, as `python` has of Python."""
    name = (facts.manifest and facts.manifest.string("display_name")) or ""
    own = facts.image.rpartition("/")[2]
    words = {*re.findall(_WORD, name.partition(",")[0].lower()), *re.findall(_WORD, own.lower())}
    return bool(words & set(re.findall(_WORD, image.path.rpartition("/")[2].lower())))


def _no_source(manifest: Manifest | None) -> Finding:
    named = image_in((manifest and manifest.string("image_name")) or "")
    source = named if named and is_fixed(named) else "HOST/PATH:TAG"
    return Finding(
        rule=NO_SOURCE,
        place=Place(SETTINGS),
        found="no setting names the image that this start point is made of, so that no tag of it can be released",
        expected=f"image-from: {source}; or {DOCKER_FOLDER}/, where this repository builds its image",
        cure=f"write it into {SETTINGS}, or add {DOCKERFILE}; then commit it",
    )


def _source_version(image_from: str | None, version: LanguageVersion) -> Iterator[Finding]:
    """Find that the image which a start point is made of is the release of another version."""
    source = image_in(image_from or "")
    tag = release_tag_in(source.tag) if source else None
    if tag and tag.revision and tag.version != version:
        yield Finding(
            rule="image-from-version",
            place=Place(SETTINGS),
            found=f"image-from is {source}, and the release is of version {version}",
            expected=f"an image of version {version}",
            cure=f"name the image that has {version} in image-from, or release it as {tag.version}",
        )


def _converted(path: str, why: str) -> Finding:
    return Finding(
        rule="converted-file",
        place=Place(path),
        found=f"{path} {why}",
        expected="a file that a checkout has as the commit has it: the image is made of the commit",
        cure="commit it as it is to be in the image, and take the attribute out of .gitattributes",
    )


def _uncommitted(path: str) -> Finding:
    return Finding(
        rule="not-committed",
        place=Place(path),
        found=f"{path} is not in the commit, so that a release does not see it",
        expected="all files of ltf-ci in the commit that is tagged",
        cure=f"git add {PurePosixPath(path).parts[0]}, and commit it",
    )
