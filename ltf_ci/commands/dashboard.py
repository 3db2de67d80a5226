"""`ltf-ci dashboard`: the fleet as one static page, from its files, its registries and what watch found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path

from ltf_ci.clients.concurrency import concurrently, reported_at_an_interrupt
from ltf_ci.clients.files import made_folder, read_file, read_named, write_whole
from ltf_ci.clients.git.repository import Git
from ltf_ci.clients.run import Run
from ltf_ci.dashboard.rules import findings, rows
from ltf_ci.dashboard.rules.page import Parts, page
from ltf_ci.dashboard.rules.rows import Known
from ltf_ci.errors import BadInput, LtfError, UsageError
from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.images.cached_registry import CachedRegistry
from ltf_ci.images.labels import ImageLabels
from ltf_ci.languages.languages_list import Unreadable
from ltf_ci.languages.requests import AskingImages, DependentsInRepository, ListInRepository
from ltf_ci.model.image import ImageName
from ltf_ci.model.outcome import Conclusion, Ending, Outcome, Step, StepState
from ltf_ci.model.printable import amount
from ltf_ci.model.registry import Absent
from ltf_ci.options.folder import InFolder
from ltf_ci.options.option import value
from ltf_ci.options.shared import Cache
from ltf_ci.watch import report
from ltf_ci.watch.files import Files
from ltf_ci.watch.report import Watched

NAME = "index.html"
LARGEST = 256 * 1024 * 1024  # bytes
Answers = Mapping[ImageName, Known | LtfError | None]
Heard = dict[ImageName, Known | LtfError | None]  # which grows


def _folder(text: str) -> Path:
    """Read the folder that the page goes to, or raise UsageError for what is a page's own name."""
    if text.lower().endswith((".html", ".htm")):
        expected = f"a folder, such as _site: the page is {NAME} in it"
        raise UsageError(f"out is {text[:200]!r}, the name of a page", expected=expected)
    return Path(text)


class Request(InFolder, ListInRepository, DependentsInRepository, AskingImages, Cache):
    """The page."""

    watched: Path | None = value(
        "what `ltf-ci watch --report FILE` wrote: without it nothing is known to be fine", Path, "FILE", default=None
    )
    out: Path = value(
        "the folder that index.html is written to; what else is in it stays", _folder, "DIR", default=Path("_site")
    )


def execute(request: Request, run: Run) -> Outcome:
    """Write the page; what could not be asked is not known there, and reported here."""
    found = Files.read(request.directory, request.list, request.dependents)
    graph = ImageGraph.of(found.dependents.entries if found.dependents else ())
    members = rows.members(found.listed, found.lock, graph)
    watched = _watched(request.watched)
    heard: Heard = {}
    with reported_at_an_interrupt(steps=lambda: _steps(dict(heard))):
        answers = _answers((member.asked_for for member in members), request, run, heard)
    known = {image: answer for image, answer in answers.items() if isinstance(answer, Known)}
    found_by_watch = watched.findings if watched else ()
    data = findings.rows(members, known, found_by_watch, is_watched=bool(watched and watched.is_whole))
    content = page(data, tuple(_notes(found, request, watched)), parts(), _as_of(run.git(request.directory))).encode()
    state = _write(request.out, content)
    ending = _ending(state, is_empty=not members)
    return Outcome(
        conclusion=ending.conclusion,
        reason=ending.reason,
        steps=(*_steps(answers), Step("page", state, f"{request.out / NAME}: {amount(len(members), 'row')}")),
    )


def _ending(state: StepState, *, is_empty: bool) -> Ending:
    if is_empty:
        return Ending(Conclusion.DID_NOTHING, "list, lock and dependents name no image: the page has no row")
    if state is StepState.UNCHANGED:
        return Ending(Conclusion.NOTHING_TO_DO, "the page is up to date")
    return Ending(Conclusion.DONE)


def _as_of(git: Git) -> str:
    """Return the time of the languages repository's commit; nothing where it is in none: the page has no clock."""
    try:
        return git.commit_time(git.head())
    except LtfError:
        return ""


def _watched(file: Path | None) -> Watched | None:
    if file is None:
        return None
    raw = read_named(file, report.LARGEST)
    if raw is None:
        raise BadInput(
            f"{file} is not there",
            expected="what `ltf-ci watch` found, as JSON",
            cure="write it by `ltf-ci watch --report FILE`",
        )
    return report.read_report(raw, str(file))


def _answers(images: Iterable[ImageName | None], request: Request, run: Run, heard: Heard) -> Answers:
    """Ask for each image, many at a time; None is one that is not there."""
    if not request.images:
        return {}
    registry = CachedRegistry(run.registry, request.cache)
    return concurrently(
        lambda image: _known(image, registry),
        [image for image in images if image],
        lambda done, of: run.progress(done, of, "images asked for"),
        heard,
    )


def _known(image: ImageName, registry: CachedRegistry) -> Known | None:
    """Return what a registry has; of a digest, which never changes, nothing is asked that the cache knows."""
    if image.digest is None:
        answer = registry.resolve(image)
        if isinstance(answer, Absent):
            return None
        image = image.at(answer.digest)
    return Known(str(image.digest), registry.size(image), ImageLabels.from_labels(registry.labels(image)))


def _notes(found: Files, request: Request, watched: Watched | None) -> Iterator[str]:
    """Return what the page does not know: the same each time, so that it changes only where the fleet does."""
    listed, lock, graph = found.listed, found.lock, found.dependents
    if listed is None:
        yield f"There is no {request.list}: the releases are those of the lock."
    elif unreadable := sum(isinstance(line, Unreadable) for line in listed.every_line()):
        yield f"Lines of {listed.path} that cannot be read: {unreadable}. `ltf-ci list check` shows why."
    if lock is None:
        yield "There is no lock: what the releases are made of is not known."
    if graph is None:
        yield f"There is no {request.dependents}: images that are not listed are not known."
    elif graph.faults:
        yield f"Entries of {graph.path} that cannot be read: {len(graph.faults)}. `ltf-ci dependents check` shows why."
    if not request.images:
        yield "The registries were not asked: sizes and days are not known."
    if watched is None:
        yield "What ltf-ci watch found was not given: what is not known to wait may wait all the same."
    elif not watched.is_whole:
        yield "ltf-ci watch ended before it had looked at all: what is not known to wait may wait all the same."


def parts() -> Parts:
    """Return the page's own files."""
    folder = files("ltf_ci").joinpath("dashboard")
    return Parts(*(folder.joinpath(name).read_text("utf-8") for name in ("page.html", "style.css", "script.js")))


def _write(folder: Path, content: bytes) -> StepState:
    """Write the page where it differs; other files in the folder are left alone."""
    made_folder(folder, "site")
    if read_file(folder, NAME, LARGEST) == content:
        return StepState.UNCHANGED
    write_whole(folder / NAME, content)
    return StepState.DONE


def _steps(answers: Answers) -> Iterator[Step]:
    known = sum(isinstance(answer, Known) for answer in answers.values())
    yield Step("images", StepState.DONE if answers else StepState.SKIPPED, f"{known} of {len(answers)} are known")
    for image, answer in answers.items():
        if not isinstance(answer, Known):
            why = answer.found if answer else "it is not in its registry"
            yield Step("unknown", StepState.SKIPPED, f"{image}: {why}")
