"""Repositories brought to ltf-ci, by one pull request in each, bases first; each one's error is its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from ltf_ci.adopt.change import Facts, adopted
from ltf_ci.adopt.repository import PATHS, maker_of
from ltf_ci.adopt.rules import waiting
from ltf_ci.adopt.rules.adoption import Adoption, Stage
from ltf_ci.adopt.rules.older_workflows import in_the_way
from ltf_ci.adopt.rules.text import BRANCH, changes, pull_text
from ltf_ci.adopt.rules.versions import Versions
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
from ltf_ci.model.layout import OLDER_WORKFLOW, SETTINGS
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


def adopt(fleet: Fleet, versions: Versions, facts: Facts, run: Run, *, dry_run: bool) -> Iterator[Adoption]:
    """Open, update or leave the pull request of each repository, unless it waits for another one; bases first."""
    seen = {each.maker: each for each in fleet.seen.values() if isinstance(each, Seen)}
    closed: set[Maker] = set()
    for place, error in fleet.seen.items():
        if isinstance(error, LtfError):
            yield _failed(str(place), error)
    for maker, bases in waiting.bases_first(seen).items():
        awaited = tuple(base for base in bases if base not in closed)
        try:
            done = _adopt(seen[maker], awaited, fleet, versions, facts, run, dry_run=dry_run)
        except LtfError as error:
            done = _failed(maker.place, error)
        if done.stage is Stage.CLOSED:
            closed.add(maker)
        yield done


def _failed(place: str, error: LtfError) -> Adoption:
    return Adoption(place=place, stage=Stage.FAILED, why=error.found, error=error)


def _adopt(  # noqa: PLR0913 - each is one fact of a repository
    seen: Seen, awaited: Sequence[Maker], fleet: Fleet, versions: Versions, facts: Facts, run: Run, *, dry_run: bool
) -> Adoption:
    bases = {base.place: _release(base, fleet) for base in awaited}
    missing = [base for base, release in bases.items() if release is None]
    about = _about(seen, versions)
    if missing:
        return replace(about, stage=Stage.WAITS, why=f"waits for the first release of {', '.join(missing)}")
    known = replace(
        facts,
        bases=tuple(release for release in bases.values() if release),
        platforms=_platforms(seen, run.registry),
    )
    after = adopted(seen.files, known)
    if after == seen.files:
        release = _release(seen.maker, fleet)
        if release:
            return replace(about, stage=Stage.RELEASED, released=release, command="", by_hand=())
        return replace(about, stage=Stage.TAG)
    result = _proposed(seen, known, about, run, dry_run=dry_run)
    return replace(_of_result(about, result), changes=(*changes(seen.files, after),))


def _about(seen: Seen, versions: Versions) -> Adoption:
    """Return what a person is asked of a repository, whatever its stage is."""
    place = seen.maker.place
    version = () if versions.of_maker(seen.maker) else (f"look which version is in the image: {place} VERSION",)
    older = in_the_way(seen.files[OLDER_WORKFLOW])
    return Adoption(
        place=place,
        stage=Stage.OPEN,
        command=versions.first_tag(seen.maker),
        by_hand=(*version, *([older] if older else [])),
    )


def _of_result(about: Adoption, result: PullRequestResult) -> Adoption:
    is_closed = isinstance(result.decision, LeaveAlone) and result.decision.satisfied and result.pull is None
    stage = Stage.CLOSED if is_closed else _STAGES[result.step.state]
    return replace(about, stage=stage, why=result.step.detail, pull_request=result.url)


def _proposed(seen: Seen, facts: Facts, about: Adoption, run: Run, *, dry_run: bool) -> PullRequestResult:
    def decide(state: RepositoryState) -> PullRequestDecision:
        after = adopted(state.base.files, facts)
        text = pull_text(state.base.files, after, about.command, about.by_hand)
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
