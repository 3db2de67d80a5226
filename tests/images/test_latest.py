"""An outage while `latest` is looked up: nothing is decided of it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from ltf_ci.errors import BadInput, NotInRegistry, RegistryUnavailable
from ltf_ci.images.latest import digest_now, image_under, latest_due
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.registry import Absent, Answer, Present
from ltf_ci.model.release_tag import ReleaseTag

IMAGE = ImageName.parse("a/b")
TAGS = {"3.7.4-1": "1", "3.7.4-2": "2", "latest": "1"}


class ReaderOf:
    """Answers for TAGS, but for one tag of which nothing can be known."""

    def __init__(self, unavailable: str, deleted: str = "") -> None:
        self._unavailable = unavailable
        self._deleted = deleted  # the number of an image that is gone, and whose tag is still there

    def resolve(self, image: ImageName) -> Answer:
        if image.tag == self._unavailable:
            raise RegistryUnavailable("no answer")
        number = TAGS.get(image.tag)
        return Present(Digest(f"sha256:{number * 64}"), "") if number else Absent()

    def labels(self, image: ImageName) -> Mapping[str, str]:
        number = str(image.digest)[-1]
        if number == self._deleted:
            raise NotInRegistry("MANIFEST_UNKNOWN")
        return {"org.opencontainers.image.version": f"3.7.4-{number}"}

    def tags(self, _image: ImageName) -> tuple[str, ...]:
        return tuple(TAGS)


def test_latest_is_due_where_every_tag_answers() -> None:
    newest = ReleaseTag.parse("3.7.4-2")
    assert latest_due(IMAGE, newest, ReaderOf("")) == (newest, True)


@pytest.mark.parametrize("unavailable", TAGS)
def test_nothing_is_decided_where_a_tag_that_matters_does_not_answer(unavailable: str) -> None:
    mine = ReleaseTag.parse("3.7.4-1" if unavailable == "3.7.4-2" else "3.7.4-2")
    with pytest.raises(RegistryUnavailable):
        latest_due(IMAGE, mine, ReaderOf(unavailable))


def test_a_latest_that_outlived_its_image_is_put_on_the_newest_release() -> None:
    """Registries that keep a deleted image's other tags have one that nobody can pull."""
    newest = ReleaseTag.parse("3.7.4-2")
    assert latest_due(IMAGE, newest, ReaderOf("", deleted="1")) == (newest, True)
    with pytest.raises(NotInRegistry):  # what is no `latest` is never written over
        image_under(ReaderOf("", deleted="1"), IMAGE.tagged("3.7.4-1"))


def test_an_outage_is_no_image_that_is_absent() -> None:
    with pytest.raises(RegistryUnavailable):
        image_under(ReaderOf("3.7.4-1"), IMAGE.tagged("3.7.4-1"))
    assert image_under(ReaderOf(""), IMAGE.tagged("9-1")) == Absent()


def test_a_tag_that_does_not_exist_is_told_with_those_that_are_like_it() -> None:
    with pytest.raises(BadInput, match=r"a/b:3\.7\.44-1 does not exist") as told:
        digest_now(IMAGE.tagged("3.7.44-1"), ReaderOf(""))
    assert told.value.expected == "a tag that docker.io has, such as 3.7.4-1, 3.7.4-2"
