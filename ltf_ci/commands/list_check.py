"""`ltf-ci list check`: is every line of the languages list right, and the lock next to it true?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ltf_ci.clients.concurrency import concurrently, reported_at_an_interrupt
from ltf_ci.clients.files import read_file
from ltf_ci.clients.run import Run
from ltf_ci.errors import BadInput, LtfError, first_outage
from ltf_ci.images.cached_registry import CachedRegistry
from ltf_ci.images.latest import image_under
from ltf_ci.images.rules.tags import Found, TaggedImage
from ltf_ci.languages.languages_list import LanguagesList
from ltf_ci.languages.listed import Listed
from ltf_ci.languages.listed_repositories import Gathered, Gathering, read_list
from ltf_ci.languages.lock import Lock, lock_path
from ltf_ci.languages.requests import AskingImages, ListArgument
from ltf_ci.languages.rules import lock as list_lock
from ltf_ci.languages.rules import manifests, outages
from ltf_ci.manifest.facts import ManifestFacts
from ltf_ci.manifest.gather_facts import facts_of_only
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.manifest.repository import read_start_point
from ltf_ci.manifest.requests import Allowing
from ltf_ci.model.file_text import text_of
from ltf_ci.model.finding import Finding, Place, in_order
from ltf_ci.model.image import ImageName
from ltf_ci.model.list_file import LARGEST
from ltf_ci.model.outcome import Outcome, Step, StepState
from ltf_ci.model.printable import amount
from ltf_ci.options.option import switch
from ltf_ci.options.shared import Fetching

Answers = Mapping[ImageName, Found | LtfError]
Heard = dict[ImageName, Found | LtfError]  # which grows
Seen = Gathered[tuple[Manifest, ManifestFacts]]
NO_LOCK = "none was compared; where none is there, `ltf-ci list lock --write` begins it"


class Request(ListArgument, Allowing, AskingImages, Fetching):
    """Which list."""

    lock: bool = switch("compare the lock next to the list, if there is one, with what is true now", default=True)


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, of how many lines that could be followed."""

    lines: int
    findings: tuple[Finding, ...]
    has_lock: bool


def execute(request: Request, run: Run) -> Outcome:
    """Check every line, and say all that was found at once."""
    listed = read_list(request.list)

    def look(folder: Path) -> tuple[Manifest, ManifestFacts]:
        return _look(folder, request.allow)

    gathering = Gathering(listed, look, local=request.allow_local)
    heard: Heard = {}
    with reported_at_an_interrupt(lambda: _checked(listed, gathering.known(), dict(heard), request).findings):
        gathering.follow(run, request.cache)
        gathered = gathering.known()
        answers = _answers(_lines(listed, gathered), run, request.cache, heard) if request.images else {}
    checked = _checked(listed, gathered, answers, request, is_whole=True)
    steps = _steps(listed, checked, answers)
    nothing = "" if listed.every_line() else f"{request.list} has no line"
    return Outcome.checked(checked.findings, steps, outage=first_outage(answers.values()), nothing=nothing)


def _checked(
    listed: LanguagesList, gathered: Seen, answers: Answers, request: Request, *, is_whole: bool = False
) -> Checked:
    """Return what was found in what is known; what must be known of every line only where the whole is."""
    lines = _lines(listed, gathered)
    locked = _of_lock(request.list, listed, lines, answers) if request.lock else None
    of_manifests = [*_of_manifests(lines, answers, request), *(manifests.pairs(lines) if is_whole else ())]
    findings = (*gathered.findings, *outages.by_cause(of_manifests), *(locked or ()))
    return Checked(len(lines), in_order([*findings]), has_lock=locked is not None)


def _lines(listed: LanguagesList, gathered: Seen) -> tuple[Listed, ...]:
    return tuple(
        Listed(place=listed.place(line), entry=line.entry, commit=commit, manifest=manifest, facts=facts)
        for line, commit, (manifest, facts) in gathered.seen
    )


def _look(folder: Path, allow: tuple[str, ...]) -> tuple[Manifest, ManifestFacts]:
    manifest = read_start_point(folder)
    return manifest, facts_of_only(folder, manifest, allow)


def _answers(lines: tuple[Listed, ...], run: Run, cache: Path | None, heard: Heard) -> Answers:
    """Ask for every image; for labels, which registries ration, only where a tag's commit must be there."""
    registry = CachedRegistry(run.registry, cache)
    released = {line.image for line in lines if line.tag}
    images = [line.image for line in lines if line.image]
    return concurrently(lambda image: image_under(registry, image, labelled=image in released), images, heard=heard)


def _of_manifests(lines: tuple[Listed, ...], answers: Answers, request: Request) -> list[Finding]:
    found = [fault for line in lines for fault in manifests.faults(line, request.allow)]
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
        return (Finding(rule="lock", place=Place(path), found=error.found, expected=error.expected, cure=error.cure),)
    of_lines = {str(line.image): answers.get(line.image) for line in lines if line.image}
    digests = {name: answer.digest for name, answer in of_lines.items() if isinstance(answer, TaggedImage)}
    return (*list_lock.untrue(lock, path, lines, digests), *list_lock.unlisted(lock, text, path, listed))


def _steps(listed: LanguagesList, checked: Checked, answers: Answers) -> tuple[Step, ...]:
    every = len(listed.every_line())
    lines = f"{checked.lines} of {amount(every, 'line')} followed to their manifests"
    return (
        Step("list", StepState.DONE if every else StepState.SKIPPED, lines),
        Step("images", StepState.DONE if answers else StepState.SKIPPED, f"{len(answers)} asked for"),
        Step("lock", StepState.DONE if checked.has_lock else StepState.SKIPPED, "" if checked.has_lock else NO_LOCK),
    )
