"""Whether a session's image is what it was, and whether `latest` is another one."""

from __future__ import annotations

import pytest

from ltf_ci.images.labels import ImageLabels
from ltf_ci.images.rules.changes import ImageChange, described, difference
from ltf_ci.images.rules.tags import TaggedImage
from ltf_ci.images.session_image import SessionImage
from ltf_ci.model.commit import Commit
from ltf_ci.model.image import Digest
from ltf_ci.model.release_tag import ReleaseTag

OLD, NEW = (Digest(f"sha256:{digit * 64}") for digit in "12")
MINE, OTHER = (Commit(letter * 40) for letter in "ab")
NAME = "o/python:3.7.4-18"


def standing(digest: Digest, commit: Commit | None = None, version: str = "") -> TaggedImage:
    return TaggedImage(digest, ImageLabels(revision=commit, version=ReleaseTag.parse(version) if version else None))


@pytest.mark.parametrize(
    ("began", "now", "latest", "changed", "differs", "found"),
    [
        (f"@{OLD}", standing(OLD), standing(OLD), False, False, ""),
        (f"@{OLD}", standing(OLD), standing(NEW), False, True, ""),
        (f"@{OLD}", standing(NEW), standing(NEW), True, False, f"{NAME} has changed: it is {NEW}"),
        (f"@{MINE}", standing(NEW, MINE), standing(NEW), False, False, ""),
        (
            f"@{MINE}",
            standing(OLD, OTHER),
            standing(OLD),
            True,
            False,
            f"{NAME} has changed: it is {OLD} (commit {OTHER})",
        ),
        (f"@{MINE}", standing(OLD), standing(OLD), True, False, f"{NAME} has changed: it is {OLD}"),
        ("", standing(OLD), standing(OLD), False, False, ""),
        ("", standing(OLD), standing(NEW), True, True, f"o/python:latest is another image: {NEW}"),
        ("", standing(OLD), None, True, True, "o/python:latest is another image: not in the registry"),
        (f"@{OLD}", standing(OLD), None, False, True, ""),
        (f"@{OLD}", None, standing(OLD), True, True, f"{NAME} is gone"),
        ("", None, None, True, False, f"{NAME} is gone"),
    ],
)
def test_what_has_changed(
    began: str, now: TaggedImage | None, latest: TaggedImage | None, *, changed: bool, differs: bool, found: str
) -> None:
    change = ImageChange(session=SessionImage.parse(f"{NAME}{began}"), now=now, latest=latest)
    told = difference(change)
    assert (change.changed, change.latest_differs, told.found if told else "") == (changed, differs, found)
    data = change.as_data()
    assert (data["changed"], data["latest-differs"], data["image"]) == (changed, differs, NAME)
    assert data["now"] is None if now is None else data["now"]["digest"] == str(now.digest)


@pytest.mark.parametrize(
    ("there", "words"),
    [
        (None, "not in the registry"),
        (standing(OLD), str(OLD)),
        (standing(OLD, MINE), f"{OLD} (commit {MINE})"),
        (standing(OLD, MINE, "3.7.4-18"), f"{OLD} (release 3.7.4-18, commit {MINE})"),
    ],
)
def test_what_stands_there_in_words(there: TaggedImage | None, words: str) -> None:
    assert described(there) == words


@pytest.mark.parametrize(
    ("began", "told"),
    [
        (f"@{OLD}", {"digest": str(OLD), "commit": None}),
        (f"@{MINE}", {"digest": None, "commit": str(MINE)}),
        ("", {"digest": None, "commit": None}),
    ],
)
def test_it_is_told_as_data(began: str, told: dict[str, str | None]) -> None:
    change = ImageChange(
        session=SessionImage.parse(f"{NAME}{began}"), now=standing(OLD, MINE, "3.7.4-18"), latest=standing(NEW)
    )
    data = change.as_data()
    assert data["began"] == told
    assert data["now"] == {"digest": str(OLD), "commit": str(MINE), "version": "3.7.4-18"}
    assert data["latest"] == {"digest": str(NEW), "commit": None, "version": None}
