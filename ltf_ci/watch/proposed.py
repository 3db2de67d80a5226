"""The releases that open pull requests of the languages repository would lock: they are believed as the lock's are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ltf_ci.clients.pull_requests.repository import TargetRepository
from ltf_ci.clients.run import Run
from ltf_ci.errors import LtfError
from ltf_ci.languages.bump import languages_at
from ltf_ci.languages.lock import lock_path
from ltf_ci.languages.requests import LanguagesRepository
from ltf_ci.languages.rules import lines as list_rules
from ltf_ci.languages.rules import other_pulls
from ltf_ci.languages.rules.branch_contents import PREFIX
from ltf_ci.model.finding import Place
from ltf_ci.model.outcome import Step, StepState
from ltf_ci.model.printable import amount
from ltf_ci.watch.watched import Locked

STEP = "pull requests"


@dataclass(frozen=True, slots=True)
class Proposed:
    """These releases; or why the pull requests could not be asked."""

    locked: tuple[Locked, ...] = ()
    steps: tuple[Step, ...] = ()
    error: LtfError | None = None


def ask(request: LanguagesRepository, folder: Path, run: Run, *, local: bool) -> Proposed:
    """Return what the languages repository's open pull requests would lock, where one is named that can be asked."""
    if request.languages is None or not (request.languages.url or run.has_login):
        return Proposed()
    try:
        languages = languages_at(request.languages, request.list, run)
        locked = tuple(_locked(languages, request.list, folder, local=local))
    except LtfError as error:
        return Proposed(steps=(Step(STEP, StepState.SKIPPED, error.found),), error=error)
    return Proposed(locked, (Step(STEP, StepState.DONE, f"{amount(len(locked), 'release')} that they would lock"),))


def _locked(languages: TargetRepository, list_path: str, folder: Path, *, local: bool) -> Iterator[Locked]:
    state = languages.state(f"{PREFIX}releases")
    naming = other_pulls.branches_naming(state.other_pulls, lambda _entry: True)
    for each in (state, *map(languages.state, naming)):
        place = Place(f"{lock_path(list_path)} of {each.pull.url if each.pull else each.name}")
        for entry, lock_entry in other_pulls.entries(each, list_path):
            if list_rules.may_be_asked(entry.url, local=local):
                yield Locked(place, replace(entry, url=entry.url.absolute(folder)), lock_entry)
