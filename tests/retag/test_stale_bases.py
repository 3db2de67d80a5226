"""Which bases below an image are not rebuilt, as labels and a registry tell it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from ltf_ci.errors import RegistryUnavailable
from ltf_ci.images.labels import ImageLabels
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.registry import Absent, Answer, Present
from ltf_ci.retag.stale_bases import stale_bases

A, B, C = (f"sha256:{letter * 64}" for letter in "abc")


class Images:
    """A registry of three layers of images, upstream the lowest; `moved` are the names that another image has now."""

    def __init__(self, *moved: str) -> None:
        self._now = {name: C if name in moved else digest for name, digest in (("o/base:1", A), ("u/python:3", B))}

    def resolve(self, image: ImageName) -> Answer:
        if str(image) == "u/gone:1":
            raise RegistryUnavailable("no answer")
        digest = self._now.get(str(image))
        return Present(Digest(digest), "") if digest else Absent()

    def labels(self, image: ImageName) -> Mapping[str, str]:
        base = {A: ("u/python:3", B), C: ("u/gone:1", A)}.get(str(image.digest))
        return ImageLabels(base_name=base[0], base_digest=base[1], source="S").to_labels() if base else {}

    def tags(self, image: ImageName) -> tuple[str, ...]:
        raise NotImplementedError(image)


CASES = [
    ("o/base:1", A, (), []),
    ("o/base:1", A, ("u/python:3",), ["o/base:1 of u/python:3"]),
    ("o/base:1", A, ("o/base:1",), []),  # what the release itself is made of is another question
    ("o/base:1", "", ("u/python:3",), []),
    ("", "", ("u/python:3",), []),
    ("u/python:3", B, ("u/python:3",), []),
]


@pytest.mark.parametrize(("name", "digest", "moved", "stale"), CASES)
def test_a_base_whose_own_base_moved_is_stale(name: str, digest: str, moved: tuple[str, ...], stale: list[str]) -> None:
    found = stale_bases(ImageLabels(base_name=name, base_digest=digest), Images(*moved), print)
    assert [f"{one.image.tagged(one.image.tag)} of {one.base.tagged(one.base.tag)}" for one in found] == stale


def test_a_stale_image_that_lends_files_is_found_too() -> None:
    labels = ImageLabels(base_name="u/python:3", base_digest=B, bases=f"u/python:3@{B} o/base:1@{A}")
    found = [str(one.image.tagged(one.image.tag)) for one in stale_bases(labels, Images("u/python:3"), print)]
    assert found == ["o/base:1"]


def test_what_is_not_known_is_said() -> None:
    said = list[str]()
    assert list(stale_bases(ImageLabels(base_name="o/other:1", base_digest=C), Images(), said.append)) == []
    assert said == [f"whether a base of o/other:1@{C} has moved is not known: no answer"]
