"""New entries of dependents.json, as their repositories say them, proposed to the languages repository."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ltf_ci.clients.git.repository import Git
from ltf_ci.clients.pull_requests.repository import TargetRepository
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.clients.run import OptionsFor
from ltf_ci.errors import BadInput, Refused
from ltf_ci.fleet.rules import scan
from ltf_ci.fleet.rules.additions import bases_of_ours, bases_without_entry, branch_name, text
from ltf_ci.fleet.sources import source
from ltf_ci.languages.dependents import Dependent, Dependents
from ltf_ci.languages.languages_list import ListEntry
from ltf_ci.languages.released import cloned
from ltf_ci.languages.rules import dependents_edits
from ltf_ci.model.finding import Place
from ltf_ci.model.registry import Absent
from ltf_ci.model.remote_repository import Files, PullRequestDecision, RepositoryState
from ltf_ci.model.repository_place import NO_OPTIONS, PullOptions
from ltf_ci.pull_requests.apply import PullRequestResult, apply
from ltf_ci.pull_requests.rules import proposing
from ltf_ci.pull_requests.rules.proposing import Proposal


def entry_of(release: ListEntry, git: Git, options_for: OptionsFor, name: str = "") -> Dependent:
    """Return a release's entry, as its repository says it; `name` is the repository's, where it is known otherwise."""
    with cloned(release, git) as (folder, tag):
        seen = source(folder, options_for)
        return scan.entry(seen.scanned(Place(str(release)), release.url, tag, name))


def propose(  # noqa: PLR0913 - what, where, and by which clients
    entries: Sequence[Dependent],
    path: str,
    languages: TargetRepository,
    registry: Registry,
    wait: Callable[[float], None],
    *,
    dry_run: bool,
    options: PullOptions = NO_OPTIONS,
) -> PullRequestResult:
    """Propose entries, in their order, by one pull request; raise BaseMissing where a base must come first."""
    branch = branch_name(entries)

    def decide(state: RepositoryState) -> PullRequestDecision:
        there = _read(state.base.files, path)
        _expect_bases(there, entries, registry)
        title, body = text(entries)
        edited = {path: dependents_edits.put(there, entries)}
        proposal = Proposal(branch=branch, title=title, body=body, edit=lambda _files: edited, unasked=options.unasked)
        return proposing.decide(state, proposal)

    return apply(branch, decide, languages, wait, dry_run=dry_run, options=options)


class BaseMissing(Refused):
    """What an image is made FROM comes first: its entry, or the image itself."""


def _read(files: Files, path: str) -> Dependents:
    raw = files[path]
    if raw is None:
        raise BadInput(
            f"the languages repository has no {path}",
            expected="the file that says which images are made FROM which",
            cure="write it first: `ltf-ci dependents scan --write`",
        )
    return Dependents.read(raw.encode(), path)


def _expect_bases(there: Dependents, entries: Sequence[Dependent], registry: Registry) -> None:
    """Raise BaseMissing for what is made from one of the graph that has no entry, or is not in its registry, yet."""
    for entry, base in bases_without_entry(there, entries):
        raise BaseMissing(
            f"{entry.key} is made FROM {base}, which no entry makes yet",
            expected="the base's entry first, then that of what is made from it",
            cure="merge the base's entry; then run this again",
        )
    for entry, base in bases_of_ours(there, entries):
        if isinstance(registry.resolve(base), Absent):
            raise BaseMissing(
                f"{entry.key} is made FROM {base}, which is not in its registry",
                expected="the base's image first, then what is made from it",
                cure="release the base; then run this again",
            )
