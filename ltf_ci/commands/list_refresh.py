"""`ltf-ci list refresh`: every open pull request of ours is made anew on the list as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ltf_ci.commands.bump import carry_out, languages_of
from ltf_ci.commands.outside import Outside
from ltf_ci.commands.pull_requests import Settled, conclusion_of, error_of, outputs_of, plan_of
from ltf_ci.commands.requests import PullRequest
from ltf_ci.errors import LtfError
from ltf_ci.model.languages_place import LanguagesPlace
from ltf_ci.model.outcome import Conclusion, Outcome, State, Step
from ltf_ci.rules import bumping
from ltf_ci.rules.bumping import Bump


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Which list, and where."""

    languages: LanguagesPlace | None
    list: str
    dry_run: bool


def run(request: Request, outside: Outside) -> Outcome:
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
    branches = languages_of(pull, outside).open_branches(bumping.PREFIX)
    return _outcome({branch: _renewed(branch, pull, outside, dry_run=request.dry_run) for branch in branches})


def _renewed(branch: str, pull: PullRequest, outside: Outside, *, dry_run: bool) -> Settled | LtfError:
    """Give what a pull request carries another commit, on the list as it is; what fails for one hides no other."""
    try:
        return carry_out(Bump(changes=(), branch=branch, list_path=pull.list), pull, outside, dry_run=dry_run)
    except LtfError as error:
        return error


def _outcome(renewed: Mapping[str, Settled | LtfError]) -> Outcome:
    if not renewed:
        return Outcome(conclusion=Conclusion.NOTHING_TO_DO, reason="no pull request of ltf-ci is open")
    bumped = [each for each in renewed.values() if isinstance(each, Settled)]
    error = next((each for each in renewed.values() if isinstance(each, LtfError)), None) or error_of(bumped)
    conclusion, reason = conclusion_of(bumped)
    return Outcome(
        conclusion=Conclusion.FAILED if error else conclusion,
        reason=error.found if error else reason,
        steps=tuple(_step(branch, each) for branch, each in renewed.items()),
        outputs=outputs_of(bumped),
        plan=plan_of(bumped),
        error=error,
    )


def _step(branch: str, each: Settled | LtfError) -> Step:
    if isinstance(each, LtfError):
        return Step(branch, State.SKIPPED, each.found)
    return replace(each.step, name=branch)
