"""`ltf-ci dashboard`: the fleet as one static page, from its files, its registries and what watch found."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from ltf_ci.clients.concurrency import reported_at_an_interrupt
from ltf_ci.clients.files import made_folder, read_file, write_whole
from ltf_ci.clients.git.repository import Git
from ltf_ci.clients.run import Run
from ltf_ci.dashboard import images
from ltf_ci.dashboard.notes import notes
from ltf_ci.dashboard.rules import findings, rows
from ltf_ci.dashboard.rules.page import Parts, page
from ltf_ci.dashboard.rules.rows import Known
from ltf_ci.errors import LtfError, UsageError
from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.images.cached_registry import CachedRegistry
from ltf_ci.languages.requests import AskingImages, DependentsInRepository, ListInRepository
from ltf_ci.model.outcome import Conclusion, Ending, Outcome, Step, StepState
from ltf_ci.model.printable import amount
from ltf_ci.options.folder import InFolder
from ltf_ci.options.option import value
from ltf_ci.options.shared import Cache
from ltf_ci.watch.files import Files
from ltf_ci.watch.report import report_in

NAME = "index.html"
LARGEST = 256 * 1024 * 1024  # bytes


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
    watched = report_in(request.watched) if request.watched else None
    asked = [member.asked_for for member in members if member.asked_for and request.images]
    heard: images.Heard = {}
    with reported_at_an_interrupt(steps=lambda: images.steps(dict(heard))):
        answers = images.ask(asked, CachedRegistry(run.registry, request.cache), run, heard)
    known = {image: answer for image, answer in answers.items() if isinstance(answer, Known)}
    found_by_watch = watched.findings if watched else ()
    data = findings.rows(members, known, found_by_watch, is_watched=bool(watched and watched.is_whole))
    paths = request.list, request.dependents
    unknown = tuple(notes(found, paths, watched, is_asked=request.images))
    content = page(data, unknown, parts(), _as_of(run.git(request.directory))).encode()
    state = _write(request.out, content)
    ending = _ending(state, is_empty=not members)
    return Outcome(
        conclusion=ending.conclusion,
        reason=ending.reason,
        steps=(*images.steps(answers), Step("page", state, f"{request.out / NAME}: {amount(len(members), 'row')}")),
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
