"""Repositories brought to ltf-ci, by one pull request in each, bases first; each one's error is its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ltf_ci.adopt.change import Facts, adopted
from ltf_ci.adopt.first_tag import with_first_tag
from ltf_ci.adopt.fleet import Fleet, Seen
from ltf_ci.adopt.languages import scanned
from ltf_ci.adopt.propose import propose
from ltf_ci.adopt.repository import PATHS
from ltf_ci.adopt.rules import waiting
from ltf_ci.adopt.rules.adoption import Adoption, Stage
from ltf_ci.adopt.rules.lacking import lacking
from ltf_ci.adopt.rules.older_workflows import in_the_way
from ltf_ci.adopt.rules.text import pull_text
from ltf_ci.adopt.rules.versions import Versions
from ltf_ci.adopt.rules.waiting import Maker
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.clients.run import Run
from ltf_ci.errors import LtfError
from ltf_ci.fleet.rules import pairs
from ltf_ci.images.platforms import platforms_of
from ltf_ci.model.finding import Place
from ltf_ci.model.image import LATEST
from ltf_ci.model.layout import SETTINGS
from ltf_ci.model.registry import Absent
from ltf_ci.model.remote_repository import Files, PullText
from ltf_ci.workflows.rules.secrets import needed_secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of every repository: `push_tags` pushes the first tag where nothing is left to be said."""

    facts: Facts
    versions: Versions
    push_tags: bool
    dry_run: bool


def adopt(fleet: Fleet, asked: Asked, run: Run) -> Iterator[Adoption]:
    """Take each repository one step further, unless it waits for another one; bases first."""
    seen = {each.maker: each for each in fleet.seen.values() if isinstance(each, Seen)}
    closed: set[Maker] = set()
    others = {each.place: each for each in pairs.other_images(scanned(each, fleet) for each in seen.values())}
    for place, error in fleet.seen.items():
        if isinstance(error, LtfError):
            yield _failed(str(place), error)
    for maker, bases in waiting.bases_first(seen).items():
        awaited = tuple(base for base in bases if base not in closed)
        try:
            done = _adopt(seen[maker], awaited, fleet, asked, run)
        except LtfError as error:
            done = _failed(maker.place, error)
        if done.stage is Stage.CLOSED:
            closed.add(maker)
        other = others.get(Place(maker.place))
        yield replace(done, by_hand=(*done.by_hand, f"{other.found}; {other.cure}")) if other else done


def _failed(place: str, error: LtfError) -> Adoption:
    return Adoption(place=place, stage=Stage.FAILED, why=error.in_a_row, error=error)


def _adopt(seen: Seen, awaited: Sequence[Maker], fleet: Fleet, asked: Asked, run: Run) -> Adoption:
    bases = {base.place: fleet.release(base) for base in awaited}
    missing = [base for base, release in bases.items() if release is None]
    about = _about(seen, asked)
    if missing:
        return replace(about, stage=Stage.WAITS, why=f"waits for the first release of {', '.join(missing)}")
    known = replace(
        asked.facts,
        bases=tuple(release for release in bases.values() if release),
        platforms=_platforms(seen, run.registry),
    )
    if adopted(seen.files, known) == seen.files:
        return _complete(seen, about, fleet, asked, run)
    repository = run.target_repository(seen.place, PATHS)

    def text(before: Files, after: Files) -> PullText:
        return pull_text(before, after, about)

    return propose(about, repository, lambda files: adopted(files, known), text, run, dry_run=asked.dry_run)


def _complete(seen: Seen, about: Adoption, fleet: Fleet, asked: Asked, run: Run) -> Adoption:
    """Return how far a repository is that has all files that it needs."""
    release, version = fleet.release(seen.maker), asked.versions.of_maker(seen.maker)
    if release:
        return replace(about, stage=Stage.RELEASED, released=release, command="", by_hand=(), secrets=())
    if version and asked.push_tags:
        return with_first_tag(about, seen, version, run, dry_run=asked.dry_run)
    return replace(about, stage=Stage.TAG)


def _about(seen: Seen, asked: Asked) -> Adoption:
    """Return what a person is asked of a repository, whatever its stage is."""
    place, versions = seen.maker.place, asked.versions
    how = f"look which language version is in its image, and write `{place} VERSION` into the file of --versions"
    version = () if versions.of_maker(seen.maker) else (how,)
    is_start_point = seen.maker.is_start_point
    lists = bool(asked.facts.languages) and is_start_point
    secrets = needed_secrets(seen.maker.image, place.partition("/")[0], opens_pull_requests=lists)
    after = adopted(seen.files, asked.facts)
    kept = {path: text or "" for path, text in seen.ci.items() if after.get(path, text) is not None}
    return Adoption(
        place=place,
        stage=Stage.OPEN,
        command=versions.first_tag(seen.maker),
        by_hand=(*version, *lacking(after, is_start_point=is_start_point), *in_the_way(kept)),
        secrets=tuple(secrets) if seen.place.github else (),
    )


def _platforms(seen: Seen, registry: Registry) -> tuple[str, ...]:
    """Return the platforms that `latest` has, which a new setting keeps; none where no image is built, or is there."""
    latest = seen.maker.image.tagged(LATEST)
    if seen.files[SETTINGS] is not None or seen.maker.is_start_point or isinstance(registry.resolve(latest), Absent):
        return ()
    return platforms_of(latest, registry)
