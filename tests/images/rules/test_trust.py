"""A released image that was overwritten: `latest` stays at the locked one, and whom to believe is said."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from ltf_ci.errors import TagTaken
from ltf_ci.images.labels import ImageLabels
from ltf_ci.images.latest import latest_due
from ltf_ci.images.rules import tags
from ltf_ci.images.rules.tags import TaggedImage
from ltf_ci.images.rules.trust import KnownReleases, LockedRelease, Standing
from ltf_ci.model.commit import Commit
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.registry import Absent, Answer, Present
from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.model.repository_url import RepositoryUrl

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
        release = LockedRelease(RepositoryUrl("https://github.com/o/r"), MINE, IMAGE.tagged(NEWER), TRUE)
        return KnownReleases.of([release] if self.locked else [])

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


OVERWRITTEN = State(locked=True, digest=FALSE, version=None, revision=None)
COUNTERFEIT = State(locked=True, digest=FALSE)  # with the very labels of the release


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
    assert error.expected == f"{TRUE}, as the languages repository has it, in the lock or in an open pull request's"
    assert error.cure.endswith("release the next revision: 3.7.4-3 (`ltf-ci next`)")


@pytest.mark.parametrize(
    ("state", "source", "git_tag", "expected"),
    [
        (State(locked=True), "", None, Standing.RELEASED),
        (State(locked=True), "", MINE, Standing.RELEASED),
        (State(locked=True), "", OTHER, Standing.TAG_MOVED),
        (State(locked=True), "", "", Standing.TAG_GONE),
        (State(locked=True, digest=FALSE), "", MINE, Standing.OVERWRITTEN),
        (State(locked=True, digest=None), "", MINE, Standing.GONE),
        (State(locked=False, digest=None), "", None, Standing.NEVER),
        (State(locked=False, version=OLDER), "", None, Standing.NOT_OURS),
        (State(locked=False, version=None), "", None, Standing.NOT_OURS),
        (State(locked=False), "", OTHER, Standing.RELEASED),  # no label names its repository
        (State(locked=False), "https://github.com/o/r", MINE, Standing.RELEASED),
        (State(locked=False), "https://github.com/o/r", OTHER, Standing.TAG_MOVED),
        (State(locked=False), "https://github.com/o/r", "", Standing.RELEASED),  # a tag may be removed, a label stays
        (State(locked=False), "https://github.com/o/other", OTHER, Standing.RELEASED),  # its tags were not asked
    ],
)
def test_what_is_under_a_name_is_judged_by_lock_git_tag_and_labels(
    state: State, source: str, git_tag: Commit | str | None, expected: Standing
) -> None:
    tags_there = {str(NEWER): git_tag} if isinstance(git_tag, Commit) else {}
    repository = RepositoryUrl("https://github.com/o/r")
    known = state.known if git_tag is None else state.known.with_git_tags({repository.key: tags_there})
    found = state.found
    if isinstance(found, TaggedImage):
        found = replace(found, labels=replace(found.labels, source=source))
    assert known.standing(IMAGE.tagged(NEWER), found) is expected
    assert known.commit(IMAGE.tagged(NEWER)) == (MINE if state.locked else None)
