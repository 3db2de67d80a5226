"""`ltf-ci publish`: the image of a tag, tested, pushed once and for all, and `latest` moved forward."""

from __future__ import annotations

from ltf_ci.clients.run import Run
from ltf_ci.model.outcome import Outcome
from ltf_ci.publish.publish import publish
from ltf_ci.publish.requests import PublishRequest
from ltf_ci.publish.rules.report import outcome_of

Request = PublishRequest


def execute(request: Request, run: Run) -> Outcome:
    """Publish, and say what was done."""
    return outcome_of(publish(request, run))
