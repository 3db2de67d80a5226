"""The lock that a list begins with: each release whose image is of its git tag's commit."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from ltf_ci.errors import BadInput
from ltf_ci.images.labels import ImageLabels
from ltf_ci.images.rules.tags import Found, TaggedImage
from ltf_ci.languages.languages_list import ListEntry
from ltf_ci.languages.listed import Listed
from ltf_ci.languages.lock import Lock
from ltf_ci.languages.rules import lock
from ltf_ci.manifest.facts import ManifestFacts
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.model.commit import Commit
from ltf_ci.model.finding import Place
from ltf_ci.model.image import Digest
from ltf_ci.model.registry import Absent
from ltf_ci.model.release_tag import ReleaseTag

REPOSITORY = "https://github.com/o/r"
COMMIT, OTHER = Commit.parse("c" * 40), Commit.parse("d" * 40)
DIGEST = Digest(f"sha256:{'1' * 64}")
ENTRY = {"commit": str(COMMIT), "image": "a/b:3.7.4-1", "digest": str(DIGEST), "display_name": "Python (3.7.4), x"}
OLDER = {**ENTRY, "commit": str(OTHER)}


def line(query: str = "?tag=3.7.4-1") -> Listed:
    manifest = Manifest.parse(
        json.dumps({"display_name": "Python (3.7.4), x", "image_name": "a/b:3.7.4-1"}).encode(), "m"
    )
    entry = ListEntry.parse(REPOSITORY + query)
    return Listed(place=Place("list", 1), entry=entry, commit=str(COMMIT), manifest=manifest, facts=ManifestFacts())


def image(revision: Commit | None) -> TaggedImage:
    return TaggedImage(DIGEST, ImageLabels(version=ReleaseTag.parse("3.7.4-1"), revision=revision))


@pytest.mark.parametrize(
    ("before", "listed", "found", "after"),
    [
        pytest.param({}, line(), image(COMMIT), {f"{REPOSITORY}?tag=3.7.4-1": ENTRY}, id="of the tag's commit"),
        pytest.param({}, line(), image(OTHER), {}, id="of another commit"),
        pytest.param({}, line(), image(None), {}, id="of no commit that is known"),
        pytest.param({}, line(), Absent(), {}, id="no image"),
        pytest.param({}, line(), BadInput("no answer"), {}, id="not known"),
        pytest.param({}, line(""), image(COMMIT), {}, id="no release tag"),
        pytest.param(
            {f"{REPOSITORY}?tag=3.7.4-1": OLDER},
            line(),
            image(COMMIT),
            {f"{REPOSITORY}?tag=3.7.4-1": OLDER},
            id="in the lock already",
        ),
    ],
)
def test_a_lock_begins_with_what_is_of_its_tag(
    before: Mapping[str, Mapping[str, str]], listed: Listed, found: Found | BadInput, after: Mapping[str, object]
) -> None:
    begun = lock.begun(Lock(before), [(listed, found)])
    assert json.loads(str(begun)) == after
