from importlib.resources import files

import pytest

from ltf_ci.clients import yaml_file
from ltf_ci.model.image import ImageName
from ltf_ci.workflows.rules.filled_settings import filled, known_settings, version_command

TEMPLATE = files("ltf_ci").joinpath("settings.example.yml").read_text()
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


@pytest.mark.parametrize("tag", ["9e3179c", "2733119"])  # digits alone, which YAML takes for a number
def test_what_is_known_is_written_in_the_place_of_its_comment(tag: str) -> None:
    image = ImageName.parse(f"{PLACE}/python_unittest:{tag}")
    text = filled(TEMPLATE, known_settings(image, str(image), ""))
    _, root = yaml_file.read(text.encode(), "settings")
    assert {name: member.value for name, _ in root.keys if (member := root.member(name))} == {
        "image-from": f"{PLACE}/python_unittest:{tag}",
        "version-command": "python3 --version",
    }
    assert len(text.splitlines()) == len(TEMPLATE.splitlines())


def test_what_is_not_known_stays_a_comment() -> None:
    assert filled(TEMPLATE, known_settings(ImageName.parse("o/unheard_of"), "", "")) == TEMPLATE
