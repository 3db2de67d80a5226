"""What a languages repository has: its list, the lock next to it, and ltf-ci's open pull requests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ltf_ci.clients.files import read_file
from ltf_ci.clients.run import Run
from ltf_ci.errors import LtfError
from ltf_ci.languages.bump import languages_at
from ltf_ci.languages.languages_list import LanguagesList, Line
from ltf_ci.languages.listed_repositories import read_list
from ltf_ci.languages.lock import Lock, lock_path
from ltf_ci.languages.rules import branch_contents
from ltf_ci.model.bounds import LARGEST
from ltf_ci.model.outcome import Step, StepState
from ltf_ci.model.printable import amount
from ltf_ci.model.remote_repository import OtherPull
from ltf_ci.model.repository_place import LanguagesPlace

_NO_BUMP = f"{branch_contents.PREFIX}status"  # no branch of a bump: the pull requests of all others are returned


@dataclass(frozen=True, slots=True, kw_only=True)
class ListStatus:
    """A list, its lock where there is one, and its open pull requests; where these are not known, `why` has a cause."""

    listed: LanguagesList
    lock: Lock | None
    pulls: tuple[OtherPull, ...] = ()
    why: str = ""

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that can be read."""
        return tuple(line for line in self.listed.every_line() if isinstance(line, Line))

    @property
    def unlocked(self) -> tuple[str, ...]:
        """The releases of the list that the lock has no entry of."""
        releases = (line.entry for line in self.lines if line.entry.tag)
        return tuple(str(entry) for entry in releases if self.lock is None or not self.lock.find(entry))

    def steps(self) -> Iterator[Step]:
        """Return a row for the list, its lock, and each open pull request."""
        lines, every = self.lines, len(self.listed.every_line())
        releases = sum(line.entry.tag is not None for line in lines)
        found = f"{amount(every, 'line')}, {releases} by release tag"
        unreadable = every - len(lines)
        bad = f"; {unreadable} cannot be read: ltf-ci list check" if unreadable else ""
        yield Step("list", StepState.FAILED if bad else StepState.DONE, found + bad)
        yield self._lock()
        if self.why:
            yield Step("pulls", StepState.SKIPPED, self.why)
        elif not self.pulls:
            yield Step("pulls", StepState.DONE, "no pull request of ltf-ci is open")
        for pull in self.pulls:
            releases_of = ", ".join(_releases(pull)) or pull.branch
            yield Step("waits", StepState.PLANNED, f"{releases_of}: {pull.url}")

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return {
            "list": self.listed.path,
            "entries": len(self.listed.every_line()),
            "unreadable": len(self.listed.every_line()) - len(self.lines),
            "unlocked": list(self.unlocked),
            "pull-requests": [
                {"branch": pull.branch, "url": pull.url, "releases": list(_releases(pull))} for pull in self.pulls
            ],
        }

    def _lock(self) -> Step:
        if self.lock is None:
            return Step("lock", StepState.SKIPPED, "there is none: ltf-ci list lock --write begins it")
        entries = amount(len(self.lock.entries), "entry", "entries")
        missing = self.unlocked
        if not missing:
            return Step("lock", StepState.DONE, f"{entries}, one for each release of the list")
        return Step(
            "lock",
            StepState.PLANNED,
            f"{entries}; {amount(len(missing), 'release')} without one: ltf-ci list lock --write",
        )


def list_status(directory: Path, list_path: str, place: LanguagesPlace | None, run: Run) -> ListStatus:
    """Return the status of the languages repository in a folder; `place` is where its pull requests are opened."""
    listed = read_list(directory / list_path)
    path = lock_path(list_path)
    raw = read_file(directory, path, LARGEST)
    lock = Lock.parse(raw, path) if raw is not None else None
    try:
        place = place or _origin(directory, run)
        pulls = languages_at(place, list_path, run).state(_NO_BUMP).other_pulls if place else ()
    except LtfError as error:
        return ListStatus(listed=listed, lock=lock, why=error.in_a_row)
    why = "" if place else "no origin, so that no pull request is known: git remote add origin URL"
    return ListStatus(listed=listed, lock=lock, pulls=pulls, why=why)


def _origin(directory: Path, run: Run) -> LanguagesPlace | None:
    """Return the repository that a folder is a clone of; None where it has no origin."""
    url = run.git(directory).origin()
    if url is None:
        return None
    name = run.github_host.name_of(url)
    return LanguagesPlace(github=name) if name else LanguagesPlace(url=url)


def _releases(pull: OtherPull) -> Iterator[str]:
    for each in branch_contents.releases_in(pull.message, pull.branch):
        yield f"{each.entry.url.name} {each.entry.ref}"
