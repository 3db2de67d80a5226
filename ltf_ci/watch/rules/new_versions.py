"""What begins a new version of a language, and whether a tag that was missed is released."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain

from ltf_ci.errors import BadInput
from ltf_ci.fleet.graph import ImageGraph, Repository
from ltf_ci.images.rules.tags import newest_of_lines
from ltf_ci.languages.dependents import Dependent, key_of, line_of
from ltf_ci.model.finding import Finding
from ltf_ci.model.github import WorkflowRun
from ltf_ci.model.image import ImageName
from ltf_ci.model.layout import RELEASE_WORKFLOW
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag
from ltf_ci.watch.rules import versions
from ltf_ci.watch.rules.upstream import Upstream
from ltf_ci.watch.rules.versions import Version

WORKFLOW = RELEASE_WORKFLOW
TRIES = 3  # of one tag: then it is left to people
PREFIX = "ltf-ci/upstream-"
Tags = Mapping[ImageName, Collection[str]]
Releases = Mapping[Repository, Mapping[LanguageVersion, ReleaseTag]]


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A repository's entry, what is newer than the images that it is made FROM, and the release that begins."""

    entry: Dependent
    newer: Mapping[ImageName, ImageName] = field(hash=False)
    tag: ReleaseTag
    branch: str

    @property
    def title(self) -> str:
        """The pull request's title."""
        return f"Begin {self.tag.version}: made FROM {', '.join(map(str, self.newer.values()))}"

    @property
    def body(self) -> str:
        """What the pull request says."""
        there = "".join(
            f"`{newer}` is there; this repository is made FROM `{older}`.\n" for older, newer in self.newer.items()
        )
        return (
            f"{there}\n"
            f"Merge it, and push the git tag `{self.tag}`: that releases it. Its entry in `dependents.json`, and what "
            "is made FROM it, come next: `ltf-ci watch` proposes both.\n"
        )


def new_versions(graph: ImageGraph, upstreams: Iterable[Upstream], tags: Tags) -> Iterator[NewVersion]:
    """Return the entries with the language version of the image that they are made FROM, where that has a newer.

    What is of several flavours in one repository begins one version: the newest that any of them has. What is made
    FROM an image of ours, too, waits until that has the version. `tags` are those of our images.
    """
    based = tuple(of_bases(graph, tags))
    there = {(new.entry.key, new.tag) for new in based}
    above = (
        new
        for new in _of_upstreams(graph, upstreams)
        if not _bases_of(new.entry, graph) or (new.entry.key, new.tag) in there
    )
    found: dict[tuple[str, str], NewVersion] = {}
    for new in (*based, *above):
        known = found.setdefault((new.entry.repository, new.branch), new)
        newest = max(known, new, key=lambda each: each.tag)
        both = {**known.newer, **new.newer} if known.tag == new.tag else newest.newer
        found[new.entry.repository, new.branch] = replace(newest, newer=both)
    yield from found.values()


def of_bases(graph: ImageGraph, tags: Tags) -> Iterator[NewVersion]:
    """Return the entries whose bases, made by others of ours, have been released in a newer version than theirs.

    It is the newest patch of each line of versions, and the newest of all: never one that the repository has an entry
    or an image of already. An image whose tags are not known begins nothing.
    """
    released = {image.repository: newest_of_lines(there) for image, there in tags.items()}
    repositories: defaultdict[str, list[Dependent]] = defaultdict(list)
    for entry in graph.entries:
        repositories[entry.repository].append(entry)
    for entries in repositories.values():
        if all(entry.image.repository in released for entry in entries):
            made = (str(version) for entry in entries for version in released[entry.image.repository])
            known = {*made, *(entry.line for entry in entries)}
            yield from chain.from_iterable(_of_entry(entry, graph, known, released) for entry in entries)


def renamed(bases: Iterable[str], newer: Mapping[ImageName, ImageName]) -> dict[str, str]:
    """Return the names in a Dockerfile that newer images take the place of, and what they become.

    They are those that the entry has, of whatever revision by now; or what is between, such as a newer version that was
    merged and has no release yet.
    """
    named = {text: ImageName.parse(text) for text in bases}
    return {
        text: str(image.tagged(there.tag))
        for text, image in named.items()
        for older, there in newer.items()
        if image.repository == older.repository and _is_before(image, older, there)
    }


def _is_before(image: ImageName, older: ImageName, there: ImageName) -> bool:
    return line_of(image) == line_of(older) or versions.is_between(image.tag, older.tag, there.tag)


def base_findings(each: Iterable[NewVersion]) -> Iterator[Finding]:
    """Return what could begin the version of its base."""
    for new in each:
        yield Finding(
            rule="base-version",
            place=new.entry.place,
            images=(new.entry.image,),
            found=f"{new.entry.key} is made FROM {_names(new.newer)}; released by now: {_names(new.newer.values())}",
            expected=key_of(new.entry.repository, new.tag.version),
            cure="`ltf-ci watch --open-pull-requests` proposes it; or change the FROM, and begin it at revision 1",
        )


def _of_entry(entry: Dependent, graph: ImageGraph, known: Collection[str], released: Releases) -> Iterator[NewVersion]:
    bases = _bases_of(entry, graph)
    if not bases or not all(base.repository in released for base in bases):
        return
    lines = [{str(version): tag for version, tag in released[base.repository].items()} for base in bases]
    common = set(lines[0]).intersection(*lines[1:])
    for mine, there in versions.newer(known, common):
        if mine.tag == entry.line:
            newest = {base: base.tagged(line[there.tag]) for base, line in zip(bases, lines, strict=True)}
            yield from _begun(entry, newest, there)


def _bases_of(entry: Dependent, graph: ImageGraph) -> list[ImageName]:
    """Return the images of ours that an entry is made FROM, and whose version is its own."""
    return [base for base in entry.bases if graph.makers.lines(base) and base.tag and line_of(base) == entry.line]


def _of_upstreams(graph: ImageGraph, upstreams: Iterable[Upstream]) -> Iterator[NewVersion]:
    made_from: defaultdict[tuple[Repository, str], list[Dependent]] = defaultdict(list)
    for root, numbers in graph.roots.items():
        made_from[root.repository, root.tag] += (graph.entries[number] for number in numbers)
    for each in upstreams:
        for mine, there in each.newer():
            older, newer = each.image.tagged(mine.tag), each.image.tagged(there.tag)
            for entry in made_from[older.repository, older.tag]:
                if entry.line == _text(mine):
                    yield from _begun(entry, {older: newer}, there)


def _begun(entry: Dependent, newer: Mapping[ImageName, ImageName], there: Version) -> Iterator[NewVersion]:
    """Return the release that begins; None where only the revision differs, or where it is no language's version."""
    tag = _first(there)
    if tag and tag.version.text != entry.line:
        yield NewVersion(entry, newer, tag, f"{PREFIX}{'.'.join(map(str, there.line))}")


def why_not_released(tag: str, runs: Iterable[WorkflowRun]) -> str:
    """Return why a missed tag's workflow is not to be started; empty where it is to be."""
    own = [run for run in runs if run.title == title_of(tag)]
    waiting = [run for run in own if not run.has_ended]
    if waiting:
        return f"{waiting[0].url} is under way"
    return f"{TRIES} runs made no image: {own[0].url}" if len(own) >= TRIES else ""


def title_of(tag: str) -> str:
    """Return the title of a release's run, as workflows/ltf-ci-release.yml writes it."""
    return f"release {tag}"


def _text(version: Version) -> str:
    """Return a tag's version as a language has it: 3.7.4 of v3.7.4-slim."""
    return versions.language_version(version.tag)


def _first(version: Version) -> ReleaseTag | None:
    try:
        return ReleaseTag(LanguageVersion.parse(_text(version)), 1)
    except BadInput:
        return None


def _names(images: Iterable[ImageName]) -> str:
    return ", ".join(map(str, images))
