"""What the manifests of a languages list must be: each by itself, and all of them together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import TypeVar

from ltf_ci.errors import BadInput, LtfError
from ltf_ci.images.rules.tags import Found, TaggedImage
from ltf_ci.languages.listed import Listed
from ltf_ci.manifest.display_name import DisplayName
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.manifest.rules import agreement, manifest_rules
from ltf_ci.model.finding import Finding
from ltf_ci.model.registry import Absent

K = TypeVar("K")
_RAW = "as long as that is so, cyber-dojo shows the raw display names of all"


def faults(listed: Listed, allow: Collection[str]) -> Iterator[Finding]:
    """Find what `ltf-ci check` finds in the repository, at the list's line."""
    of_manifest = manifest_rules.faults(listed.manifest, listed.facts, allow)
    wrong = {fault.place for fault in of_manifest if fault.fails}  # what has not its form can agree with nothing
    disagreeing = agreement.disagreements(listed.manifest, listed.tag) if listed.tag else ()
    for fault in (*(fault for fault in disagreeing if fault.place not in wrong), *of_manifest):
        found = f"{listed.entry.url.name}, {fault.place}: {fault.found}"
        yield fault._replace(place=listed.place, found=found)


def names(lines: Sequence[Listed]) -> Iterator[Finding]:
    """Find lines that cannot be chosen, because another line has the same words."""
    by_name: dict[str, Listed] = {}
    by_choice: dict[tuple[str, str, str], Listed] = {}
    for line in lines:
        name, choice = line.display_name, _choice(line.manifest)
        same, alike = by_name.setdefault(name, line), by_choice.setdefault(choice, line) if choice else line
        if name and same is not line:
            yield _twice("list-display-name", line, same, f"the display name {name!r}")
        elif alike is not line:
            yield _twice("list-choice", line, alike, "the choice " + " → ".join(part for part in choice or () if part))


def pairs(lines: Sequence[Listed]) -> Iterator[Finding]:
    """Find what keeps cyber-dojo from showing names without versions: a manifest without the pairs, or the same two."""
    named = [(line, _pair(line.manifest)) for line in lines]
    times = Counter(pair for _, pair in named if pair)
    for line, pair in named:
        if pair is None:
            found = f"{line.entry.url.name} has not both `language` and `test_framework`: {_RAW}"
            yield _warning(
                "list-no-pair",
                line,
                found,
                expected="both",
                cure='write "language": [NAME, VERSION] and "test_framework" too',
            )
        elif times[pair] > 1:
            found = f"{line.entry.url.name} is one of {times[pair]} with {', '.join(pair)!r}: {_RAW}"
            yield _warning(
                "list-same-pair",
                line,
                found,
                expected="a pair for each line, or for none",
                cure="keep one version of each language and framework, if any",
            )


def image(listed: Listed, found: Found | LtfError) -> Iterator[Finding]:
    """Hold what the registry says of a line's image against the tag's commit."""
    name = listed.image
    match found:
        case Absent():
            yield _of_image(
                "list-image", listed, f"{name} is not in its registry", "publish it first: `ltf-ci release`"
            )
        case LtfError():
            unknown = _of_image("list-image-unknown", listed, found.found, found.cure, found.expected)
            yield unknown._replace(images=(name,) if name else ())
        case TaggedImage(_, labels) if _is_release(listed) and str(labels.revision) != listed.commit:
            of = f"is of commit {labels.revision}" if labels.revision else "has no label that names its commit"
            cure = "look who pushed it; release the next revision (`ltf-ci next`), and list that"
            yield _of_image("list-image-commit", listed, f"{name} {of}", cure, f"{listed.commit}, which the tag names")
        case TaggedImage():
            pass


def _is_release(listed: Listed) -> bool:
    """Whether the image is the tag's own; where the two differ, the agreement's findings say so."""
    return bool(listed.tag and listed.image and listed.image.tag == str(listed.tag))


def _of_image(rule: str, listed: Listed, found: str, cure: str, expected: str = "") -> Finding:
    return Finding(rule=rule, place=listed.place, path="image_name", found=found, expected=expected, cure=cure)


def _choice(manifest: Manifest) -> tuple[str, str, str] | None:
    """Return the words that people choose by: language, version, framework; from the display name where need be."""
    language, framework = manifest.pair("language"), manifest.pair("test_framework")
    try:
        name = DisplayName.parse(manifest.string("display_name") or "")
    except BadInput:
        return None
    version = str(name.version or "")
    if not (language and framework):
        return name.language, version, name.framework
    test = " ".join(str(part.value) for part in framework).strip()
    return str(language[0].value), str(language[1].value) or version, test


def _pair(manifest: Manifest) -> tuple[str, str] | None:
    language, framework = manifest.pair("language"), manifest.pair("test_framework")
    return (str(language[0].value), str(framework[0].value)) if language and framework else None


def _twice(rule: str, line: Listed, other: Listed, what: str) -> Finding:
    return Finding(
        rule=rule,
        place=line.place,
        path="display_name",
        found=f"{what} of {line.entry.url.name} is that of {other.entry.url.name} in line {other.place.line} too",
        expected="a name of its own for each line",
        cure="write another display_name in one of them, or take one out of the list",
    )


def _warning(rule: str, line: Listed, found: str, *, expected: str, cure: str) -> Finding:
    return Finding(rule=rule, place=line.place, found=found, expected=expected, cure=cure)
