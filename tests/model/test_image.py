from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltf_ci.errors import BadInput, UsageError
from ltf_ci.model.image import ImageName, image_place

DIGEST = "sha256:" + "0a" * 32


@pytest.mark.parametrize(
    ("text", "registry", "path", "reference"),
    [
        ("cyberdojofoundation/python:3.7.4-1", "docker.io", "cyberdojofoundation/python", "3.7.4-1"),
        ("python", "docker.io", "python", "latest"),
        ("index.docker.io/library/python:3", "docker.io", "library/python", "3"),
        ("ghcr.io/cyber-dojo-languages/gpp_catch:e20ac01", "ghcr.io", "cyber-dojo-languages/gpp_catch", "e20ac01"),
        ("localhost:5000/a/b__c--d.e", "localhost:5000", "a/b__c--d.e", "latest"),
        ("h.io:65535/a:1", "h.io:65535", "a", "1"),
        (f"localhost/a@{DIGEST}", "localhost", "a", DIGEST),
        (f"Registry.Example:1/a:T@{DIGEST}", "Registry.Example:1", "a", DIGEST),
    ],
)
def test_an_image_name_has_parts(text: str, registry: str, path: str, reference: str) -> None:
    image = ImageName.parse(text)
    assert (image.registry, image.path, image.reference, str(image)) == (registry, path, reference, text)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a/b:1", "docker.io/a/b:1", True),
        ("a/b:1", "index.docker.io/a/b:1", True),
        ("python", "docker.io/library/python", True),
        ("library/python:3", "index.docker.io/python:3", True),
        (f"python:3@{DIGEST}", f"library/python:3@{DIGEST}", True),
        ("a/b:1", "a/b:2", False),
        ("a/b", "library/a/b", False),
        ("a/b", "a/b:latest", False),
        ("a/b:1", f"a/b:1@{DIGEST}", False),
        ("ghcr.io/python", "ghcr.io/library/python", False),
        ("ghcr.io/a/b:1", "a/b:1", False),
        ("registry-1.docker.io/a/b:1", "a/b:1", False),  # docker takes it for another
    ],
)
def test_two_spellings_are_one_image(one: str, other: str, *, same: bool) -> None:
    first, second = ImageName.parse(one), ImageName.parse(other)
    assert (first == second, hash(first) == hash(second), len({first, second}) == 1) == (same, same, same)
    assert (str(first), str(second)) == (one, other)
    assert (first.untagged == second.untagged) is (first.repository == second.repository)


def test_an_image_is_no_text() -> None:
    assert ImageName.parse("a") != "a"


@pytest.mark.parametrize(
    "text",
    ["", "a:", "a@", "A", "a/B", "a b", "a ", "a\n", "-a", "a-", "a//b", "/a", "ghcr.io/", "a:-t", "a_._b", "é", "a..b"]
    + [f"a:{'t' * 129}", "a@sha256:12", "-h.io/a", "a:x:y", "$(id)/a", "--x", "h:65536/a", "h:99999/a", "h:/a"],
)
def test_what_is_no_image_name_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        ImageName.parse(text)


@given(st.text(alphabet="abA0._-/:@ \n", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert str(ImageName.parse(text)) == text
    except BadInput:
        return


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("ghcr.io/Example-Org/Python:3.7.4-1", "write it in lower case: 'ghcr.io/example-org/python:3.7.4-1'"),
        ("Example/python", "write it in lower case: 'example/python'"),
        ("ghcr.io/Example Org/python", ""),
        ("ghcr.io/example//python", ""),
    ],
)
def test_a_name_in_capitals_is_told_to_be_written_small(text: str, cure: str) -> None:
    with pytest.raises(BadInput) as told:
        ImageName.parse(text)
    assert told.value.cure == cure


def test_a_place_in_capitals_is_told_to_be_written_small() -> None:
    with pytest.raises(UsageError) as told:
        image_place("ghcr.io/Example-Org")
    assert told.value.cure == "write it in lower case: 'ghcr.io/example-org'"
