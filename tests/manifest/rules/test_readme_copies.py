"""Copies of the two names in a README: which differ, and what they become."""

from __future__ import annotations

import pytest

from ltf_ci.manifest.rules import readme_copies

NAMES = {"display_name": "Python (3.7.4), unittest", "image_name": "a/b:3.7.4-18"}


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ('display_name="Python (3.7.4), unittest"', None),
        ('image_name="a/b"', None),
        ('image_name="a/b:3.7.4-18"', None),
        ('x display_name="Python 3.7.4, unittest"', 17),
        ("image_name='a/c'", 13),
        ("image_name=`a/c`", 13),
        ('### image_name="[a/b](https://hub.docker.com/r/a/b)"', None),  # a link, whose text is the name
        ('### image_name="[`a/b`](https://hub.docker.com/r/a/b)"', None),
        ("### image_name=[a/b](https://hub.docker.com/r/a/b)", None),
        ("### image_name=[a/c](https://hub.docker.com/r/a/c)", 17),
        ('image_name="[a/c](https://hub.docker.com/r/a/b)"', 14),
        ("image_name=[a/c][image]", 13),
        ('image_name=[a/c](https://ghcr.io/a/c "its packages")', 13),
        ("image_name=a/b", None),
        ("image_name=a/c, it is", 12),
        ("image_name=$NAME", None),
        ("display_name=Python", None),
        ('## display_name="C (clang 18.1.3), assert', 18),  # as in a real one
        ("image_name=\u201ca/c\u201d", 13),
        ("# display_name = 'Ruby'", 19),
        ("- image_name: a/c", 15),
        ("* **image_name**: `a/c`", 20),
        ("- **display_name:** Python 3.7.4, unittest", 21),
        ("> display_name: Python (3.7.4), unittest", None),
        ("## display_name=Python 3.7.4, unittest", 17),
        ("display_name: Python 3.7.4, unittest", None),  # may be anything's
        ("display_name = manifest['display_name']", None),
        ('    "image_name": "a/c",', None),  # another repository's manifest, say
        ("- image_name: its name", None),
        ("my_image_name=a/c", None),
    ],
)
def test_a_copy_in_the_readme_that_differs_is_a_warning(line: str, column: int | None) -> None:
    findings = list(readme_copies.differing(NAMES, "the manifest", f"# Title\n{line}\n", "README.md"))
    assert [(str(finding.place), finding.severity) for finding in findings] == (
        [(f"README.md:2:{column}", "warning")] if column else []
    )
    corrected = readme_copies.corrected(NAMES, f"# Title\r\n{line}\r\n")
    assert not [*readme_copies.differing(NAMES, "the manifest", corrected, "README.md")]
    assert (corrected == f"# Title\r\n{line}\r\n") is not bool(column)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('image_name="[a/c](https://e.io/a/c)" or [a/c](x)\n', 'image_name="[a/b](https://e.io/a/b)" or [a/c](x)\n'),
        ("image_name=[a/c:1](https://ghcr.io/a/c)", "image_name=[a/b](https://ghcr.io/a/b)"),
        ('## display_name="C (clang 18), assert\n', '## display_name="Python (3.7.4), unittest\n'),
        ("- **display_name:** Python, x  \n", "- **display_name:** Python (3.7.4), unittest  \n"),
    ],
)
def test_nothing_else_in_the_line_changes(line: str, expected: str) -> None:
    assert readme_copies.corrected(NAMES, line) == expected
