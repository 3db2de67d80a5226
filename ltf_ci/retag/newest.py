"""What is known of a version line's newest release, before anything is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ltf_ci.clients.registry.registry import Registry
from ltf_ci.clients.run import OptionsFor, Run
from ltf_ci.images.labels import ImageLabels
from ltf_ci.images.latest import image_under
from ltf_ci.images.rules.latest import LatestPolicy
from ltf_ci.images.rules.tags import TaggedImage
from ltf_ci.images.rules.trust import NOTHING_LOCKED, KnownReleases
from ltf_ci.languages.requests import ReleaseRequest
from ltf_ci.manifest.repository import read_repository
from ltf_ci.model.commit import Commit
from ltf_ci.model.image import ImageName
from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.publish.methods import labels_today
from ltf_ci.publish.options import build_args
from ltf_ci.retag.base_edits import base_edits, base_names
from ltf_ci.retag.clone import Clone
from ltf_ci.retag.request import Asked
from ltf_ci.retag.rules import bases, retagging
from ltf_ci.retag.rules.retagging import NO_LABELS, LineFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """A line's newest release: its commit, how it was released, and the labels of its image, empty without one.

    `edits` are the files in which a new release names newer bases, `unmatched` the bases that take no image's place.
    """

    tag: ReleaseTag
    commit: Commit
    request: ReleaseRequest
    image: ImageName
    before: ImageLabels
    known: KnownReleases
    edits: Mapping[str, bytes]
    unmatched: tuple[ImageName, ...]
    facts: LineFacts


def look(tag: ReleaseTag, made_by: str, clone: Clone, asked: Asked, run: Run) -> Newest:
    """Check a release out, and look at it; `made_by` is the request that made it, empty where none did.

    Raise TagTaken where its tag is not where the lock has it.
    """
    commit, request = clone.switch(tag), release_request(tag, clone, run.options_for)
    repository, known = read_repository(clone.directory), known_releases(clone, asked)
    image = repository.image_of(tag).under(request.push_to)
    retagging.expect_as_locked(image, commit, known)
    arguments = build_args(request.build_arg)
    edits = base_edits(clone.directory, asked.bases, arguments)
    found = image_under(run.registry, image)
    before = retagging.labels_before(image, found, known)
    facts = LineFacts(
        is_mine=made_by == asked.request,
        is_retag=bool(made_by),
        has_image=isinstance(found, TaggedImage),
        has_newer_base=bool(edits),
        is_same=not edits and before != NO_LABELS and retagging.is_same(before, labels_today(request, run)),
        is_built_anyway=asked.rebuild and repository.builds_image,
    )
    return Newest(
        tag=tag,
        commit=commit,
        request=request,
        image=image,
        before=before,
        known=known,
        edits=edits,
        unmatched=bases.unmatched(base_names(clone.directory, arguments), asked.bases),
        facts=facts,
    )


def known_releases(clone: Clone, asked: Asked) -> KnownReleases:
    """Return the lock's releases; nothing is asked of what no list has: an image's own repository."""
    return asked.known() if read_repository(clone.directory).manifest else NOTHING_LOCKED


def release_request(tag: ReleaseTag, clone: Clone, options_for: OptionsFor) -> ReleaseRequest:
    """Return how the line is released: by its own settings, with nothing that an earlier build left."""
    return replace(options_for(ReleaseRequest, clone.directory), tag=tag, no_cache=True)


def taken_tags(line: Newest, registry: Registry) -> tuple[str, ...]:
    """Return the tags of a line's image: a revision that the registry has and git lacks is not free."""
    never = line.request.latest is LatestPolicy.NEVER  # the registry may be one that cannot list them
    return () if never else registry.tags(line.image)
