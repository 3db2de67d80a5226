"""Whether the git tag, the image's tag and the language's version agree, wherever a repository writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeVar

from ltf_ci.errors import BadInput
from ltf_ci.manifest.display_name import DisplayName
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.manifest.rules.values import Value
from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.image import LATEST, ImageName
from ltf_ci.model.layout import IMAGE_NAME_JSON
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag, is_release_tag, release_tag_in

T = TypeVar("T")
ORGANISATIONS = ("cyberdojofoundation", "cyber-dojo-languages", "cyber-dojo-start-points", "cyber-dojo-tools")
_SHORT_COMMIT = r"[0-9a-f]{7,40}"


def disagreements(manifest: Manifest, tag: ReleaseTag | None) -> Iterator[Finding]:
    """Find where a manifest disagrees with the release tag, or with itself."""
    yield from _repeated_keys(manifest)
    name, named = _read(manifest, "display_name", DisplayName.parse)
    image, imaged = _read(manifest, "image_name", ImageName.parse)
    yield from (*named, *imaged)
    expected = tag or _tag_of(image)
    if name:
        yield from _version_of_name(manifest, name, expected, "image_name" if tag is None else "")
        yield from _language_pair(manifest, name, expected.version if expected else name.version)
    if image:
        yield from _organisation(manifest, image)
        yield from _tag_of_image(manifest, image, tag)


def proposed_tag(manifest: Manifest) -> ReleaseTag | None:
    """Return the tag that a manifest could be released under unchanged; None where it names no version."""
    image, _ = _read(manifest, "image_name", ImageName.parse)
    version, of_image = _version(manifest), _tag_of(image)
    if version is None:
        return None
    return of_image if of_image and of_image.version == version else ReleaseTag(version, 1)


def with_version(manifest: Manifest, name: DisplayName, version: LanguageVersion) -> DisplayName:
    """Return a display name with this version; one without gets it as manifests of its kind have it.

    That is `Zig 0.9.1, test` where a `language` pair is there, as in today's fleet, else `Zig (0.9.1), test`.
    """
    return name.with_version(version, in_brackets=manifest.pair("language") is None)


def other_image(manifest: Manifest, image: ImageName) -> Iterator[Finding]:
    """Find that image_name.json names another image than the manifest next to it, which is what is released."""
    named, _ = _read(manifest, "image_name", ImageName.parse)
    if named and named.repository != image.repository:
        yield Finding(
            rule="image-name-json",
            place=Place(IMAGE_NAME_JSON),
            found=f"{IMAGE_NAME_JSON} names {image}, and {manifest.path} names {named}",
            expected=f"{named.untagged} in both: the manifest's image is released",
            cure=f"write {str(named.untagged)!r} into {IMAGE_NAME_JSON}, or correct the manifest",
        )


def without_tag(image: str) -> str:
    """Return an image's name without its tag."""
    head, colon, tail = image.rpartition(":")
    return head if colon and "/" not in tail else image


def same_image_other_version(manifest: Manifest, before: Manifest) -> Iterator[Finding]:
    """Find an image that had another language version before: one of the two is wrong."""
    image = manifest.string("image_name")
    tagged = image is not None and image != without_tag(image)
    now, then = _version(manifest), _version(before)
    if tagged and image == before.string("image_name") and now and then and now != then:
        yield Finding(
            rule="image-under-two-versions",
            place=_place(manifest, "image_name"),
            path="image_name",
            found=f"display_name had version {then} for {image} before, and has {now} now",
            expected="one image, one language version",
            cure="correct display_name, or name the image that really has this version",
        )


def _version(manifest: Manifest) -> LanguageVersion | None:
    name, _ = _read(manifest, "display_name", DisplayName.parse)
    return name.version if name else None


def _read(manifest: Manifest, key: str, parse: Callable[[str], T]) -> tuple[T | None, tuple[Finding, ...]]:
    """Return a member's value, or the finding of why it cannot be read."""
    member = manifest.member(key)
    if member is None or not isinstance(member.value, str):
        found = f"{key} is missing" if member is None else f"{key} is no text"
        place = _place(manifest, key)
        return None, (
            Finding(rule=_rule(key), place=place, path=key, found=found, expected="a text", cure="write it in quotes"),
        )
    try:
        return parse(member.value), ()
    except BadInput as error:
        return None, (Value(key, member).unreadable(_rule(key), error),)


def _rule(key: str) -> str:
    return key.replace("_", "-")


def _repeated_keys(manifest: Manifest) -> Iterator[Finding]:
    for key, place in manifest.root.all_repeated():
        found = f"the key {key!r} again"
        yield Finding(
            rule="repeated-key", place=place, path=key, found=found, expected="each key once", cure="remove all but one"
        )


def _version_of_name(manifest: Manifest, name: DisplayName, tag: ReleaseTag | None, tag_of: str) -> Iterator[Finding]:
    """Find a display name of another version than the tag's, which is git's, or `image_name`'s alone."""
    if tag is None or name.version == tag.version:
        return
    version = f"version {name.version}" if name.version else "no version"
    yield Finding(
        rule="display-name-version",
        place=_place(manifest, "display_name"),
        path="display_name",
        found=f"display_name has {version}: {str(name)!r}",
        expected=f"version {tag.version}, as the tag {tag}{' of image_name' * bool(tag_of)} has it",
        cure=f"write {str(with_version(manifest, name, tag.version))!r}, or {_other_end(name, tag, tag_of)}",
    )


def _other_end(name: DisplayName, tag: ReleaseTag, tag_of: str) -> str:
    """Return what to do where display_name is right, and the tag is not."""
    if tag_of and name.version:
        return f"correct {tag_of}'s tag: {ReleaseTag(name.version, tag.revision)}"
    return "tag with the version that is in the image"


def _language_pair(manifest: Manifest, name: DisplayName, version: LanguageVersion | None) -> Iterator[Finding]:
    pair = manifest.pair("language")
    if pair is None:
        return
    language, version_text = (Value(f"language[{index}]", value) for index, value in enumerate(pair))
    if language.text != name.language:
        yield _differs("language-name", language, name.language, "as display_name has it without its version")
    if version_text.text and version and version_text.text != str(version):
        yield _differs("language-version", version_text, str(version), "as the tag and display_name have it")


def _differs(rule: str, value: Value, expected: str, why: str) -> Finding:
    return Finding(
        rule=rule,
        place=value.located.place,
        path=value.path,
        found=f"language has {value.in_words}",
        expected=f"{expected!r}, {why}",
        cure=f"write {expected!r}",
    )


def _organisation(manifest: Manifest, image: ImageName) -> Iterator[Finding]:
    """Find an organisation whose name differs from a known one by one letter."""
    organisation, slash, _ = image.path.partition("/")
    near = [known for known in ORGANISATIONS if slash and _differ_by_one_letter(organisation, known)]
    for known in near:
        yield Finding(
            rule="image-organisation",
            place=_place(manifest, "image_name"),
            path="image_name",
            found=f"image_name is under {organisation!r}",
            expected=f"{known!r}, from which it differs by one letter",
            cure=f"write {str(image).replace(organisation, known, 1)!r}",
        )


def _differ_by_one_letter(name: str, known: str) -> bool:
    """Return whether one letter was left out, added or changed."""
    if name == known or abs(len(name) - len(known)) > 1:
        return False
    shorter, longer = sorted((name, known), key=len)
    same = next((i for i, pair in enumerate(zip(shorter, longer, strict=False)) if pair[0] != pair[1]), len(shorter))
    return shorter[same + (len(shorter) == len(longer)) :] == longer[same + 1 :]


def _tag_of_image(manifest: Manifest, image: ImageName, tag: ReleaseTag | None) -> Iterator[Finding]:
    if tag is not None and image.tag != str(tag):
        found = f"the tag {image.tag}" if image.tag else "no tag"
        yield Finding(
            rule="image-name-tag",
            place=_place(manifest, "image_name"),
            path="image_name",
            found=f"image_name has {found}: {str(image)!r}",
            expected=f"the tag {tag}, as in git",
            cure=_cure_of_tag(image, tag),
        )
    elif tag is None and image.tag and not _is_known_form(image.tag):
        yield Finding(
            rule="image-name-tag",
            place=_place(manifest, "image_name"),
            path="image_name",
            found=f"image_name has the tag {image.tag}",
            expected="LANGVERSION-REVISION, or a short commit",
            cure="write the tag of the image that is meant (`ltf-ci next` writes the next one)",
        )


def _cure_of_tag(image: ImageName, tag: ReleaseTag) -> str:
    """Return how tag and image_name come to agree: a commit or a free word there was never released by `next`."""
    write = f"write {str(image.tagged(tag))!r}"
    if release_tag_in(image.tag) is None or re.fullmatch(_SHORT_COMMIT, image.tag):
        return f"{write}, or let ltf-ci write and tag it: git tag -d {tag}; ltf-ci next"
    return f"{write}, or tag the commit {image.tag}, as the manifest has it"


def _is_known_form(tag: str) -> bool:
    return tag == LATEST or bool(re.fullmatch(_SHORT_COMMIT, tag)) or release_tag_in(tag) is not None


def _tag_of(image: ImageName | None) -> ReleaseTag | None:
    return ReleaseTag.parse(image.tag) if image and is_release_tag(image.tag) else None


def _place(manifest: Manifest, key: str) -> Place:
    member = manifest.member(key)
    return member.place if member else manifest.root.place
