"""`ltf-ci bump`: a release's line in the languages list, by one pull request."""

from __future__ import annotations

from ltf_ci.clients.run import Run
from ltf_ci.languages.bump import bump
from ltf_ci.languages.release import Release
from ltf_ci.languages.released import release_at, release_in
from ltf_ci.languages.requests import BumpRequest
from ltf_ci.model.outcome import Conclusion, Outcome
from ltf_ci.pull_requests.apply import outcome_of

Request = BumpRequest


def execute(request: Request, run: Run) -> Outcome:
    """Bump the releases that are named, or the one in the folder."""
    with run.timed("find"):
        releases = _releases(request, run)
    if not releases:
        return Outcome(conclusion=Conclusion.DID_NOTHING, reason="an image's own repository is not in the list")
    return outcome_of(bump(releases, request, run, dry_run=request.dry_run))


def _releases(request: Request, run: Run) -> list[Release]:
    if request.release:
        found = [release_at(entry, request, run) for entry in request.release]
    else:
        found = [release_in(request.directory, request.tag, request, run)]
    return [release for release in found if release]
