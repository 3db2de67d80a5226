"""The colours of an image that was kept: the run that pushed it may have ended before the list knew them."""

from __future__ import annotations

from ltf_ci.clients.run import Run
from ltf_ci.languages.bump import lacks_colours
from ltf_ci.languages.released import release_of
from ltf_ci.languages.requests import PullRequest
from ltf_ci.publish.gate import test_again
from ltf_ci.publish.plan import Keep
from ltf_ci.publish.published import Published
from ltf_ci.publish.requests import PublishRequest


def with_colours(published: Published, request: PublishRequest, pull: PullRequest, run: Run) -> Published:
    """Test an image that is there already, where its pull request would list it without what its test gave."""
    plan = published.plan
    if plan is None or not isinstance(plan.method, Keep) or not plan.candidate.has_start_point:
        return published
    if request.dry_run or not (request.test and pull.languages):
        return published
    release = release_of(plan.candidate, published.digest, plan.labels)
    return test_again(published, request, run) if lacks_colours(release, pull, run) else published
