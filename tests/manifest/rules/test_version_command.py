import pytest

from ltf_ci.manifest.rules.version_command import version_command
from ltf_ci.model.image import ImageName

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
