"""`ltf-ci list refresh`: every open pull request of ltf-ci gets a new commit on the list as it is now."""

from __future__ import annotations

from ltf_ci.clients.run import Run
from ltf_ci.languages.bump import languages_at, renew
from ltf_ci.languages.requests import LanguagesRepository
from ltf_ci.languages.rules.branch_contents import PREFIX
from ltf_ci.model.outcome import Conclusion, Outcome
from ltf_ci.options.shared import DryRun
from ltf_ci.pull_requests.apply import outcome_of


class Request(LanguagesRepository, DryRun):
    """Which list, and where."""


def execute(request: Request, run: Run) -> Outcome:
    """Renew those that are not on the list as it is now, close those whose change is not needed any more."""
    languages = languages_at(request.languages, request.list, run)
    branches = languages.open_branches(PREFIX)
    if not branches:
        return Outcome(conclusion=Conclusion.NOTHING_TO_DO, reason="no pull request of ltf-ci is open")
    results = []
    for branch in branches:
        results.append(renew(branch, request.list, languages, run, dry_run=request.dry_run))
        run.show(results[-1].step)
    return outcome_of(results)
