"""What is under a release's name, and what each decision makes of it: the lock first, then labels, never a name."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from ltf_ci.errors import TagTaken
from ltf_ci.images.labels import ImageLabels
from ltf_ci.images.latest import latest_due
from ltf_ci.images.rules import tags
from ltf_ci.images.rules.tags import TaggedImage
from ltf_ci.images.rules.trust import KnownReleases
from ltf_ci.model.commit import Commit
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.registry import Absent, Answer, Present
from ltf_ci.model.release_tag import ReleaseTag

IMAGE, OLDER, NEWER = ImageName.parse("a/b"), ReleaseTag.parse("3.7.4-1"), ReleaseTag.parse("3.7.4-2")
MINE, OTHER = Commit.parse("c" * 40), Commit.parse("d" * 40)
TRUE, FALSE, FIRST = (Digest(f"sha256:{digit * 64}") for digit in "123")


@dataclass(frozen=True)
class State:
    """What the lock and the registry have of 3.7.4-2; 3.7.4-1 is a release, and `latest` was moved to `latest`."""

    locked: bool
    digest: Digest | None = TRUE
    version: ReleaseTag | None = NEWER
    revision: Commit | None = MINE
    latest: Digest = FIRST

    @property
    def known(self) -> KnownReleases:
        return KnownReleases.of([(IMAGE.tagged(NEWER), TRUE)] if self.locked else [])

    @property
    def found(self) -> TaggedImage | Absent:
        labels = ImageLabels(version=self.version, revision=self.revision)
        return TaggedImage(self.digest, labels) if self.digest else Absent()

    def resolve(self, image: ImageName) -> Answer:
        digests = {str(OLDER): FIRST, str(NEWER): self.digest, "latest": self.latest}
        found = digests[image.tag]
        return Present(found, "") if found else Absent()

    def labels(self, image: ImageName) -> dict[str, str]:
        older = ImageLabels(version=OLDER, revision=OTHER)
        true = ImageLabels(version=NEWER, revision=MINE)
        mine = ImageLabels(version=self.version, revision=self.revision)
        there = {FIRST: older, TRUE: true, **({self.digest: mine} if self.digest not in (None, TRUE, FIRST) else {})}
        return there[image.digest or FIRST].to_labels()

    def tags(self, _image: ImageName) -> tuple[str, ...]:
        return (str(OLDER), *((str(NEWER),) if self.digest else ()), "latest")


LOCKED = State(locked=True)
UNLOCKED = State(locked=False)
BY_HAND = State(locked=False, digest=FALSE, version=None, revision=None)
OVERWRITTEN = State(locked=True, digest=FALSE, version=None, revision=None)
COUNTERFEIT = State(locked=True, digest=FALSE)  # with the very labels of the release
DELETED = State(locked=True, digest=None)


@pytest.mark.parametrize(
    ("state", "is_release", "again", "latest"),
    [
        pytest.param(LOCKED, True, "keeps", NEWER, id="as it was locked"),
        pytest.param(UNLOCKED, True, "keeps", NEWER, id="no lock, and labels that name it"),
        pytest.param(BY_HAND, False, "refused", OLDER, id="no lock, and no labels"),
        pytest.param(State(locked=False, digest=FALSE, version=OLDER), False, "keeps", OLDER, id="another's label"),
        pytest.param(State(locked=False, revision=OTHER), True, "refused", NEWER, id="another commit's"),
        pytest.param(OVERWRITTEN, False, "refused", OLDER, id="overwritten without labels"),
        pytest.param(COUNTERFEIT, False, "refused", OLDER, id="overwritten with the same labels"),
        pytest.param(DELETED, None, "refused", OLDER, id="deleted"),
        pytest.param(State(locked=False, digest=None), None, "free", OLDER, id="never there"),
    ],
)
def test_every_decision_makes_the_same_of_a_state(
    state: State, *, is_release: bool | None, again: str, latest: ReleaseTag
) -> None:
    found = state.found
    image = IMAGE.tagged(NEWER)
    if isinstance(found, TaggedImage):
        assert state.known.is_release(image, found.digest, found.labels) is is_release
    assert released_again(state) == again
    assert latest_due(IMAGE, OLDER, state, state.known)[0] == latest


@pytest.mark.parametrize("state", [OVERWRITTEN, COUNTERFEIT])
@pytest.mark.parametrize("latest", [TRUE, FALSE])
def test_a_latest_stays_at_a_locked_release_and_leaves_what_took_its_name(state: State, latest: Digest) -> None:
    there = State(locked=True, digest=FALSE, version=state.version, revision=state.revision, latest=latest)
    assert latest_due(IMAGE, OLDER, there, there.known) == (OLDER, latest == FALSE)


def test_what_is_refused_says_whom_to_believe() -> None:
    with pytest.raises(TagTaken) as raised:
        tags.decide_tag(IMAGE.tagged(NEWER), MINE, COUNTERFEIT.found, ["3.7.4-2"], TRUE)
    error = raised.value
    assert error.found == f"a/b:3.7.4-2 was released, and has other content now: {FALSE}"
    assert error.expected == f"{TRUE}, as the languages repository's lock has it"
    assert error.cure.endswith("release the next revision: 3.7.4-3 (`ltf-ci next`)")


def released_again(state: State) -> str:
    image = IMAGE.tagged(NEWER)
    try:
        found = tags.decide_tag(image, MINE, state.found, state.tags(IMAGE), state.known.digest(image))
    except TagTaken:
        return "refused"
    return "keeps" if found else "free"
