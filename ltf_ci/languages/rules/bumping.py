"""What a release changes in the languages repository: the list, its lock, and the one pull request for both."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from urllib.parse import quote, unquote

from ltf_ci.errors import BadInput
from ltf_ci.images.rules.tags import not_as_locked
from ltf_ci.images.rules.trust import KnownReleases
from ltf_ci.languages.languages_list import LanguagesList, ListEntry
from ltf_ci.languages.lock import Lock, lock_path
from ltf_ci.languages.rules import branch_contents, list_edits, list_files, list_form, proposed, renames
from ltf_ci.languages.rules.branch_contents import BranchRelease, releases_in, releases_of, version_line, winning
from ltf_ci.languages.rules.list_form import ListForm, ListSettings
from ltf_ci.languages.rules.pull_text import Facts, ListChange, images_with_facts, pull_text
from ltf_ci.languages.rules.renames import Candidate, Renames, Wanted
from ltf_ci.languages.rules.same_names import same_names
from ltf_ci.model.image import ImageName
from ltf_ci.model.layout import LIST_FORM, SETTINGS
from ltf_ci.model.remote_repository import (
    Branch,
    Files,
    LeaveAlone,
    OtherPull,
    Pull,
    PullRequestDecision,
    PullText,
    RepositoryState,
    UpsertPullRequest,
)
from ltf_ci.pull_requests.rules import lifecycle
from ltf_ci.pull_requests.rules.lifecycle import Change, Standing

REASON = "Ltf-Ci-Reason: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Bump:
    """What a run wants: changes of the list at `list_path`, on the branch of this name, and why, if that was given.

    `facts` are those of the images that the pull request's text has (`images_with_facts`), as far as they are known;
    `elsewhere` are releases that other open pull requests list, as far as these were looked at (`competing`). `run_url`
    is the page of the run at GitHub. `settings` are the languages repository's, and `places` the files that they name
    (`repeating`). `renames` are the repositories that the list, or a pull request, has by an older address. `proposed`
    are releases as other open pull requests would lock them, as far as these were looked at (`naming`).
    """

    changes: tuple[ListChange, ...]
    branch: str
    list_path: str
    reason: str = ""
    facts: Facts = field(default_factory=dict)
    run_url: str = ""
    elsewhere: tuple[BranchRelease, ...] = ()
    settings: ListSettings = field(default_factory=ListSettings)
    places: Files = field(default_factory=dict)
    renames: Renames = field(default_factory=Renames)
    proposed: KnownReleases = field(default_factory=KnownReleases)

    @property
    def key(self) -> str:
        """A short text that is another one for each run that wants something else."""
        wanted = " ".join(sorted(str(change.entry) for change in self.changes))
        return hashlib.sha256(wanted.encode()).hexdigest()[:8]


def repeating(state: RepositoryState, bump: Bump) -> tuple[str, ...]:
    """Return the files that repeat the lines that a bump may change."""
    if not bump.settings.places:
        return ()
    older = bump.renames.older_in(list_files.listed(state.base.files, bump.list_path))
    return bump.settings.paths([*(change.entry for change in _wanted(state, bump)), *map(ListEntry, older)])


def may_be_renamed(state: RepositoryState, bump: Bump) -> tuple[tuple[Wanted, ...], tuple[Candidate, ...]]:
    """Return the releases whose repositories have no line, and what may be an older address of these."""
    return may_be_older(state, bump.list_path, [Wanted(each.entry, each.image) for each in _wanted(state, bump)])


def may_be_older(
    state: RepositoryState, list_path: str, wanted: Iterable[Wanted]
) -> tuple[tuple[Wanted, ...], tuple[Candidate, ...]]:
    """Return which of these releases have no line of their repository, and what may be an older address of these."""
    listed = list_files.listed(state.base.files, list_path)
    new = renames.new_in(listed, wanted)
    proposed = (each.entry for other in state.other_pulls for each in releases_in(other.message, other.branch))
    lock = list_files.lock(state.base.files, list_path)
    return new, renames.candidates(listed, lock, new, proposed) if new else ()


def lacks_colours(state: RepositoryState, bump: Bump) -> bool:
    """Whether this bump of one release would list it, and its start files' colours are not written down yet."""
    (change,) = bump.changes
    if list_edits.has(list_files.listed(state.base.files, bump.list_path), change.entry):
        return False
    ours = [each.locked for each in _changes_in(_own(state), bump) if each.entry == change.entry]
    return not any(change.locked and locked and change.locked.knowing(locked).traffic_light for locked in ours)


def decide(state: RepositoryState, bump: Bump) -> PullRequestDecision:
    """Return what is to be done, given the state of the repository."""
    listed = list_files.listed(list_files.today(state.base.files, bump.list_path, bump.renames)[0], bump.list_path)
    standing = lifecycle.standing(state)
    _expect_as_locked(state, bump)
    if not bump.changes and standing not in (Standing.FREE, Standing.OURS):
        return replace(lifecycle.left(state), satisfied=standing is Standing.QUEUED)
    if branch_contents.is_of_others(state, bump.branch, [each.entry for each in bump.changes], bump.renames):
        return replace(lifecycle.left(state), elsewhere=True)
    newest = _newest(_wanted(state, bump))
    if not newest:
        return LeaveAlone(f"{state.name} lists no release", satisfied=True, pull=state.pull)
    missing = {BranchRelease(each.entry, state.name): each for each in newest if not list_edits.has(listed, each.entry)}
    changes = [change for release, change in missing.items() if not winning(bump.elsewhere, [release])]
    if not changes:
        return _not_needed(state, winning(bump.elsewhere, missing))
    return _decided(state, bump, changes)


def competing(state: RepositoryState, bump: Bump) -> tuple[OtherPull, ...]:
    """Return the other pull requests whose commits name a release that wins over one of this bump."""
    releases = [BranchRelease(change.entry, state.name) for change in _wanted(state, bump)]
    undecided = [each for each in releases if not winning(bump.elsewhere, [each])]
    return tuple(other for other in state.other_pulls if winning(releases_of(other, bump.renames), undecided))


def naming(state: RepositoryState, bump: Bump) -> tuple[str, ...]:
    """Return the branches of the other pull requests that name a very release of this bump."""
    wanted = {(entry.url.key, entry.ref) for entry in (bump.renames.entry(each.entry) for each in bump.changes)}

    def is_wanted(entry: ListEntry) -> bool:
        today = bump.renames.entry(entry)
        return (today.url.key, today.ref) in wanted

    return proposed.branches_naming(state.other_pulls, is_wanted)


def listed_by(other: OtherPull, seen: RepositoryState, bump: Bump) -> tuple[BranchRelease, ...]:
    """Return the releases that another pull request's commits name and its list, which was looked at, has."""
    if seen.pull is None or seen.branch is None:
        return ()
    listed = list_files.list_in(list_files.today(seen.branch.files, bump.list_path, bump.renames)[0], bump.list_path)
    return tuple(each for each in releases_of(other, bump.renames) if list_edits.has(listed, each.entry))


def branches_to_renew(
    others: Iterable[OtherPull], ours: Iterable[BranchRelease], known: Renames
) -> dict[str, tuple[BranchRelease, ...]]:
    """Return the branches that must lose a release to another one, each with the releases of ours that win over it.

    Our own branch is among them where another pull request's release wins over one of ours.
    """
    mine = tuple(ours)
    theirs = {other.branch: releases_of(other, known) for other in others}
    found = {branch: winning(mine, its) for branch, its in theirs.items()}
    lost = {one.branch: () for one in mine if any(winning(its, [one]) for its in theirs.values())}
    return {**{branch: winners for branch, winners in found.items() if winners}, **lost}


def _expect_as_locked(state: RepositoryState, bump: Bump) -> None:
    """Raise TagTaken where the lock has another image of a release than is there now: the lock is believed.

    So is that of an open pull request, until it is merged or closed.
    """
    lock = list_files.lock(state.base.files, bump.list_path) or Lock({})
    known = bump.proposed.with_proposed(proposed.known(state, bump.list_path))
    for change in bump.changes:
        if now := change.locked:
            image = ImageName.parse(now.image)
            before = lock.entry(lock.find(change.entry) or "")
            is_locked = before is not None and before.image == now.image
            digest = before.digest if before and is_locked else str(known.digest(image) or now.digest)
            if digest != now.digest:
                raise not_as_locked(image, f"has other content now: {now.digest}", digest)


def _own(state: RepositoryState) -> Branch | None:
    """Return our branch, where its pull request is open."""
    return state.branch if lifecycle.standing(state) is Standing.OURS else None


def _wanted(state: RepositoryState, bump: Bump) -> list[ListChange]:
    """Return the changes of a bump, and those that are in our branch, by the addresses of today."""
    changes = (replace(change, entry=bump.renames.entry(change.entry)) for change in bump.changes)
    return [*changes, *_changes_in(_own(state), bump)]


def _not_needed(state: RepositoryState, elsewhere: tuple[BranchRelease, ...]) -> PullRequestDecision:
    urls = " and ".join(dict.fromkeys(each.url or each.branch for each in elsewhere))
    return lifecycle.not_needed(
        state,
        close=f"what it carries is in {urls or f'{state.base.name} already'}, or something newer is",
        leave=f"{urls or 'the list'} has this release already, or a newer one of its version",
        pull=Pull(url=elsewhere[0].url) if elsewhere else None,
    )


def _decided(state: RepositoryState, bump: Bump, changes: list[ListChange]) -> PullRequestDecision:
    files, made, edits = _edited(state.base.files, changes, bump)
    repeated = list_form.repeated(bump.places, edits)
    reasons = _reasons(state, bump)
    listed, lock = list_files.list_in(files, bump.list_path), list_files.lock(files, bump.list_path)
    names = tuple(same_names(listed, lock, made))
    text = pull_text(made, bump.facts, reasons, bump.run_url, names)
    trailers = [f"{REASON}{quote(reason, safe=' ')}" for reason in reasons]  # so that a commit neither links nor closes
    trailers += sorted(f"{branch_contents.TRAILER}{change.entry}" for change in made)
    trailers += [] if lock else sorted(branch_contents.locked(each.entry, each.locked) for each in made if each.locked)
    change = Change(
        key=bump.key,
        files=files,
        text=PullText(title=text.title, body=text.body, trailers=tuple(trailers)),
        is_in=partial(_has_all, changes=changes, list_path=bump.list_path),
        repeated={path: text for path, text in repeated.items() if text != bump.places[path]},
        comes_once=True,
    )
    decision = lifecycle.wanted(state, change)
    if isinstance(decision, UpsertPullRequest):
        return replace(decision, images=tuple(images_with_facts(made)), findings=names)
    return decision


def _has_all(files: Files, changes: Iterable[ListChange], list_path: str) -> bool:
    listed = list_files.list_in(files, list_path)
    return all(list_edits.has(listed, change.entry) for change in changes)


def _reasons(state: RepositoryState, bump: Bump) -> tuple[str, ...]:
    """Return the run's reason, and those of the runs whose changes are in the pull request, each once."""
    own = _own(state)
    before = own.message.splitlines() if own else []
    earlier = [unquote(line.removeprefix(REASON)) for line in before if line.startswith(REASON)]
    return tuple(dict.fromkeys(reason for reason in (bump.reason, *earlier) if reason))


def _edited(
    files: Files, changes: Iterable[ListChange], bump: Bump
) -> tuple[Files, list[ListChange], list[list_edits.ListEdit]]:
    """Return the files with all changes, the changes with the entry that each replaced, and the list's edits."""
    list_path = bump.list_path
    files, edits = list_files.today(files, bump.list_path, bump.renames)
    older = {str(edit.written): edit.replaced for edit in edits}
    listed, lock = list_files.list_in(files, list_path), list_files.lock(files, list_path)
    made = []
    for change in changes:
        edit = list_edits.edit(listed, _written(change, lock, bump))
        older_entry = older.get(str(edit.replaced), edit.replaced)
        before = lock.entry(lock.find(edit.replaced) or "") if lock and edit.replaced else None
        if lock and change.locked:
            lock = lock.edited(edit.replaced, edit.written, change.locked)
        listed = LanguagesList(list_path, edit.text)
        listed = lock.known_in(listed) if lock else listed
        made.append(change.replacing(older_entry, before))
        edits.append(edit)
    edited = {list_path: listed.text, **({lock_path(list_path): str(lock)} if lock else {})}
    return {**files, **edited, **list_files.dependents_with(files, made, list_path)}, made, edits


def _written(change: ListChange, lock: Lock | None, bump: Bump) -> ListEntry:
    """Return a release's entry in the form that the languages repository wants."""
    if bump.settings.form is ListForm.TAG:
        return change.entry
    if lock is None or change.locked is None:
        raise BadInput(
            f"{SETTINGS} has {LIST_FORM}: {ListForm.COMMIT}, and there is no {lock_path(bump.list_path)}",
            expected="a lock: it says which release a commit in the list is",
            cure="write it first: `ltf-ci list lock --write`",
        )
    return change.entry.at(change.locked.commit)


def _newest(changes: Iterable[ListChange]) -> list[ListChange]:
    """Return the newest change of each version line, in the order of their repositories; of two alike the first."""
    found: dict[tuple[str, str], ListChange] = {}
    for change in changes:
        key, tag = version_line(change.entry), change.entry.tag
        before = found.get(key)
        if before is None or (tag and before.entry.tag and tag > before.entry.tag):
            found[key] = change
        elif before.entry == change.entry:
            found[key] = before.knowing(change)
    return [found[key] for key in sorted(found)]


def _changes_in(branch: Branch | None, bump: Bump) -> list[ListChange]:
    """Return the changes that are in our branch already, by its commit's trailers and its lock."""
    if branch is None:
        return []
    lock = list_files.lock(branch.files, bump.list_path) or branch_contents.locked_in(branch.message)
    entries = [each.entry for each in releases_in(branch.message, branch.name)]
    changes = [ListChange(entry=entry, locked=lock.entry(lock.find(entry) or "")) for entry in entries]
    known = [replace(each, bases=list_files.bases(branch.files, each, bump.list_path)) for each in changes]
    return [replace(each, entry=bump.renames.entry(each.entry)) for each in known]
