"""What is wrong with the lines of a list and with the lock next to it, by what is known of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ltf_ci.clients.concurrency import concurrently
from ltf_ci.clients.files import read_file
from ltf_ci.errors import BadInput, LtfError
from ltf_ci.images.cached_registry import CachedRegistry
from ltf_ci.images.latest import image_under
from ltf_ci.images.rules.tags import Found, TaggedImage
from ltf_ci.languages.languages_list import LanguagesList
from ltf_ci.languages.listed import Listed
from ltf_ci.languages.listed_repositories import Gathered
from ltf_ci.languages.lock import Lock, lock_path
from ltf_ci.languages.rules import lock as list_lock
from ltf_ci.languages.rules import manifests, outages
from ltf_ci.manifest.facts import ManifestFacts
from ltf_ci.manifest.gather_facts import facts_of_only
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.manifest.repository import read_start_point
from ltf_ci.model.bounds import LARGEST
from ltf_ci.model.file_text import text_of
from ltf_ci.model.finding import Finding, Place, in_order
from ltf_ci.model.image import ImageName
from ltf_ci.model.outcome import Step, StepState
from ltf_ci.model.printable import amount

Answers = Mapping[ImageName, Found | LtfError]
Heard = dict[ImageName, Found | LtfError]  # which grows
Seen = Gathered[tuple[Manifest, ManifestFacts]]
NO_LOCK = "none was compared; where none is there, `ltf-ci list lock --write` begins it"


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, of how many lines that could be followed."""

    lines: int
    findings: tuple[Finding, ...]
    has_lock: bool


def checked(  # noqa: PLR0913 - the list, what is known of it, and what is looked at
    file: Path,
    listed: LanguagesList,
    gathered: Seen,
    answers: Answers,
    *,
    allow: tuple[str, ...],
    lock: bool,
    is_whole: bool = False,
) -> Checked:
    """Return what was found in what is known; what must be known of every line only where the whole is."""
    lines = lines_of(listed, gathered)
    locked = _of_lock(file, listed, lines, answers) if lock else None
    of_manifests = [*_of_manifests(lines, answers, allow), *(manifests.pairs(lines) if is_whole else ())]
    findings = (*gathered.findings, *outages.by_cause(of_manifests), *(locked or ()))
    return Checked(len(lines), in_order([*findings]), has_lock=locked is not None)


def lines_of(listed: LanguagesList, gathered: Seen) -> tuple[Listed, ...]:
    """Return the lines that could be followed, with their manifests."""
    return tuple(
        Listed(place=listed.place(line), entry=line.entry, commit=commit, manifest=manifest, facts=facts)
        for line, commit, (manifest, facts) in gathered.seen
    )


def ask(lines: tuple[Listed, ...], registry: CachedRegistry, heard: Heard) -> Answers:
    """Ask for every image; for labels, which registries ration, only where a tag's commit must be there."""
    released = {line.image for line in lines if line.tag}
    images = [line.image for line in lines if line.image]
    return concurrently(lambda image: image_under(registry, image, labelled=image in released), images, heard=heard)


def look(folder: Path, allow: tuple[str, ...]) -> tuple[Manifest, ManifestFacts]:
    """Return what a line's repository has, in a folder of its files."""
    manifest = read_start_point(folder)
    return manifest, facts_of_only(folder, manifest, allow)


def steps(listed: LanguagesList, found: Checked, answers: Answers) -> tuple[Step, ...]:
    """Return how many were followed, asked for and compared."""
    every = len(listed.every_line())
    lines = f"{found.lines} of {amount(every, 'line')} followed to their manifests"
    return (
        Step("list", StepState.DONE if every else StepState.SKIPPED, lines),
        Step("images", StepState.DONE if answers else StepState.SKIPPED, f"{len(answers)} asked for"),
        Step("lock", StepState.DONE if found.has_lock else StepState.SKIPPED, "" if found.has_lock else NO_LOCK),
    )


def _of_manifests(lines: tuple[Listed, ...], answers: Answers, allow: tuple[str, ...]) -> list[Finding]:
    found = [fault for line in lines for fault in manifests.faults(line, allow)]
    found += manifests.names(lines)
    for line in lines:
        if line.image and line.image in answers:
            found += manifests.image(line, answers[line.image])
    return found


def _of_lock(
    file: Path, listed: LanguagesList, lines: tuple[Listed, ...], answers: Answers
) -> tuple[Finding, ...] | None:
    """Find what is untrue in the lock; return None where there is no lock."""
    path = lock_path(str(file))
    try:
        raw = read_file(file.parent, Path(path).name, LARGEST)
        if raw is None:
            return None
        lock, text = Lock.parse(raw, path), text_of(raw, path)
    except BadInput as error:
        return (Finding.of_error(error, "lock", Place(path)),)
    of_lines = {str(line.image): answers.get(line.image) for line in lines if line.image}
    digests = {name: answer.digest for name, answer in of_lines.items() if isinstance(answer, TaggedImage)}
    return (*list_lock.untrue(lock, path, lines, digests), *list_lock.unlisted(lock, text, path, listed))
