"""`ltf-ci list check`: is every line of the languages list right, and the lock next to it true?"""

from __future__ import annotations

from functools import partial

from ltf_ci.clients.concurrency import reported_at_an_interrupt
from ltf_ci.clients.run import Run
from ltf_ci.errors import first_outage
from ltf_ci.images.cached_registry import CachedRegistry
from ltf_ci.languages import list_check
from ltf_ci.languages.listed_repositories import Gathering, read_list
from ltf_ci.languages.requests import AskingImages, ListArgument
from ltf_ci.manifest.requests import Allowing
from ltf_ci.model.outcome import Outcome
from ltf_ci.options.option import switch
from ltf_ci.options.shared import Fetching


class Request(ListArgument, Allowing, AskingImages, Fetching):
    """Which list."""

    lock: bool = switch("compare the lock next to the list, if there is one, with what is true now", default=True)


def execute(request: Request, run: Run) -> Outcome:
    """Check every line, and say all that was found at once."""
    listed = read_list(request.list)
    checked = partial(list_check.checked, request.list, listed, allow=request.allow, lock=request.lock)
    gathering = Gathering(
        listed, partial(list_check.look, allow=request.allow), run.github_host, local=request.allow_local
    )
    heard: list_check.Heard = {}
    with reported_at_an_interrupt(lambda: checked(gathering.known(), dict(heard)).findings):
        gathering.follow(run, request.cache)
        gathered, registry = gathering.known(), CachedRegistry(run.registry, request.cache)
        answers = list_check.ask(list_check.lines_of(listed, gathered), registry, heard) if request.images else {}
    found = checked(gathered, answers, is_whole=True)
    steps = list_check.steps(listed, found, answers)
    nothing = "" if listed.every_line() else f"{request.list} has no line"
    return Outcome.checked(found.findings, steps, outage=first_outage(answers.values()), nothing=nothing)
