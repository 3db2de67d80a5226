"""The repositories of a fleet as they are now, and the newest release of what each makes."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from ltf_ci.adopt.repository import PATHS, maker_of
from ltf_ci.adopt.rules.text import BRANCH
from ltf_ci.adopt.rules.waiting import Maker
from ltf_ci.clients.concurrency import concurrently
from ltf_ci.clients.pull_requests.many import files_of_many
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.clients.run import Run
from ltf_ci.errors import LtfError
from ltf_ci.images.labels import ImageLabels, is_relabelled
from ltf_ci.images.latest import image_under
from ltf_ci.images.rules.tags import TaggedImage, release_tags
from ltf_ci.model.image import ImageName
from ltf_ci.model.remote_repository import Files, FilesAndCi
from ltf_ci.model.repository_place import LanguagesPlace
from ltf_ci.workflows.repository_kind import RepositoryKind, kind_of


@dataclass(frozen=True, slots=True)
class Seen:
    """A repository's files on its default branch, what it makes, and all its workflows."""

    place: LanguagesPlace
    files: Files
    maker: Maker
    ci: Files


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """The repositories that could be read, and the newest release of what each makes; an error is its own answer."""

    seen: Mapping[LanguagesPlace, Seen | LtfError]
    others: tuple[str, ...] = ()  # repositories of an owner that are no LTF's
    releases: Mapping[Maker, ImageName | LtfError | None]

    @property
    def makers(self) -> tuple[Maker, ...]:
        """What every repository makes."""
        return tuple(seen.maker for seen in self.seen.values() if isinstance(seen, Seen))

    def release(self, maker: Maker) -> ImageName | None:
        """Return the newest release of what a repository makes, or raise why that is not known."""
        found = self.releases[maker]
        if isinstance(found, LtfError):
            raise found
        return found


def look(places: Sequence[LanguagesPlace], named: Container[LanguagesPlace], run: Run) -> Fleet:
    """Read every repository, and ask which releases there are.

    One that is not `named`, but its owner, need not be an LTF's.
    """
    known = _read_together(places, run)
    read = concurrently(
        partial(_files, known=known, run=run), places, lambda done, of: run.progress(done, of, "repositories read")
    )
    others = [place for place, found in read.items() if place not in named and _is_other(found)]
    seen = {place: _seen(place, found) for place, found in read.items() if place not in others}
    makers = [each.maker for each in seen.values() if isinstance(each, Seen)]
    releases = concurrently(partial(_newest, registry=run.registry), makers)
    return Fleet(seen=seen, others=tuple(map(str, others)), releases=releases)


def _read_together(places: Sequence[LanguagesPlace], run: Run) -> Mapping[str, FilesAndCi]:
    """Return the files of those at GitHub that can be read by few calls."""
    names = [place.github for place in places if place.github]
    is_possible = len(names) > 1 and run.has_token and not run.github.is_app
    return files_of_many(names, PATHS, run.github) if is_possible else {}


def _files(place: LanguagesPlace, known: Mapping[str, FilesAndCi], run: Run) -> FilesAndCi:
    if found := known.get(place.github):
        return found
    state = run.target_repository(place, PATHS).state(BRANCH)
    return FilesAndCi(state.base.files, state.ci)


def _is_other(found: FilesAndCi | LtfError) -> bool:
    there = () if isinstance(found, LtfError) else [path for path, text in found.files.items() if text is not None]
    return not isinstance(found, LtfError) and kind_of(there) is not RepositoryKind.LTF


def _seen(place: LanguagesPlace, found: FilesAndCi | LtfError) -> Seen | LtfError:
    if isinstance(found, LtfError):
        return found
    try:
        return Seen(place, found.files, maker_of(str(place), found.files), found.ci)
    except LtfError as error:
        return error


def _newest(maker: Maker, registry: Registry) -> ImageName | None:
    """Return the newest release that a repository made of its image, by the labels; None where it made none."""
    for tag in release_tags(registry.tags(maker.image)):
        image = maker.image.tagged(tag)
        found = image_under(registry, image)
        labels = found.labels if isinstance(found, TaggedImage) else ImageLabels()
        if labels.version == tag and is_relabelled(image, labels) is maker.is_start_point:
            return image
    return None
