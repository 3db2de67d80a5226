"""What begins a new version of a language, and whether a tag that was missed is released."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from ltf_ci.errors import BadInput
from ltf_ci.model.dependents import Dependent
from ltf_ci.model.image import ImageName
from ltf_ci.model.image_graph import ImageGraph
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag
from ltf_ci.model.workflow_run import WorkflowRun
from ltf_ci.rules import upstream
from ltf_ci.rules.upstream import Upstream, Version

WORKFLOW = "release.yml"
TRIES = 3  # of one tag: then it is left to people
PREFIX = "ltf-ci/upstream-"


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A repository's entry, what is newer than the images upstream that it is made FROM, the release that begins."""

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
            f"Merge it, and push the git tag `{self.tag}`: that releases it. Its entry in `dependents.json` comes next "
            "(`ltf-ci dependents add`), then what depends on it.\n"
        )


def new_versions(graph: ImageGraph, upstreams: Iterable[Upstream]) -> Iterator[NewVersion]:
    """Give the entries whose language version is the one of the image upstream, where there is a newer one.

    What is of several flavours in one repository begins one version: the newest that any of them has.
    """
    found: dict[tuple[str, str], NewVersion] = {}
    for new in _each(graph, upstreams):
        known = found.setdefault((new.entry.repository, new.branch), new)
        newest = max(known, new, key=lambda each: each.tag)
        both = {**known.newer, **new.newer} if known.tag == new.tag else newest.newer
        found[new.entry.repository, new.branch] = replace(newest, newer=both)
    yield from found.values()


def _each(graph: ImageGraph, upstreams: Iterable[Upstream]) -> Iterator[NewVersion]:
    for each in upstreams:
        for mine, there in upstream.newer(each.ours, each.tags):
            older, newer = each.image.tagged(mine.tag), each.image.tagged(there.tag)
            tag = _first(there)
            entries = [entry for entry in _made_from(graph, older) if tag and entry.line == _text(mine)]
            line = ".".join(map(str, there.line))
            yield from (NewVersion(entry, {older: newer}, tag, f"{PREFIX}{line}") for entry in entries if tag)


def is_to_be_released(tag: str, runs: Iterable[WorkflowRun]) -> str:
    """Say why a missed tag's workflow is not started; nothing where it is."""
    own = [run for run in runs if run.title == title_of(tag)]
    waiting = [run for run in own if not run.has_ended]
    if waiting:
        return f"{waiting[0].url} is under way"
    return f"{TRIES} runs made no image: {own[0].url}" if len(own) >= TRIES else ""


def title_of(tag: str) -> str:
    """Give the title of a release's run, as workflows/release.yml writes it."""
    return f"release {tag}"


def _made_from(graph: ImageGraph, image: ImageName) -> Iterator[Dependent]:
    for root, numbers in graph.roots.items():
        if (root.repository, root.tag) == (image.repository, image.tag):
            yield from (graph.entries[number] for number in numbers)


def _text(version: Version) -> str:
    """Give a tag's version as a language has it: 3.7.4 of v3.7.4-slim."""
    return upstream.language_version(version.tag)


def _first(version: Version) -> ReleaseTag | None:
    try:
        return ReleaseTag(LanguageVersion.parse(_text(version)), 1)
    except BadInput:
        return None
