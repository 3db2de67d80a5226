"""`ltf-ci notify`: what is made FROM an image is released again, wave by wave, by its own repository's workflow."""

from __future__ import annotations

from ltf_ci.clients.concurrency import reported_at_an_interrupt
from ltf_ci.clients.run import Run
from ltf_ci.errors import UsageError
from ltf_ci.fleet.dependent_states import Workshop
from ltf_ci.fleet.file import read_dependents
from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.fleet.notification import Notification, after
from ltf_ci.fleet.requests import ChangedImages
from ltf_ci.fleet.rules.report import outcome
from ltf_ci.fleet.rules.waves import waves
from ltf_ci.languages.requests import DependentsFile
from ltf_ci.model.outcome import Outcome
from ltf_ci.options.login import AtGithub
from ltf_ci.options.option import value
from ltf_ci.options.shared import SeveralAtOnce, Why

_MINUTE = 60
LONGEST_JOB = 360  # minutes: GitHub ends a job then


def _minutes(text: str) -> int:
    """Read a number of minutes that a job may last, or raise UsageError."""
    if not (text.isascii() and text.isdigit() and 0 < int(text[:9]) <= LONGEST_JOB):
        raise UsageError(f"timeout is {text[:200]!r}", expected=f"a number of minutes from 1 to {LONGEST_JOB}")
    return int(text)


class Request(ChangedImages, DependentsFile, Why, AtGithub, SeveralAtOnce):
    """Which repositories."""

    owner: str = value("the owner at GitHub of repositories that no key and no label names", str, "OWNER", default="")
    timeout: int = value(
        "how long to wait for what was started; what has not ended then is waited for by the next run",
        _minutes,
        "MINUTES",
        default=330,
    )


def execute(request: Request, run: Run) -> Outcome:
    """Build again what is made FROM the images, where it was made of older ones."""
    if not request.changed:
        raise UsageError("no image is named", expected="an entry's key, or an image's name: python:3.7.4")
    graph = ImageGraph.of(read_dependents(request.dependents).entries)
    workshop = Workshop(registry=run.registry, actions=run.actions, github=run.github_host, wait=run.wait, log=run.log)
    is_over = after(request.timeout * _MINUTE)
    notification = Notification(graph, request.changed, request.owner, request.reason, is_over, workshop)

    def told() -> Outcome:
        return outcome(graph, request.changed, tuple(notification.results.values()))

    with reported_at_an_interrupt(lambda: told().findings, lambda: told().steps):
        for wave in waves(graph, request.changed):
            if request.dry_run:
                notification.plan(wave)
            else:
                notification.build(wave)
    return told()
