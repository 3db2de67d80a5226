"""`ltf-ci list refresh`: every open pull request of ours is made anew on the list as it is now."""

from __future__ import annotations

from dataclasses import dataclass

from ltf_ci.clients.run import Run
from ltf_ci.languages.bump import languages_of, renewed
from ltf_ci.languages.requests import PullRequest
from ltf_ci.languages.rules.carrying import PREFIX
from ltf_ci.model.outcome import Conclusion, Outcome
from ltf_ci.model.repository_place import LanguagesPlace
from ltf_ci.pull_requests.apply import outcome_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Which list, and where."""

    languages: LanguagesPlace | None
    list: str
    dry_run: bool


def execute(request: Request, run: Run) -> Outcome:
    """Renew those that no longer stand on the list as it is, close those that have nothing left to say."""
    pull = PullRequest(
        languages=request.languages,
        list=request.list,
        group="",
        label=(),
        reviewer=(),
        draft=False,
        auto_merge=False,
    )
    branches = languages_of(pull, run).open_branches(PREFIX)
    if not branches:
        return Outcome(conclusion=Conclusion.NOTHING_TO_DO, reason="no pull request of ltf-ci is open")
    return outcome_of([renewed(branch, pull, run, dry_run=request.dry_run) for branch in branches])
