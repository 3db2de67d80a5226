"""The version of an image's own repository: its tags', else what its files say, else asked for."""

from __future__ import annotations

import pytest

from ltf_ci.errors import UsageError
from ltf_ci.manifest.rules.image_version import known_version

BASH = '## display_name="Bash 5.3.3"\n'
PYTHON = "## display_name='Python 3.14.3, unittest'\n"


@pytest.mark.parametrize(
    ("tags", "readme", "expected", "shown"),
    [  # as the fleet's image repositories have them
        ("", BASH, "5.3.3(1)", "5.3.3 (from check_version.sh and README.md)"),
        ("", "", "javac 25.0.2", "25.0.2 (from check_version.sh)"),
        ("", PYTHON, "", "3.14.3 (from README.md)"),
        ("", '## display_name="C++ (clang++ 18.1.3), assert"\n', "", "18.1.3 (from README.md)"),
        ("3.14.3-1 3.14.4-2 latest 191902b", "", "", "3.14.4 (from the newest tag, 3.14.4-2)"),
        ("3.14.3-1", PYTHON, "3.14.3", "3.14.3 (from the newest tag, 3.14.3-1)"),
        ("3.14.4-1", PYTHON, "3.14.3", "3.14.4 (from the newest tag, 3.14.4-1)"),  # its files were left behind
    ],
)
def test_what_is_known_and_where_it_is_from(tags: str, readme: str, expected: str, shown: str) -> None:
    assert str(known_version(tags.split(), readme, expected)) == shown


@pytest.mark.parametrize(
    ("tags", "readme", "expected", "found"),
    [
        ("", "", "", "no tag and no file names"),
        ("", '## display_name="Zig, test"\n', "", "no tag and no file names"),
        ("", "display_name=$NAME, display_name='???'", "", "no tag and no file names"),
        ("", PYTHON, "3.14.4", r"3\.14\.4 \(check_version\.sh\), 3\.14\.3 \(README\.md\)"),
        ("3.14.3-1", "", "3.14.4", r"3\.14\.3 \(the newest tag, 3\.14\.3-1\), 3\.14\.4 \(check_version\.sh\)"),
    ],
)
def test_a_person_is_asked_once_where_nothing_or_too_much_names_it(
    tags: str, readme: str, expected: str, found: str
) -> None:
    with pytest.raises(UsageError, match=found) as error:
        known_version(tags.split(), readme, expected)
    assert "once with --language-version" in error.value.cure
