"""Every state of lock, git tag at origin, labels, digest and `latest`, and what each command makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import pytest

from ltf_ci.dashboard.rules import findings, rows
from ltf_ci.dashboard.rules.findings import RowState
from ltf_ci.errors import LtfError
from ltf_ci.fleet.graph import ImageGraph
from ltf_ci.images.labels import ImageLabels
from ltf_ci.images.latest import latest_due
from ltf_ci.images.rules import tags
from ltf_ci.images.rules.changes import ImageChange
from ltf_ci.images.rules.tags import Found, TaggedImage
from ltf_ci.images.rules.trust import KnownReleases, Standing
from ltf_ci.images.session_image import SessionImage
from ltf_ci.languages.languages_list import LanguagesList, ListEntry
from ltf_ci.languages.listed import Listed
from ltf_ci.languages.lock import Lock, LockEntry
from ltf_ci.languages.rules import bumping, manifests
from ltf_ci.languages.rules import lock as list_lock
from ltf_ci.languages.rules.branch_contents import TRAILER
from ltf_ci.languages.rules.pull_text import ListChange
from ltf_ci.languages.rules.wanted_changes import Bump
from ltf_ci.manifest.facts import ManifestFacts
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.model.commit import Commit
from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.layout import SETTINGS
from ltf_ci.model.registry import Absent, Answer, Present
from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.model.remote_repository import Branch, Pull, RepositoryState, UpsertPullRequest
from ltf_ci.model.repository_url import RepositoryUrl
from ltf_ci.publish.rules import reusing
from ltf_ci.retag.rules import retagging
from ltf_ci.watch.rules import drift
from ltf_ci.watch.watched import Locked
from tests.support.repositories import manifest_text

URL = RepositoryUrl("https://github.com/o/python-unittest")
OLDER, NEWER, NEXT = (ReleaseTag.parse(f"3.7.4-{number}") for number in (1, 2, 3))
IMAGE = ImageName.parse("a/b")
NAME, ENTRY, HERE = IMAGE.tagged(NEWER), ListEntry(URL, str(NEWER)), Place("list", 1)
MINE, OTHER = Commit.parse("c" * 40), Commit.parse("d" * 40)
FIRST, TRUE, FALSE = (Digest(f"sha256:{digit * 64}") for digit in "123")
DISPLAY = "Python (3.7.4), unittest"
LOCKED = LockEntry(str(MINE), str(NAME), str(TRUE), DISPLAY)


@dataclass(frozen=True, kw_only=True)
class State:
    """3.7.4-2 in lock, git and registry; 3.7.4-1 is a release, and 3.7.4-2 was made of `MINE` if ever."""

    locked: bool = True
    git: Commit | None = MINE
    digest: Digest | None = TRUE
    version: ReleaseTag | None = NEWER
    revision: Commit | None = MINE
    latest: Digest | None = FIRST

    @property
    def lock(self) -> Lock:
        return Lock({f"{URL}?tag={NEWER}": LOCKED.as_data()} if self.locked else {})

    @property
    def git_tags(self) -> dict[str, Commit]:
        return {str(OLDER): OTHER, **({str(NEWER): self.git} if self.git else {})}

    @property
    def known(self) -> KnownReleases:
        return self.lock.known().with_git_tags({URL.key: self.git_tags})

    @property
    def made(self) -> ImageLabels:
        inputs = {"inputs": "same", "base_name": "base:1", "base_digest": "x"}
        return ImageLabels(version=self.version, revision=self.revision, source=str(URL), **inputs)

    @property
    def found(self) -> Found:
        return TaggedImage(self.digest, self.made) if self.digest else Absent()

    def resolve(self, image: ImageName) -> Answer:
        digest = {str(OLDER): FIRST, str(NEWER): self.digest, "latest": self.latest}[image.tag]
        return Present(digest, "") if digest else Absent()

    def labels(self, image: ImageName) -> dict[str, str]:
        older = ImageLabels(version=OLDER, revision=OTHER, source=str(URL))
        true = ImageLabels(version=NEWER, revision=MINE, source=str(URL))
        there = {FIRST: older, TRUE: true, **({self.digest: self.made} if self.digest else {})}
        return there.get(image.digest or FIRST, ImageLabels()).to_labels()

    def tags(self, _image: ImageName) -> tuple[str, ...]:
        return str(OLDER), *([str(NEWER)] if self.digest else []), *(["latest"] if self.latest else [])


def releasing(state: State) -> str:
    """Return what `release` and `publish` do at the git tag, which is at `MINE` here."""
    try:
        there = tags.decide_tag(NAME, MINE, state.found, state.tags(IMAGE), state.known.digest(NAME))
    except LtfError:
        return "refused"
    if state.git != MINE:  # publish/origin.py: its own tests have the words
        return "refused"
    return "kept" if there else "made"


def retagging_of(state: State) -> str:
    """Return from what `retag` goes on: the release that it knows, its git tag alone, or nothing."""
    if state.git is None:
        return "older"
    try:
        retagging.expect_as_locked(NAME, state.git, state.known)
    except LtfError:
        return "refused"
    return "release" if retagging.labels_before(NAME, state.found, state.known) != ImageLabels() else "git tag"


def lends(state: State) -> bool:
    """Whether the release after it takes its layers."""
    found = state.found
    if not isinstance(found, TaggedImage):
        return False
    is_same = reusing.is_of_same_build(state.made, NEWER, state.git, found.labels)
    return is_same and state.known.standing(NAME, found) is Standing.RELEASED


def latest(state: State) -> ReleaseTag | None:
    """Return the release that `release` of the older one, and `watch --heal`, let `latest` point at; None: it stays."""
    newest, is_due = latest_due(IMAGE, OLDER, state, state.known)
    return newest if is_due else None


def watched(state: State) -> tuple[Finding, ...]:
    """Return what `watch` finds of the release, where the lock has it."""
    if not state.locked:
        return ()
    found = {NAME: state.found}
    return (
        *drift.untrue([Locked(HERE, ENTRY, LOCKED)], {URL.key: state.git_tags}, found),
        *drift.gone([(NAME, HERE)], found),
    )


def checked(state: State) -> set[str]:
    """Return the rules that `list check` finds broken, where the list has the release and its git tag is there."""
    text = manifest_text(DISPLAY, str(NAME))
    line = Listed(
        place=HERE,
        entry=ENTRY,
        commit=str(state.git),
        manifest=Manifest.parse(text.encode(), "manifest.json"),
        facts=ManifestFacts(),
    )
    digests = {str(NAME): state.digest} if state.digest else {}
    found = [*list_lock.untrue(state.lock, "lock", [line], digests), *manifests.image(line, state.found)]
    return {each.rule for each in found} - {"lock-entry"}


def changed(state: State) -> bool:
    now = state.found if isinstance(state.found, TaggedImage) else None
    session = SessionImage(NAME, state.digest)
    return ImageChange(session=session, now=now, latest=None, locked=state.known.digest(NAME)).changed


def shown(state: State) -> RowState:
    """Return what the dashboard's row says, with what watch found."""
    listed = LanguagesList("list", f"{ENTRY}\n")
    members = rows.members(listed, state.lock, ImageGraph.of(()))
    (row,) = findings.rows(members, {}, watched(state), is_watched=True).rows
    return findings.state(row)


def bumped(state: State, proposed: Lock | None = None) -> str:
    """Return what `bump` does with what is there, where the list has the release exactly if the lock has it.

    `proposed` is the lock of its open pull request.
    """
    found = state.found
    if not isinstance(found, TaggedImage) or found.labels.revision != MINE:
        return "refused"  # languages/released.py
    listed = f"{URL}?tag={NEWER if state.locked else OLDER}\n"
    files = {"list": listed, "languages.lock.json": str(state.lock), "dependents.json": None, SETTINGS: None}
    now = LockEntry(str(MINE), str(NAME), str(found.digest), DISPLAY)
    wanted = Bump(changes=(ListChange(entry=ENTRY, locked=now),), branch="ltf-ci/x", list_path="list")
    main = Branch(name="main", head="a" * 40, message="x", files=files)
    message = f"Bump\n\n{TRAILER}{ENTRY}\n"
    ours = Branch(
        name="ltf-ci/x", head="b" * 40, message=message, files={**files, "languages.lock.json": str(proposed)}
    )
    there = RepositoryState(name="ltf-ci/x", base=main)
    there = replace(there, branch=ours, pull=Pull(url="u", base="main")) if proposed else there
    try:
        decision = bumping.decide(there, wanted)
    except LtfError:
        return "refused"
    return "listed" if isinstance(decision, UpsertPullRequest) else "nothing"


def every_state() -> Iterator[State]:
    """Every state that can be: an image of the locked digest has the labels that it was released with."""
    for locked, git, digest, latest_is in product(
        (True, False), (MINE, OTHER, None), (TRUE, FALSE, None), (FIRST, TRUE, FALSE, None)
    ):
        labels = product((NEWER, OLDER, None), (MINE, OTHER, None))
        if digest is None or (locked and digest == TRUE):
            labels = product((NEWER,), (MINE,))
        for version, revision in labels:
            yield State(locked=locked, git=git, digest=digest, version=version, revision=revision, latest=latest_is)


@dataclass(frozen=True, kw_only=True)
class Made:
    """What each command makes of a state; the default is that of a release in order, which the lock has."""

    standing: Standing = Standing.RELEASED
    release: str = "kept"
    retag: str = "release"
    reuse: bool = True
    latest: ReleaseTag | None = NEWER
    watch: frozenset[str] = frozenset()
    check: frozenset[str] = frozenset()
    changed: bool = False
    row: RowState = RowState.FINE
    bump: str = "nothing"

    @classmethod
    def of(cls, state: State) -> Made:
        return cls(
            standing=state.known.standing(NAME, state.found),
            release=releasing(state),
            retag=retagging_of(state),
            reuse=lends(state),
            latest=latest(state),
            watch=frozenset(each.rule for each in watched(state)),
            check=frozenset(checked(state)),
            changed=changed(state),
            row=shown(state) if state.locked else RowState.FINE,
            bump=bumped(state),
        )


NOT_MADE = Made(release="refused", retag="git tag", reuse=False, latest=None, bump="refused")
WRONG = replace(NOT_MADE, row=RowState.BROKEN)
OVERWRITTEN = replace(WRONG, standing=Standing.OVERWRITTEN, watch=frozenset({"image-overwritten"}), changed=True)
GIT = replace(WRONG, check=frozenset({"lock-commit", "list-image-commit"}), bump="nothing")
UNLIKE = frozenset({"list-image-commit"})


@pytest.mark.parametrize(
    ("state", "made"),
    [
        (State(), Made()),
        (State(locked=False), Made(bump="listed")),
        (State(version=None, revision=None, digest=FALSE), replace(OVERWRITTEN, check=UNLIKE | {"lock-digest"})),
        (State(digest=FALSE), replace(OVERWRITTEN, check=frozenset({"lock-digest"}))),  # with the very labels
        (
            State(digest=None),
            replace(
                WRONG,
                standing=Standing.GONE,
                watch=frozenset({"image-gone"}),
                check=frozenset({"list-image"}),
                changed=True,
            ),
        ),
        (
            State(git=OTHER),
            replace(GIT, standing=Standing.TAG_MOVED, watch=frozenset({"tag-moved"}), retag="refused"),
        ),
        (State(git=None), replace(GIT, standing=Standing.TAG_GONE, watch=frozenset({"tag-gone"}), retag="older")),
        (
            State(locked=False, version=None, revision=None),
            replace(NOT_MADE, standing=Standing.NOT_OURS, check=UNLIKE),
        ),
        (State(locked=False, revision=OTHER), replace(NOT_MADE, standing=Standing.TAG_MOVED, check=UNLIKE)),
        (
            State(locked=False, digest=None),
            replace(NOT_MADE, standing=Standing.NEVER, release="made", check=frozenset({"list-image"}), changed=True),
        ),
    ],
    ids=[
        *("in order", "in order, and not in the lock", "overwritten", "overwritten with its labels", "gone"),
        *("git tag moved", "git tag gone", "by hand", "of another commit", "never released"),
    ],
)
def test_what_each_command_makes_of_a_state(state: State, made: Made) -> None:
    assert Made.of(state) == made


def test_no_two_commands_contradict_each_other_in_any_state() -> None:
    states = [*every_state()]
    assert len(states) > 200
    for state in states:
        for wrong in contradictions(state):
            pytest.fail(f"{wrong}: {state}")


def test_what_an_open_pull_request_would_lock_is_believed_as_the_lock_is() -> None:
    """The lock of the default branch counts first; without it, that of the pull request is all that is known."""
    for state in (each for each in every_state() if each.locked):
        waiting = replace(state, locked=False)
        known = waiting.known.with_proposed(state.lock.known())
        assert known.standing(NAME, state.found) is state.known.standing(NAME, state.found), state
        lost = known.standing(NAME, state.found) in (Standing.OVERWRITTEN, Standing.GONE)
        assert (bumped(waiting, proposed=state.lock) == "refused") == lost, state
        other = replace(LOCKED, digest=str(FALSE)).locked(URL)
        assert state.known.with_proposed(KnownReleases.of([other])).digest(NAME) == TRUE


def contradictions(state: State) -> Iterator[str]:
    """Return what one command believes and another one does not, in words."""
    made = Made.of(state)
    is_release = made.standing is Standing.RELEASED
    wrong = {
        "release keeps what is no release": made.release == "kept" and state.version == NEWER and not is_release,
        "layers are taken from what is no release": made.reuse and not is_release,
        "retag goes on from what is no release": made.retag == "release" and not is_release,
        "latest goes to what is no release": made.latest == NEWER and not is_release,
        "latest stays behind a release": is_release and state.latest == FIRST and made.latest != NEWER,
    }
    if state.locked:
        lost = made.standing in (Standing.OVERWRITTEN, Standing.GONE)
        wrong |= {
            "latest leaves the image that the lock has": state.latest == TRUE and made.latest is not None,
            "watch finds nothing wrong, or something of what is right": is_release == bool(made.watch),
            "list check finds nothing wrong, or something of what is right": is_release == bool(made.check),
            "the dashboard shows another thing than watch finds": (made.row is RowState.BROKEN) != bool(made.watch),
            "changed believes the registry": made.changed != lost,
            "bump believes the registry": made.bump == "listed" or (made.bump == "nothing" and lost),
            "release makes what was released": made.release != ("kept" if is_release else "refused"),
        }
    yield from (words for words, is_so in wrong.items() if is_so)
