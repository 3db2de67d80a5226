"""`ltf-ci status`: what a repository has released or listed, what waits, and in which pull request."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from ltf_ci.clients.git.repository import Git
from ltf_ci.clients.run import Run
from ltf_ci.errors import LtfError
from ltf_ci.images.labels import ImageLabels
from ltf_ci.images.registry_reader import RegistryReader
from ltf_ci.images.rules.tags import newest_of_lines
from ltf_ci.languages.bump import languages_at
from ltf_ci.languages.languages_list import ListEntry
from ltf_ci.languages.list_status import list_status
from ltf_ci.languages.rename_finder import RenameFinder
from ltf_ci.languages.requests import LanguagesRepository
from ltf_ci.languages.rules import branch_contents
from ltf_ci.languages.rules.line_status import LineStatus, Listing, data_of, statuses
from ltf_ci.languages.rules.renames import Wanted
from ltf_ci.manifest.ltf_repository import LtfRepository
from ltf_ci.manifest.repository import read_repository
from ltf_ci.model.image import LATEST, ImageName
from ltf_ci.model.outcome import Conclusion, Outcome, Step, StepState
from ltf_ci.model.printable import amount
from ltf_ci.model.release_tag import release_tag_in
from ltf_ci.options.folder import InFolder
from ltf_ci.publish.options import PushTo
from ltf_ci.workflows.repository_kind import RepositoryKind, kind_at

T = TypeVar("T")
MOST_LINES = 15  # a screen
NO_MANIFEST = "it names no image's own repository"


class Request(InFolder, PushTo, LanguagesRepository):
    """Which repository."""


def execute(request: Request, run: Run) -> Outcome:
    """Show what there is of an LTF, or of the languages repository, by what the folder is."""
    if kind_at(request.directory, request.list) is RepositoryKind.LTF:
        return _of_ltf(request, run)
    status = list_status(request.directory, request.list, request.languages, run)
    return Outcome(conclusion=Conclusion.DONE, steps=tuple(status.steps()), plan=status.as_data())


def _of_ltf(request: Request, run: Run) -> Outcome:
    """Show each version line; what cannot be asked is named, and hides nothing else."""
    git, repository = run.git(request.directory), read_repository(request.directory)
    released = repository.image_of(None).untagged
    image = released.under(request.push_to)
    at_head, local = git.tags_at_head(), git.tags()
    for step in (here := (_head(at_head, git), Step("image", StepState.DONE, str(image)))):
        run.show(step)  # before a registry is asked, which may not answer
    tags, no_origin = _asked(lambda: git.remote_tags("origin") if git.has_origin() else local)
    image_tags, no_registry = _asked(lambda: run.registry.tags(image))
    tags = local if tags is None else tags
    newest = [released.tagged(str(tag)) for tag in newest_of_lines(tags).values()]
    listing, why = _listing(request, newest, git, run) if repository.manifest else (None, NO_MANIFEST)
    lines = statuses(tags, image_tags, listing, local, _by_hand(at_head, repository))
    errors = [error for error in (no_registry, no_origin) if error]
    steps = (
        *here,
        *(Step("origin", StepState.FAILED, error.found) for error in errors[1:]),
        *(() if image_tags is None else (_latest(image, image_tags, run.registry),)),
        *_list_step(listing, why),
        *_steps(lines),
    )
    plan = {"image": str(image), "lines": data_of(lines)}
    error = next(iter(errors), None)
    conclusion, reason = (Conclusion.FAILED, error.found) if error else (Conclusion.DONE, "")
    return Outcome(conclusion=conclusion, reason=reason, steps=steps, plan=plan, error=error)


def _asked(ask: Callable[[], T]) -> tuple[T | None, LtfError | None]:
    """Return an answer; or None, and why there is none."""
    try:
        return ask(), None
    except LtfError as error:
        return None, error


def _by_hand(at_head: tuple[str, ...], repository: LtfRepository) -> dict[str, str]:
    """Return the release tags at HEAD that image_name has not, and the tag that it has."""
    written = repository.image_of(None).tag
    names = (name for name in at_head if repository.manifest and release_tag_in(name) and name != written)
    return dict.fromkeys(names, written or "no tag")


def _head(at_head: tuple[str, ...], git: Git) -> Step:
    tags = ", ".join(text for text in at_head if release_tag_in(text))
    changed = git.uncommitted()
    changes = f", {amount(len(changed), 'file')} with uncommitted changes" if changed else ""
    return Step("HEAD", StepState.DONE, f"{tags or 'no release tag: `ltf-ci next` makes it'}{changes}")


def _latest(image: ImageName, tags: tuple[str, ...], registry: RegistryReader) -> Step:
    if LATEST not in tags:
        return Step(LATEST, StepState.SKIPPED, "no such tag")
    version = ImageLabels.from_labels(registry.labels(image.tagged(LATEST))).version
    return Step(LATEST, StepState.DONE, str(version or "an image without ltf-ci's labels"))


def _listing(request: Request, newest: Sequence[ImageName], git: Git, run: Run) -> tuple[Listing | None, str]:
    """Return what the languages list has of the repository, and by which older address; or None, and why not."""
    url = git.public_origin()
    if request.languages is None or url is None:
        lacking = "origin" if request.languages else "languages repository (--languages)"
        return None, f"not looked at: no {lacking} is named"
    here = ListEntry(url, "")
    wanted = [Wanted(replace(here, ref=image.tag), image) for image in newest]
    try:
        state = languages_at(request.languages, request.list, run).state(branch_contents.branch_name(here, ""))
        renames = RenameFinder(git).find(state, request.list, wanted)
    except LtfError as error:
        return None, error.found
    return Listing.of(state, request.list, url, renames), ""


def _list_step(listing: Listing | None, why: str) -> Iterator[Step]:
    if listing is None:
        yield Step("list", StepState.SKIPPED, why)
    elif listing.detail:
        yield Step("list", StepState.PLANNED, listing.detail)


def _steps(lines: tuple[LineStatus, ...]) -> Iterator[Step]:
    for line in lines[:MOST_LINES]:
        ended = StepState.DONE if line.is_image_known else StepState.SKIPPED
        yield Step(str(line.version), StepState.PLANNED if line.waits else ended, line.detail)
    if len(lines) > MOST_LINES:
        yield Step("older", StepState.DONE, f"{len(lines) - MOST_LINES} more version lines: --format json has them")
