import pytest

from ltf_ci.model.image import ImageName
from ltf_ci.workflows.rules.filled_settings import known_inputs, known_settings, version_command

PLACE = "ghcr.io/cyber-dojo-languages"


def script(expected: str, command: str) -> str:
    return f"#!/bin/bash -Eeu\nreadonly EXPECTED={expected}\nACTUAL=$(docker run --rm $IMAGE_NAME sh -c '{command}')\n"


@pytest.mark.parametrize(  # as the fleet's image repositories have them
    ("image", "expected", "command", "found"),
    [
        ("python", "3.14.3", "python --version", "python --version"),
        ("bash", "'5.3.3(1)'", "bash --version", "bash --version"),
        ("gplusplus", "15.2.0", "c++ --version", "c++ --version"),
        ("haskell", "9.10.3", "runhaskell --version", "runhaskell --version"),
        ("java", "'javac 25.0.2'", "javac -version 2>&1", "javac -version 2>&1"),
        ("javascript", "25.8", "node -v", "node -v"),
        ("javascript_node_jest", "30.2.0", "npx jest --version", "node --version"),  # the framework's version, never
        ("python_pytest", "9.0", "pytest --version", "python3 --version"),
        ("bash_bats", "1.13.0", "bats --version", "bash --version"),
        ("ruby_rspec", '"RSpec 3.13"', "rspec --version", "ruby --version"),
        ("unheard_of", "1.0", "unheard --version", ""),
    ],
)
def test_what_prints_a_version_is_the_languages_own_program(
    image: str, expected: str, command: str, found: str
) -> None:
    assert version_command(ImageName.parse(f"{PLACE}/{image}"), script(expected, command)) == found


def test_without_the_script_a_known_language_s_command_is_taken() -> None:
    assert version_command(ImageName.parse(f"{PLACE}/python_unittest:9e3179c"), "") == "python3 --version"
    assert version_command(ImageName.parse(f"{PLACE}/elm_test"), "") == ""


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
    known = known_settings(ImageName.parse(f"{PLACE}/unheard_of"), "", "", platforms)
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
