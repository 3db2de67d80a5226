"""Repositories under an older address: which of a list's lines are of the repository that a release is of.

A release whose repository has no line in the list is of a new one, or of one that was renamed, or given to another
owner. What the older address answers decides, for each line that may be its:

| the older address                                               | the line                                |
|-----------------------------------------------------------------|-----------------------------------------|
| leads to the release's repository (GitHub does that by itself)  | is the repository's                     |
| has the release's tag, at the same commit                       | is the repository's                     |
| has other tags, and the release that the lock has of the line   | is another repository's                 |
| is gone, or lacks the locked release: another took the name     | is the repository's, if its image is so |
| cannot be asked                                                 | is not known: an error, if its image is |

That is asked of lines whose locked image is the release's, and of those that have no lock entry, which may be any.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from ltf_ci.errors import AccessDenied, LtfError
from ltf_ci.languages.dependents import Dependents
from ltf_ci.languages.languages_list import LanguagesList, ListEntry, Unreadable
from ltf_ci.languages.lock import Lock, LockEntry
from ltf_ci.languages.rules import dependents_edits
from ltf_ci.languages.rules.lines import may_be_asked
from ltf_ci.languages.rules.list_edits import ListEdit
from ltf_ci.model.file_text import TextEdit, apply_edits
from ltf_ci.model.image import ImageName
from ltf_ci.model.remote_refs import RemoteRefs
from ltf_ci.model.repository_url import RepositoryUrl

Answers: TypeAlias = Mapping[RepositoryUrl, RemoteRefs | LtfError]
_GONE = "not found"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A release that is to be listed, and its image, where that is known."""

    entry: ListEntry
    image: ImageName | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address of the list that may be an older one, the release there, and what the lock has of that."""

    entry: ListEntry
    locked: LockEntry | None


@dataclass(frozen=True, slots=True)
class Renames:
    """The address that a repository has today, by the key of each older one."""

    today: Mapping[str, RepositoryUrl] = field(default_factory=dict)

    def __or__(self, other: Renames) -> Renames:
        """Return what both know."""
        return Renames({**self.today, **other.today})

    def entry(self, entry: ListEntry) -> ListEntry:
        """Return a release by its repository's address of today, spelled with `.git` where the older one was."""
        url = self.today.get(entry.url.key)
        if url is None:
            return entry
        end = ".git" if entry.url.text.endswith(".git") else ""
        return replace(entry, url=RepositoryUrl(f"{url}{end}"))

    def older_in(self, listed: LanguagesList) -> tuple[RepositoryUrl, ...]:
        """Return the older addresses that a list has, each as it is spelled there."""
        lines = (line for line in listed.every_line() if not isinstance(line, Unreadable)) if self.today else ()
        return tuple(dict.fromkeys(line.entry.url for line in lines if line.entry.url.key in self.today))

    def in_list(self, listed: LanguagesList) -> tuple[str, list[ListEdit]]:
        """Return the list's text with the addresses of today, and each edit by which it came to that."""
        lines = [line for line in listed.every_line() if not isinstance(line, Unreadable)] if self.today else []
        there = [(line, self.entry(line.entry)) for line in lines if line.entry.url.key in self.today]
        text = apply_edits(listed.text, [TextEdit(line.start, line.end, str(now)) for line, now in there])
        return text, [ListEdit(text, now, line.entry) for line, now in there]

    def in_dependents(self, dependents: Dependents, older: Iterable[RepositoryUrl]) -> str:
        """Return the text of dependents.json with the names of today.

        A short name is the repository's where no entry has it with its owner.
        """
        names: dict[str, str] = {}
        written = {entry.repository.lower() for entry in dependents.entries}
        for url in older:
            now, was = self.today[url.key], url.owner_and_name.lower()
            names[was] = now.owner_and_name
            if was not in written and now.owner_and_name.lower() not in written:
                names[url.name.lower()] = now.owner_and_name.rpartition("/")[2]
        return dependents_edits.renamed(dependents, names)


def new_in(listed: LanguagesList, wanted: Iterable[Wanted]) -> tuple[Wanted, ...]:
    """Return the releases whose repositories have no line in the list."""
    return tuple(each for each in wanted if not listed.of(each.entry.url))


def candidates(
    listed: LanguagesList, lock: Lock | None, wanted: Iterable[Wanted], proposed: Iterable[ListEntry] = ()
) -> tuple[Candidate, ...]:
    """Return what may be an older address of these releases' repositories: one release of each address.

    `proposed` are releases of other open pull requests.
    """
    releases = tuple(wanted)
    images = {each.image.repository for each in releases if each.image}
    versions = {each.entry.tag.version for each in releases if each.entry.tag}
    found = {each.url.key: Candidate(each, None) for each in proposed if each.tag and each.tag.version in versions}
    for line in listed.every_line():
        if isinstance(line, Unreadable) or not may_be_asked(line.entry.url, local=False):
            continue
        key = lock.find(line.entry) if lock else None
        locked = lock.entry(key) if lock and key else None
        is_likely = locked is None or ImageName.parse(locked.image).repository in images
        before = found.get(line.entry.url.key)
        if is_likely and (before is None or before.locked is None):
            found[line.entry.url.key] = Candidate(line.entry, locked)
    return tuple(found.values())


def renames(wanted: Iterable[Wanted], there: Iterable[Candidate], answers: Answers) -> Renames:
    """Return the older addresses among these; raise what kept one with the same image from being asked."""
    releases = tuple(wanted)
    own = {each.entry.url.key: _today(each.entry.url, answers) for each in releases}
    found = {key: url for key, url in own.items() if url.key != key}
    for each in there:
        found |= dict(_of(each, releases, own, answers))
    return Renames(found)


def _of(
    old: Candidate, releases: tuple[Wanted, ...], own: Mapping[str, RepositoryUrl], answers: Answers
) -> Iterator[tuple[str, RepositoryUrl]]:
    """Return the address of today of a line's repository, where that is one of the releases'."""
    for each in releases:
        url, today = old.entry.url, own[each.entry.url.key]
        if url.key not in (today.key, each.entry.url.key) and _is_same(old, each, today, answers):
            yield url.key, today.public
            return


def _is_same(old: Candidate, wanted: Wanted, today: RepositoryUrl, answers: Answers) -> bool:
    answer, ours = answers[old.entry.url], answers[wanted.entry.url]
    has_image = bool(old.locked and wanted.image and _is_of(old.locked, wanted.image))
    if isinstance(answer, LtfError):
        if has_image and not _is_gone(answer):
            raise _unknown(old, wanted, answer)
        return has_image
    if answer.today:
        return answer.today.key == today.key
    tag = wanted.entry.ref
    if not isinstance(ours, LtfError) and tag in answer.tags and answer.tags[tag] == ours.tags.get(tag):
        return True
    return has_image and not (old.locked and str(answer.tags.get(old.entry.ref)) == old.locked.commit)


def _unknown(old: Candidate, wanted: Wanted, error: LtfError) -> LtfError:
    """Return the error for an older address that cannot be asked: a second line would be wrong for ever."""
    asked = f"whether {old.entry.url}, which the list has with the same image, is {wanted.entry.url} today is not known"
    return type(error)(
        f"{asked}: {error.found}", expected=error.expected, cure=error.cure or "run it again when it answers"
    )


def _is_of(locked: LockEntry, image: ImageName) -> bool:
    return ImageName.parse(locked.image).repository == image.repository


def _is_gone(error: LtfError) -> bool:
    """Whether a server said that there is no such repository, which GitHub says by asking for a login."""
    return isinstance(error, AccessDenied) or _GONE in error.found.lower()


def _today(url: RepositoryUrl, answers: Answers) -> RepositoryUrl:
    answer = answers.get(url)
    return (answer.today if isinstance(answer, RemoteRefs) else None) or url
