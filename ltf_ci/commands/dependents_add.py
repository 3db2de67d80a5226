"""`ltf-ci dependents add`: entries of new version lines, a base's before what is made from it, by one pull request."""

from __future__ import annotations

from pathlib import Path

from ltf_ci.clients.run import Run
from ltf_ci.errors import UsageError
from ltf_ci.fleet.proposals import entry_of, propose
from ltf_ci.fleet.rules.additions import in_order
from ltf_ci.languages.dependents import dependents_path
from ltf_ci.languages.requests import NamedReleases, PullRequest
from ltf_ci.languages.rules import dependents_edits
from ltf_ci.model.outcome import Outcome
from ltf_ci.options.shared import DryRun
from ltf_ci.pull_requests.apply import outcome_of


class Request(NamedReleases, PullRequest, DryRun):
    """Which releases' entries."""


def execute(request: Request, run: Run) -> Outcome:
    """Propose the entries; what is made FROM an image of ours waits until that is in its registry."""
    if request.languages is None or not request.release:
        raise UsageError("no languages repository or no release is named", expected="--languages and --release")
    git = run.git(Path())
    entries = in_order([entry_of(release, git, run.options_for) for release in request.release])
    path = dependents_path(request.list)
    languages = run.target_repository(request.languages, (path,))
    languages.ready()
    dry_run, options = request.dry_run, request.options
    result = propose(entries, path, languages, run.registry, run.wait, dry_run=dry_run, options=options)
    outcome = outcome_of([result])
    return outcome._replace(plan={**outcome.plan, "entries": dependents_edits.members(entries)})
