"""Releases that are in git and not in the registry, or in the registry and not in git; and what could not be asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from ltf_ci.model.commit import Commit
from ltf_ci.model.dependents import Dependent, key_of
from ltf_ci.model.finding import Finding, Severity
from ltf_ci.model.image import ImageName
from ltf_ci.model.image_graph import ImageGraph
from ltf_ci.model.release_tag import is_release_tag
from ltf_ci.model.repository_url import RepositoryUrl
from ltf_ci.model.watched import Ours, Unasked
from ltf_ci.rules.publishing import released

NOT_ASKED = "unknown"
_MISSED = "finish each by its release workflow (workflow_dispatch, with the tag); or remove a tag that is no release"
Links = Mapping[Ours, Collection[RepositoryUrl]]


@dataclass(frozen=True, slots=True)
class Missed:
    """A repository's git tags without an image, the oldest first, and the images that it makes."""

    url: RepositoryUrl
    ours: tuple[Ours, ...]
    tags: tuple[str, ...]


def missed(
    links: Links, tags: Mapping[str, Mapping[str, Commit]], there: Mapping[ImageName, Collection[str]]
) -> Iterator[Missed]:
    """Give the git tags without an image, of repositories whose images could all be asked for."""
    for url, made in sorted(_makers(links).items(), key=lambda item: item[0].key):
        if url.key not in tags or not all(ours.image in there for ours in made):
            continue
        known = set(chain.from_iterable(there[ours.image] for ours in made))
        without = [str(tag) for tag in reversed(released(tags[url.key])) if str(tag) not in known]
        if without:
            yield Missed(url, tuple(made), tuple(without))


def images(each: Iterable[Missed]) -> Iterator[Finding]:
    """Say which git tags have no image: of more than three that are pushed at once GitHub starts no workflow."""
    for one in each:
        found = f"{one.url} has git tags without an image: {', '.join(one.tags)}"
        named = ", ".join(str(ours.image) for ours in one.ours)
        yield _warning("tag-without-image", one.ours[0], found, f"an image of each: {named}", _MISSED)


def git_tags(
    links: Links, tags: Mapping[str, Mapping[str, Commit]], there: Mapping[ImageName, Collection[str]]
) -> Iterator[Finding]:
    """Find released images whose git tag no repository has that makes them."""
    for ours, urls in links.items():
        if not urls or ours.image not in there or not all(url.key in tags for url in urls):
            continue
        known = set(chain.from_iterable(tags[url.key] for url in urls))
        lost = [str(tag) for tag in released(there[ours.image]) if is_release_tag(str(tag)) and str(tag) not in known]
        if lost:
            found = f"{ours.image} has releases without a git tag: {', '.join(lost)}"
            cure = "push the tag, which the image's label names the commit of; or remove the image"
            yield _warning("image-without-tag", ours, found, f"a git tag of each in {', '.join(map(str, urls))}", cure)


def entries(graph: ImageGraph, there: Mapping[ImageName, Collection[str]]) -> Iterator[Finding]:
    """Find images whose newest version line is released, and has no entry that others could be made FROM."""
    by_image: defaultdict[ImageName, list[Dependent]] = defaultdict(list)
    for entry in graph.entries:
        by_image[entry.image.untagged].append(entry)
    for image, known in by_image.items():
        newest = next(iter(released(there.get(image, ()))), None)
        lines = [entry.version for entry in known if entry.version]
        if newest and lines and len(lines) == len(known) and newest.version > max(lines):
            yield Finding(
                rule="entry-missing",
                severity=Severity.NOTICE,
                place=known[-1].place,
                found=f"{image.tagged(newest)} is released, and no entry has its version",
                expected=f'"{key_of(known[-1].repository, newest.version)}"',
                cure="`ltf-ci dependents add` writes it, by a pull request",
            )


def unasked(each: Iterable[Unasked]) -> Iterator[Finding]:
    """Say what could not be asked, by host: not why, which is another thing each time."""
    by_host: defaultdict[str, list[Unasked]] = defaultdict(list)
    for one in each:
        by_host[one.host].append(one)
    for host, found in sorted(by_host.items()):
        what = ", ".join(sorted({one.what for one in found}))
        yield Finding(
            rule=NOT_ASKED,
            place=found[0].place,
            found=f"{host} could not be asked for {what}",
            expected="an answer: unknown is never taken for absent",
            cure="run it again when it answers; the run's steps say why",
        )


def _makers(links: Links) -> dict[RepositoryUrl, list[Ours]]:
    found: defaultdict[str, list[tuple[RepositoryUrl, Ours]]] = defaultdict(list)
    for ours, urls in links.items():
        for url in urls:
            found[url.key].append((url, ours))
    return {made[0][0]: [ours for _, ours in made] for made in found.values()}


def _warning(rule: str, ours: Ours, found: str, expected: str, cure: str) -> Finding:
    return Finding(rule=rule, severity=Severity.WARNING, place=ours.place, found=found, expected=expected, cure=cure)
