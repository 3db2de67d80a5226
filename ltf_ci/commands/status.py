"""`ltf-ci status`: what a repository has released or listed, what waits, and in which pull request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

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
from ltf_ci.languages.rules import branch_contents, bumping
from ltf_ci.languages.rules.line_status import LineStatus, Listing, data_of, statuses
from ltf_ci.languages.rules.renames import Wanted
from ltf_ci.manifest.repository import read_repository
from ltf_ci.model.image import LATEST, ImageName
from ltf_ci.model.outcome import Conclusion, Outcome, Step, StepState
from ltf_ci.model.release_tag import release_tag_in
from ltf_ci.options.folder import InFolder
from ltf_ci.workflows.repository_kind import RepositoryKind, kind_at

MOST_LINES = 15  # a screen
NO_MANIFEST = "it names no image's own repository"


@dataclass(frozen=True, kw_only=True)
class Request(InFolder, LanguagesRepository):
    """Which repository."""


def execute(request: Request, run: Run) -> Outcome:
    """Show what there is of an LTF, or of the languages repository, by what the folder is."""
    if kind_at(request.directory, request.list) is RepositoryKind.LTF:
        return _of_ltf(request, run)
    status = list_status(request.directory, request.list, request.languages, run)
    return Outcome(conclusion=Conclusion.DONE, steps=tuple(status.steps()), plan=status.as_data())


def _of_ltf(request: Request, run: Run) -> Outcome:
    """Show each version line; where the languages list cannot be read, that is named, and hides nothing else."""
    git, repository = run.git(request.directory), read_repository(request.directory)
    image = repository.image_of(None).untagged
    here = (_head(git), Step("image", StepState.DONE, str(image)))
    for step in here:
        run.show(step)  # before a registry is asked, which may not answer
    image_tags = run.registry.tags(image)
    local = git.tags()
    tags = git.remote_tags("origin") if git.has_remote() else local
    newest = [image.tagged(str(tag)) for tag in newest_of_lines(tags).values()]
    listing, why = _listing(request, newest, git, run) if repository.manifest else (None, NO_MANIFEST)
    lines = statuses(tags, image_tags, listing, local)
    steps = (
        *here,
        _latest(image, image_tags, run.registry),
        *_list_step(listing, why),
        *_steps(lines),
    )
    plan = {"image": str(image), "lines": data_of(lines)}
    return Outcome(conclusion=Conclusion.DONE, steps=steps, plan=plan)


def _head(git: Git) -> Step:
    tag = next((text for text in git.tags_at_head() if release_tag_in(text)), "")
    changed = git.uncommitted()
    changes = f", {len(changed)} file{'s' * (len(changed) != 1)} with uncommitted changes" if changed else ""
    return Step("HEAD", StepState.DONE, f"{tag or 'no release tag: `ltf-ci next` makes it'}{changes}")


def _latest(image: ImageName, tags: tuple[str, ...], registry: RegistryReader) -> Step:
    if LATEST not in tags:
        return Step(LATEST, StepState.SKIPPED, "no such tag")
    version = ImageLabels.from_labels(registry.labels(image.tagged(LATEST))).version
    return Step(LATEST, StepState.DONE, str(version or "an image without ltf-ci's labels"))


def _listing(request: Request, newest: Sequence[ImageName], git: Git, run: Run) -> tuple[Listing | None, str]:
    """Return what the languages list has of the repository, and by which older address; or None, and why not."""
    url = git.origin()
    if request.languages is None or url is None:
        lacking = "origin" if request.languages else "languages repository (--languages)"
        return None, f"not looked at: no {lacking} is named"
    here = ListEntry(url.public, "")
    wanted = [Wanted(replace(here, ref=image.tag), image) for image in newest]
    try:
        state = languages_at(request.languages, request.list, run).state(branch_contents.branch_name(here, ""))
        renames = RenameFinder(git).among(*bumping.may_be_older(state, request.list, wanted))
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
        yield Step(str(line.version), StepState.PLANNED if line.waits else StepState.DONE, line.detail)
    if len(lines) > MOST_LINES:
        yield Step("older", StepState.DONE, f"{len(lines) - MOST_LINES} more version lines: --format json has them")
