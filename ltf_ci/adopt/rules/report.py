"""How the adoption of a fleet ended."""

from __future__ import annotations

from collections.abc import Sequence

from ltf_ci.adopt.rules.adoption import Adoption, Stage
from ltf_ci.adopt.rules.table import last_lines, table
from ltf_ci.model.finding import Finding, counted
from ltf_ci.model.outcome import Conclusion, Ending, Outcome, together

_QUIET = "every repository has its files, an open pull request, or waits for another repository"


def outcome(
    adoptions: Sequence[Adoption], others: Sequence[str], faults: tuple[Finding, ...], *, dry_run: bool
) -> Outcome:
    """Return how all ended together; a line of a list that could not be read is a finding."""
    broken = [Ending(Conclusion.FAILED, counted(faults))] if faults else []
    ending = together([*(each.ending for each in adoptions), *broken])
    failed = [each.place for each in adoptions if each.stage is Stage.FAILED]
    several = f"{len(failed)} repositories failed, as their rows say" if len(failed) > 1 and not faults else ""
    return Outcome(
        conclusion=ending.conclusion,
        reason=several or ending.reason or (_QUIET if ending.conclusion is Conclusion.NOTHING_TO_DO else ""),
        findings=faults,
        steps=tuple(each.step for each in adoptions),
        plan={"repositories": [each.as_data() for each in adoptions], "others": list(others)},
        text=(table(adoptions) if dry_run else last_lines(adoptions)) + _others(others),
        is_table=dry_run,
        outputs={"pull-requests": "\n".join(each.pull_request for each in adoptions if each.pull_request)},
        error=next((each.error for each in adoptions if each.error), None),
    )


def _others(others: Sequence[str]) -> str:
    several = "repository is" if len(others) == 1 else "repositories are"
    return f"{len(others)} more {several} of another kind\n" if others else ""
