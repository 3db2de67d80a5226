"""Which version the first tag has, and the command that makes it."""

from __future__ import annotations

import pytest

from ltf_ci.adopt.rules.versions import Versions, read_versions
from ltf_ci.adopt.rules.waiting import Maker
from ltf_ci.errors import BadInput
from tests.adopt.rules.test_waiting import maker

PYTHON = maker("python", "python:slim")
UNITTEST = maker("python_unittest", "ghcr.io/o/python:191902b")
START = maker("python_unittest", "ghcr.io/o/python_unittest:9e3179c", start=True, version="3.14.3")
UBUNTU = maker("ubuntu-build", "ubuntu:24.04")
ZIG = maker("zig", "ghcr.io/o/ubuntu-build:191902b")
ZIG_TEST = maker("zig", "ghcr.io/o/zig:9e3179c", start=True)
GPP = maker("gpp", "ghcr.io/o/ubuntu-build:191902b")
GPP_ONE = maker("gpp_one", "ghcr.io/o/gpp:191902b")
GPP_TWO = maker("gpp_two", "ghcr.io/o/gpp:191902b")
STARTS = (
    maker("gpp_one", "ghcr.io/o/gpp_one:9e3179c", start=True, version="15.2.0"),
    maker("gpp_two", "ghcr.io/o/gpp_two:9e3179c", start=True, version="15.3.0"),
)
FLEET = (PYTHON, UNITTEST, START, UBUNTU, ZIG, ZIG_TEST, GPP, GPP_ONE, GPP_TWO, *STARTS)


@pytest.mark.parametrize(
    ("one", "command"),
    [
        pytest.param(START, "ltf-ci next --push", id="its own display name has the version"),
        pytest.param(UNITTEST, "ltf-ci next --language-version 3.14.3 --push", id="its start point's has it"),
        pytest.param(PYTHON, "ltf-ci next --language-version 3.14.3 --push", id="all that is made of it has one"),
        pytest.param(UBUNTU, "ltf-ci next --language-version VERSION --push", id="a base of several languages"),
        pytest.param(GPP, "ltf-ci next --language-version VERSION --push", id="what is made of it has two versions"),
        pytest.param(ZIG_TEST, "ltf-ci next --language-version VERSION --push", id="a person must say it"),
    ],
)
def test_the_first_tag_has_a_version_that_some_repository_says(one: Maker, command: str) -> None:
    assert Versions.of(FLEET, {}).first_tag(one) == command


def test_what_a_person_wrote_goes_first() -> None:
    written = read_versions("# looked up\nImages/Python  3.14.4\n\nstarts/zig 0.9.1 # in the image\n", "versions")
    versions = Versions.of(FLEET, written)
    assert versions.first_tag(PYTHON) == "ltf-ci next --language-version 3.14.4 --push"
    assert versions.first_tag(ZIG_TEST) == "ltf-ci next --language-version 0.9.1 --push"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("o/python\n", "versions:1: 'o/python'"),
        ("o/python 3 14\n", "versions:1: 'o/python 3 14'"),
        ("o/python 3.14\n\nO/python 3.15\n", "versions:3: o/python has the version 3.14 already"),
        ("o/python latest\n", "'latest' is not a language version"),
    ],
)
def test_a_line_that_says_no_version_is_an_error(text: str, found: str) -> None:
    with pytest.raises(BadInput) as error:
        read_versions(text, "versions")
    assert error.value.found == found
