import pytest

from ltf_ci.manifest.rules.version_command import expected_version, version_command
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


RUN = "docker run --rm -i ${IMAGE_NAME}"


@pytest.mark.parametrize(
    ("expected", "runs", "version", "command"),
    [
        ("EXPECTED=3.14.3", f"{RUN} sh -c 'python --version'", "3.14.3", "python --version"),
        ('export EXPECTED="3.14.3" # newer', f'{RUN} sh -c "python3 -V 2>&1"', "3.14.3", "python3 -V 2>&1"),
        ("declare -r EXPECTED=3.14.3", f"{RUN} bash -c 'python3 --version'", "3.14.3", "python3 --version"),
        ("readonly EXPECTED=${EXPECTED:-3.14.3}", f"{RUN} python --version", "3.14.3", "python --version"),
        (
            "EXPECTED=3.14.3",
            f"{RUN} /usr/local/bin/python3.14 --version",
            "3.14.3",
            "/usr/local/bin/python3.14 --version",
        ),
        ("EXPECTED=3.14.3", f"{RUN} sh -c 'python -V 2>&1 | head -n 1'", "3.14.3", "python -V 2>&1 | head -n 1"),
        ("EXPECTED=3.14.3", f"{RUN} \\\n  sh -c 'cd /; python --version'", "3.14.3", "python --version"),
        ("EXPECTED=3.14.3\r", f"{RUN} sh -c 'python --version'\r", "3.14.3", "python --version"),
        ("# docker run x sh -c 'pytest --version'\nEXPECTED=3.14.3", f"{RUN} sh -c 'python -V'", "3.14.3", "python -V"),
        ("EXPECTED=9.0", f"{RUN} sh -c 'python3 -m pytest --version'", "", "python3 --version"),
        ("EXPECTED=24.0", f"{RUN} python3 -m pip --version", "", "python3 --version"),
        ("EXPECTED=30.2", f"{RUN} sh -c 'node node_modules/.bin/jest --version'", "", "python3 --version"),
        ("EXPECTED=4.0", f"{RUN} sh -c 'java -jar junit.jar --version'", "", "python3 --version"),
        ("EXPECTED=9.0", f"{RUN} sh -c 'pytest --version; python --version'", "", "python3 --version"),
        ("EXPECTED=1.0", f"{RUN} sh -c 'ipython --version'", "", "python3 --version"),
        ("EXPECTED=1.0", "echo python --version", "", "python3 --version"),
        ("OTHER=1.0", f"{RUN} sh -c 'python --version'", "", "python3 --version"),
        ("EXPECTED=", f"{RUN} sh -c 'python --version'", "", "python3 --version"),
    ],
)
def test_a_script_says_a_language_s_version_however_it_is_written_and_never_another_program_s(
    expected: str, runs: str, version: str, command: str
) -> None:
    text = f"#!/bin/bash\n{expected}\nreadonly ACTUAL=$({runs})\n"
    assert expected_version(text) == version
    assert version_command(ImageName.parse(f"{PLACE}/python"), text) == command
