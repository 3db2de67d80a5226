"""What the labels of an image say of the images that it is made of."""

from __future__ import annotations

import pytest

from ltf_ci.images.labels import ImageLabels

A, B = (f"sha256:{letter * 64}" for letter in "ab")


@pytest.mark.parametrize(
    ("name", "digest", "bases", "expected"),
    [
        ("o/a:1", A, f"o/a:1@{A} o/b:2@{B}", [f"o/a:1@{A}", f"o/b:2@{B}"]),
        ("o/a:1", A, f"o/b:2@{B} o/a:1@{A}", [f"o/a:1@{A}", f"o/b:2@{B}"]),
        ("", "", f"o/b:2@{B}", [f"o/b:2@{B}"]),  # FROM scratch
        ("o/a:1", A, "", [f"o/a:1@{A}"]),  # an older release
        ("o/a:1", A, f"o/b:2@{B}", [f"o/a:1@{A}"]),  # came down from its base
        (f"o/a:1@{A}", A, f"o/a:1@{A}", [f"o/a:1@{A}"]),
        ("o/a:1", "", "", []),
        ("", "", "no image, nor@any", []),
        ("", "", "o/b:2", []),
    ],
)
def test_all_images_that_it_is_made_of_are_read(name: str, digest: str, bases: str, expected: list[str]) -> None:
    labels = ImageLabels(base_name=name, base_digest=digest, bases=bases)
    assert [*map(str, labels.made_of)] == expected
