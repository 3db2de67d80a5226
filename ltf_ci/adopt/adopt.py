"""Repositories brought to ltf-ci, by one pull request in each, bases first; each one's error is its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from ltf_ci.adopt.change import Facts, adopted
from ltf_ci.adopt.repository import PATHS, maker_of
from ltf_ci.adopt.rules import waiting
from ltf_ci.adopt.rules.adoption import Adoption, Stage
from ltf_ci.adopt.rules.text import BRANCH, pull_text
from ltf_ci.adopt.rules.waiting import Maker
from ltf_ci.clients.concurrency import concurrently
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.clients.run import Run
from ltf_ci.errors import LtfError
from ltf_ci.images.labels import ImageLabels, is_relabelled
from ltf_ci.images.latest import image_under
from ltf_ci.images.platforms import platforms_of
from ltf_ci.images.rules.tags import TaggedImage, release_tags
from ltf_ci.model.image import LATEST, ImageName
from ltf_ci.model.layout import SETTINGS
from ltf_ci.model.outcome import StepState
from ltf_ci.model.registry import Absent
from ltf_ci.model.remote_repository import Files, LeaveAlone, PullRequestDecision, RepositoryState
from ltf_ci.model.repository_place import LanguagesPlace, PullOptions
from ltf_ci.pull_requests.apply import PullRequestResult, apply
from ltf_ci.pull_requests.rules import proposing
from ltf_ci.pull_requests.rules.proposing import Proposal

_STAGES = {
    StepState.DONE: Stage.OPENED,
    StepState.PLANNED: Stage.PLANNED,
    StepState.UNCHANGED: Stage.OPEN,
    StepState.SKIPPED: Stage.LEFT,
}
_UNASKED = PullOptions(unasked=True)


@dataclass(frozen=True, slots=True)
class Seen:
    """A repository's files on its default branch, and what it makes."""

    place: LanguagesPlace
    files: Files
    maker: Maker


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """The repositories that could be read, and the newest release of what each makes; an error is its own answer."""

    seen: Mapping[LanguagesPlace, Seen | LtfError]
    releases: Mapping[Maker, ImageName | LtfError | None]

    @property
    def makers(self) -> tuple[Maker, ...]:
        """What every repository makes."""
        return tuple(seen.maker for seen in self.seen.values() if isinstance(seen, Seen))


def look(places: Sequence[LanguagesPlace], run: Run) -> Fleet:
    """Read every repository, one call each, and ask which releases there are."""
    seen = concurrently(partial(_seen, run=run), places, lambda done, of: run.progress(done, of, "repositories read"))
    makers = [each.maker for each in seen.values() if isinstance(each, Seen)]
    return Fleet(seen=seen, releases=concurrently(partial(_newest, registry=run.registry), makers))


def adopt(place: LanguagesPlace, fleet: Fleet, facts: Facts, run: Run, *, dry_run: bool) -> Adoption:
    """Open, update or leave the pull request of one repository, unless it waits for another one."""
    seen = fleet.seen[place]
    try:
        if isinstance(seen, LtfError):
            raise seen
        return _adopt(seen, fleet, facts, run, dry_run=dry_run)
    except LtfError as error:
        return Adoption(place=str(place), stage=Stage.FAILED, why=error.found, error=error)


def _adopt(seen: Seen, fleet: Fleet, facts: Facts, run: Run, *, dry_run: bool) -> Adoption:
    below = waiting.bases_by_commit(seen.maker, waiting.image_makers(fleet.makers))
    bases = {base.place: _release(base, fleet) for base in below}
    missing = [base for base, release in bases.items() if release is None]
    command = waiting.first_tag(seen.maker, waiting.versions(fleet.makers))
    if missing:
        why = f"waits for the first release of {', '.join(missing)}"
        return Adoption(place=str(seen.place), stage=Stage.WAITS, why=why)
    known = replace(
        facts,
        bases=tuple(release for release in bases.values() if release),
        platforms=_platforms(seen, run.registry),
    )
    if adopted(seen.files, known) == seen.files:
        release = _release(seen.maker, fleet)
        stage = Stage.RELEASED if release else Stage.TAG
        return Adoption(place=str(seen.place), stage=stage, released=release, command="" if release else command)
    return _of_result(seen, _proposed(seen, known, command, run, dry_run=dry_run), command)


def _of_result(seen: Seen, result: PullRequestResult, command: str) -> Adoption:
    is_closed = isinstance(result.decision, LeaveAlone) and result.decision.satisfied and result.pull is None
    return Adoption(
        place=str(seen.place),
        stage=Stage.LEFT if is_closed else _STAGES[result.step.state],
        why=result.step.detail,
        pull_request=result.url,
        command=command,
    )


def _proposed(seen: Seen, facts: Facts, command: str, run: Run, *, dry_run: bool) -> PullRequestResult:
    def decide(state: RepositoryState) -> PullRequestDecision:
        after = adopted(state.base.files, facts)
        text = pull_text(state.base.files, after, command)
        proposal = Proposal(branch=BRANCH, title=text.title, body=text.body, edit=lambda _files: after, unasked=True)
        return proposing.decide(state, proposal)

    repository = run.target_repository(seen.place, PATHS)
    return apply(BRANCH, decide, repository, run.wait, dry_run=dry_run, options=_UNASKED)


def _seen(place: LanguagesPlace, run: Run) -> Seen:
    files = run.target_repository(place, PATHS).state(BRANCH).base.files
    return Seen(place, files, maker_of(str(place), files))


def _newest(maker: Maker, registry: Registry) -> ImageName | None:
    """Return the newest release that a repository made of its image, by the labels; None where it made none."""
    for tag in release_tags(registry.tags(maker.image)):
        image = maker.image.tagged(tag)
        found = image_under(registry, image)
        labels = found.labels if isinstance(found, TaggedImage) else ImageLabels()
        if labels.version == tag and is_relabelled(image, labels) is maker.is_start_point:
            return image
    return None


def _release(maker: Maker, fleet: Fleet) -> ImageName | None:
    found = fleet.releases[maker]
    if isinstance(found, LtfError):
        raise found
    return found


def _platforms(seen: Seen, registry: Registry) -> tuple[str, ...]:
    """Return the platforms that `latest` has, which a new setting keeps; none where no image is built, or is there."""
    latest = seen.maker.image.tagged(LATEST)
    if seen.files[SETTINGS] is not None or seen.maker.is_start_point or isinstance(registry.resolve(latest), Absent):
        return ()
    return platforms_of(latest, registry)
