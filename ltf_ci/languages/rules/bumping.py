"""What a release changes in the languages repository: the list, its lock, and the one pull request for both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from urllib.parse import quote

from ltf_ci.errors import BadInput
from ltf_ci.images.rules.tags import not_as_locked
from ltf_ci.languages.languages_list import LanguagesList, ListEntry
from ltf_ci.languages.lock import Lock, lock_path
from ltf_ci.languages.rules import branch_contents, list_edits, list_files, list_form, other_pulls
from ltf_ci.languages.rules.branch_contents import BranchRelease, winning
from ltf_ci.languages.rules.list_form import ListForm
from ltf_ci.languages.rules.pull_text import ListChange, images_with_facts, pull_text
from ltf_ci.languages.rules.same_names import same_names
from ltf_ci.languages.rules.wanted_changes import REASON, Bump, all_changes, changes_in, newest, own_branch, reasons
from ltf_ci.model.image import ImageName
from ltf_ci.model.layout import LIST_FORM, SETTINGS
from ltf_ci.model.remote_repository import (
    Files,
    LeaveAlone,
    Pull,
    PullRequestDecision,
    PullText,
    RepositoryState,
    UpsertPullRequest,
)
from ltf_ci.pull_requests.rules import lifecycle
from ltf_ci.pull_requests.rules.lifecycle import Change, Standing


def repeating(state: RepositoryState, bump: Bump) -> tuple[str, ...]:
    """Return the files that repeat the lines that a bump may change."""
    if not bump.settings.places:
        return ()
    older = bump.renames.older_in(list_files.listed(state.base.files, bump.list_path))
    return bump.settings.paths([*(change.entry for change in all_changes(state, bump)), *map(ListEntry, older)])


def lacks_colours(state: RepositoryState, bump: Bump) -> bool:
    """Whether this bump of one release would list it, and its start files' colours are not written down yet."""
    (change,) = bump.changes
    if list_edits.has(list_files.listed(state.base.files, bump.list_path), change.entry):
        return False
    ours = [each.locked for each in changes_in(own_branch(state), bump) if each.entry == change.entry]
    return not any(change.locked and locked and change.locked.knowing(locked).traffic_light for locked in ours)


def decide(state: RepositoryState, bump: Bump) -> PullRequestDecision:
    """Return what is to be done, given the state of the repository."""
    listed = list_files.listed(list_files.today(state.base.files, bump.list_path, bump.renames)[0], bump.list_path)
    standing = lifecycle.standing(state)
    _expect_as_locked(state, bump)
    if not bump.changes and standing not in (Standing.FREE, Standing.OURS):
        return replace(lifecycle.left(state), satisfied=standing is Standing.QUEUED)
    if other_pulls.is_of_others(state, bump.branch, [each.entry for each in bump.changes], bump.renames):
        return replace(lifecycle.left(state), elsewhere=True)
    wanted = newest(all_changes(state, bump))
    if not wanted and changes_in(own_branch(state), bump):
        gone = f"{state.base.name} has no longer the line that it changes; the next release of that adds one"
        return lifecycle.not_needed(state, close=gone, leave=gone)
    if not wanted:
        return LeaveAlone(f"{state.name} lists no release", satisfied=True, pull=state.pull)
    missing = {BranchRelease(each.entry, state.name): each for each in wanted if not list_edits.has(listed, each.entry)}
    changes = [change for release, change in missing.items() if not winning(bump.elsewhere, [release])]
    if not changes:
        return _not_needed(state, winning(bump.elsewhere, missing))
    return _decided(state, bump, changes)


def _expect_as_locked(state: RepositoryState, bump: Bump) -> None:
    """Raise TagTaken where the lock has another image of a release than is there now: the lock is believed.

    So is that of an open pull request, until it is merged or closed.
    """
    lock = list_files.lock(state.base.files, bump.list_path) or Lock({})
    known = bump.proposed.with_proposed(other_pulls.known(state, bump.list_path))
    for change in bump.changes:
        if now := change.locked:
            image = ImageName.parse(now.image)
            before = lock.entry(lock.find(change.entry) or "")
            is_locked = before is not None and before.image == now.image
            digest = before.digest if before and is_locked else str(known.digest(image) or now.digest)
            if digest != now.digest:
                raise not_as_locked(image, f"has other content now: {now.digest}", digest)


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
    why = reasons(state, bump)
    listed, lock = list_files.list_in(files, bump.list_path), list_files.lock(files, bump.list_path)
    names = tuple(same_names(listed, lock, made))
    text = pull_text(made, bump.facts, why, bump.run_url, names)
    trailers = [f"{REASON}{quote(reason, safe=' ')}" for reason in why]  # so that a commit neither links nor closes
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
