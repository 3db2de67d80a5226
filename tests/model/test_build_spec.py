"""What tells two builds apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ltf_ci.model.build_spec import BuildSpec


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("A=1", "B=2"), ("B=2", "A=1"), True),
        (("A=1",), ("A=2",), False),
        (("A=1", "A=2"), ("A=2",), True),  # docker takes the last one
        (("A=1", "A=2"), ("A=2", "A=1"), False),
        (("A=1",), ("A=1", "B="), False),
    ],
)
def test_build_arguments_are_the_same_where_docker_is_told_the_same(
    one: tuple[str, ...],
    other: tuple[str, ...],
    expected: bool,  # noqa: FBT001
) -> None:
    told = [BuildSpec(dockerfile="FROM a", context=Path(), build_args=each).inputs for each in (one, other)]
    assert (told[0] == told[1]) is expected


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({}, True),
        ({"platforms": ("linux/amd64",)}, True),
        ({"platforms": ("linux/arm64",)}, False),
        ({"platforms": ("linux/amd64", "linux/arm64")}, False),
        ({"provenance": True}, False),
        ({"sbom": True}, False),
    ],
)
def test_one_image_of_the_daemons_architecture_can_be_loaded(spec: dict[str, Any], *, expected: bool) -> None:
    assert BuildSpec(dockerfile="FROM a", context=Path(), **spec).is_plain_on("amd64") is expected
