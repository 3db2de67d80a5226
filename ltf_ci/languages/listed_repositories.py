"""The repositories of a languages list: all are asked at once, and what fails for one hides no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from ltf_ci.clients.concurrency import concurrently, reported_at_an_interrupt
from ltf_ci.clients.files import read_named
from ltf_ci.clients.git.cloner import Cloner
from ltf_ci.clients.git.clones import Clones, clones_in
from ltf_ci.clients.run import Run
from ltf_ci.errors import BadInput, LtfError
from ltf_ci.languages.languages_list import LanguagesList, Line
from ltf_ci.languages.lock import Lock, lock_path
from ltf_ci.languages.rules import lines as list_rules
from ltf_ci.languages.rules import outages
from ltf_ci.model.bounds import LARGEST
from ltf_ci.model.commit import Commit
from ltf_ci.model.file_text import text_of
from ltf_ci.model.finding import Finding
from ltf_ci.model.github_host import AT_GITHUB, GithubHost
from ltf_ci.model.remote_refs import RemoteRefs, Target
from ltf_ci.model.repository_url import RepositoryUrl

T = TypeVar("T")
Refs = Mapping[str, Commit] | LtfError
Remote = RemoteRefs | LtfError


@dataclass(frozen=True, slots=True)
class Gathered(Generic[T]):
    """What was seen at each line that could be followed, with its commit, and why others could not be.

    `refs` are the repositories' answers, by the lines' addresses.
    """

    seen: tuple[tuple[Line, str, T], ...]
    findings: tuple[Finding, ...]
    refs: Mapping[RepositoryUrl, Remote]


def read_list(file: Path) -> LanguagesList:
    """Read a list, or raise BadInput."""
    raw = read_named(file, LARGEST)
    if raw is None:
        raise BadInput(
            f"{file.absolute()} is not there",
            expected="a file with the address of a repository in each line, as a languages list has them",
            cure="check its name and folder",
        )
    return _with_lock(LanguagesList(str(file), text_of(raw, str(file))), file.with_name(lock_path(file.name)))


def _with_lock(listed: LanguagesList, file: Path) -> LanguagesList:
    """Return a list whose lines by commit are known as releases, where the lock next to it has them."""
    raw = read_named(file, LARGEST) if listed.has_commits else None
    try:
        return Lock.parse(raw, str(file)).known_in(listed) if raw is not None else listed
    except BadInput:  # `list check` says what is wrong with the lock
        return listed


def refs_of(listed: LanguagesList, lines: tuple[Line, ...], run: Run) -> Mapping[RepositoryUrl, Refs]:
    """Ask each repository once which commit its tags and branches name; return the answer by the lines' addresses."""
    return {url: _commits(found) for url, found in _remotes(listed, lines, run).items()}


def _commits(found: Remote) -> Refs:
    return found if isinstance(found, LtfError) else found.commits


def _remotes(
    listed: LanguagesList, lines: Iterable[Line], run: Run, heard: dict[RepositoryUrl, Remote] | None = None
) -> Mapping[RepositoryUrl, Remote]:
    folder, spelled = Path(listed.path).parent, _spelled(listed, lines)
    asked = concurrently(run.git(folder).remote_refs, spelled.values(), _progress(run, "asked"), heard)
    return _of_lines(lines, spelled, asked)


def _spelled(listed: LanguagesList, lines: Iterable[Line]) -> Mapping[str, RepositoryUrl]:
    """Return the address that each repository is asked by, however often the list spells it, by its key."""
    return {AT_GITHUB.key_of(line.entry.url): address(listed, line) for line in lines}


def _of_lines(
    lines: Iterable[Line], spelled: Mapping[str, RepositoryUrl], asked: Mapping[RepositoryUrl, Remote]
) -> Mapping[RepositoryUrl, Remote]:
    """Return the answers that there are by the lines' own addresses."""
    answered = ((line.entry.url, asked.get(spelled[AT_GITHUB.key_of(line.entry.url)])) for line in lines)
    return {url: found for url, found in answered if found}


class Following(Generic[T]):
    """Follows lines of a list to their repositories' files; what is known of them is known at every moment."""

    def __init__(self, listed: LanguagesList, lines: tuple[Line, ...], look: Callable[[Path], T]) -> None:
        self._listed = listed
        self._lines = lines
        self._spelled = _spelled(listed, lines)
        self._look = look
        self._asked: dict[RepositoryUrl, Remote] = {}
        self._looks: dict[Target, tuple[str, T] | LtfError] = {}

    def follow(self, run: Run, cache: Path | None) -> None:
        """Ask each repository, and look at the files of each line; a clone is made only where need be."""
        refs = _remotes(self._listed, self._lines, run, self._asked)
        targets, _ = _targets(self._listed, self._lines, refs)
        with clones_in(cache, Cloner.of(run.git(Path(self._listed.path).parent))) as clones:
            look = partial(_look, self._look, clones)
            concurrently(look, targets.values(), _progress(run, "fetched"), self._looks)

    def known(self) -> Gathered[T]:
        """Return what has answered by now; of a line that has not, nothing is said."""
        refs, looks = _of_lines(self._lines, self._spelled, dict(self._asked)), dict(self._looks)
        targets, findings = _targets(self._listed, self._lines, refs)
        seen = [(line, looks[target]) for line, target in targets.items() if target in looks]
        there = tuple((line, *what) for line, what in seen if not isinstance(what, LtfError))
        return Gathered(there, (*findings, *_not_there(self._listed, targets, looks)), refs)


class Gathering(Generic[T]):
    """Follows each line that a list may have, and holds the lines against each other too."""

    def __init__(self, listed: LanguagesList, look: Callable[[Path], T], github: GithubHost, *, local: bool) -> None:
        self._listed = listed
        self._lines = list_rules.followed(listed, local=local)
        self._of_lines = tuple(list_rules.of_lines(listed, local=local, github=github))
        self._following = Following(listed, self._lines, look)
        self.follow = self._following.follow

    def known(self) -> Gathered[T]:
        """Return what is known by now."""
        gathered = self._following.known()
        answers = {url: found for url, found in gathered.refs.items() if isinstance(found, RemoteRefs)}
        twice = list_rules.under_two_addresses(self._listed, self._lines, answers)
        renamed = list_rules.renamed(self._listed, self._lines, answers)
        return replace(gathered, findings=(*self._of_lines, *gathered.findings, *twice, *renamed))


def gather(
    listed: LanguagesList, look: Callable[[Path], T], run: Run, *, local: bool, cache: Path | None
) -> Gathered[T]:
    """Follow each line that a list may have to its repository's files, and look at them."""
    return _followed(Gathering(listed, look, run.github_host, local=local), run, cache)


def follow(
    listed: LanguagesList, lines: tuple[Line, ...], look: Callable[[Path], T], run: Run, cache: Path | None
) -> Gathered[T]:
    """Follow these lines to their repositories' files, and look at them."""
    return _followed(Following(listed, lines, look), run, cache)


def _followed(each: Following[T] | Gathering[T], run: Run, cache: Path | None) -> Gathered[T]:
    with reported_at_an_interrupt(lambda: each.known().findings):
        each.follow(run, cache)
    return each.known()


def _targets(
    listed: LanguagesList, lines: Iterable[Line], refs: Mapping[RepositoryUrl, Remote]
) -> tuple[Mapping[Line, Target], tuple[Finding, ...]]:
    """Return what each line names whose repository has answered, and the findings of those that name nothing."""
    answered = [line for line in lines if line.entry.url in refs]
    found = {
        line: list_rules.target(line.entry, address(listed, line), listed.place(line), _commits(refs[line.entry.url]))
        for line in answered
    }
    targets = {line: each for line, each in found.items() if not isinstance(each, Finding)}
    findings = [each for each in found.values() if isinstance(each, Finding)]
    return targets, tuple(outages.by_cause(findings))


def _not_there(listed: LanguagesList, targets: Mapping[Line, Target], looks: Mapping[Target, object]) -> list[Finding]:
    """Return the findings of the lines whose files could not be had."""
    errors = [(line, looks.get(target)) for line, target in targets.items()]
    return [
        list_rules.not_there(line.entry.url, listed.place(line), error)
        for line, error in errors
        if isinstance(error, LtfError)
    ]


def address(listed: LanguagesList, line: Line) -> RepositoryUrl:
    """Return a line's address; a path is read from the list's folder."""
    return line.entry.url.absolute(Path(listed.path).parent)


def _progress(run: Run, done: str) -> Callable[[int, int], None]:
    return lambda number, of: run.progress(number, of, f"repositories {done}")


def _look(look: Callable[[Path], T], clones: Clones, target: Target) -> tuple[str, T]:
    folder = clones.folder(target)
    try:
        return Target.commit_in(folder.name), look(folder)
    except BadInput as error:
        found = error.found.replace(str(folder), "the repository")
        raise BadInput(found, expected=error.expected, cure=error.cure) from error
