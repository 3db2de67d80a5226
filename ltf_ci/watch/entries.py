"""The entries of dependents.json that the watch proposes: of version lines that are released and have none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ltf_ci.clients.run import Run
from ltf_ci.fleet.proposals import BaseMissing, entry_of, propose
from ltf_ci.languages.languages_list import ListEntry
from ltf_ci.model.commit import Commit
from ltf_ci.model.outcome import Step, StepState
from ltf_ci.model.repository_place import LanguagesPlace, PullOptions
from ltf_ci.model.repository_url import RepositoryUrl
from ltf_ci.watch.rules.missing import ByImage, WithoutEntry, makers_of


@dataclass(frozen=True, slots=True)
class EntryPlace:
    """The languages repository, where one is named, and the path of its dependents.json."""

    languages: LanguagesPlace | None
    path: str

    @property
    def name(self) -> str:
        """The repository, as steps name it."""
        return str(self.languages or self.path)


def entry_steps(
    lacking: WithoutEntry, url: RepositoryUrl | None, place: EntryPlace, run: Run, *, dry_run: bool
) -> Iterator[Step]:
    """Propose the entry of this repository's release by one pull request, or say why not: its base's may come first."""
    if place.languages is None:
        yield _left(place, lacking, "no languages repository is named (--languages)")
        return
    if url is None:
        yield _left(place, lacking, f"no repository of that name that is known has the git tag {lacking.tag}")
        return
    try:
        entry = entry_of(ListEntry(url, str(lacking.tag)), run.git(Path()), run.options_for, lacking.known.repository)
        languages = run.target_repository(place.languages, (place.path,))
        options = PullOptions(unasked=True)
        result = propose([entry], place.path, languages, run.registry, run.wait, dry_run=dry_run, options=options)
    except BaseMissing as error:
        yield _left(place, lacking, error.found)
        return
    yield Step(place.name, result.step.state, result.step.detail)


def tagged(lacking: WithoutEntry, links: ByImage, git_tags: Mapping[str, Mapping[str, Commit]]) -> RepositoryUrl | None:
    """Return the repository that the release is of; None where none that is known has its tag."""
    urls = makers_of(lacking.known, links)
    return next((url for url in urls if str(lacking.tag) in git_tags.get(url.key, ())), None)


def _left(place: EntryPlace, lacking: WithoutEntry, why: str) -> Step:
    return Step(place.name, StepState.SKIPPED, f"{lacking.key} is not proposed: {why}")
