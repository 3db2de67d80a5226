import pytest

from ltf_ci.model.image import ImageName
from ltf_ci.workflows.rules.filled_settings import known_inputs, known_settings

PLACE = "ghcr.io/cyber-dojo-languages"


@pytest.mark.parametrize(
    ("platforms", "written"),
    [
        (("linux/amd64", "linux/arm64"), ("linux/amd64", "linux/arm64")),
        (("linux/arm64",), ("linux/arm64",)),
        (("linux/amd64",), None),  # as GitHub's runners build without being asked
        ((), None),
    ],
)
def test_platforms_are_named_where_a_build_would_have_others(
    platforms: tuple[str, ...], written: tuple[str, ...] | None
) -> None:
    known = known_settings("", "", platforms)
    assert known.get("platform") == written


@pytest.mark.parametrize(
    ("image", "inputs"),
    [
        (f"{PLACE}/python", {}),
        ("cyberdojofoundation/elixir", {"registry": "docker.io"}),
        ("localhost:5000/python", {"registry": "localhost:5000"}),
    ],
)
def test_the_registry_of_the_image_is_the_one_that_the_secrets_are_for(image: str, inputs: dict[str, str]) -> None:
    assert known_inputs(ImageName.parse(image)) == inputs
