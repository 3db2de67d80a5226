"""Platforms as docker names them: the right column is what containerd's own library makes of the left one."""

from __future__ import annotations

import pytest

from ltf_ci.model.platform import normalized

NAMES = {
    "linux/amd64": "linux/amd64",
    "amd64": "linux/amd64",
    "x86_64": "linux/amd64",
    "linux/x86_64": "linux/amd64",
    "linux/x86-64": "linux/amd64",
    "Linux/AMD64": "linux/amd64",
    "linux/amd64/v1": "linux/amd64",
    "linux/amd64/v2": "linux/amd64/v2",
    "linux/aarch64": "linux/arm64",
    "arm64": "linux/arm64",
    "linux/arm64/v8": "linux/arm64",
    "linux/arm64/8": "linux/arm64",
    "linux/arm64/v9": "linux/arm64/v9",
    "linux/arm": "linux/arm/v7",
    "linux/arm/v7": "linux/arm/v7",
    "linux/arm/7": "linux/arm/v7",
    "linux/arm/v6": "linux/arm/v6",
    "linux/armhf": "linux/arm/v7",
    "linux/armel": "linux/arm/v6",
    "linux/armv7l": "linux/armv7l",
    "linux/i386": "linux/386",
    "386": "linux/386",
    "linux/ppc64le": "linux/ppc64le",
    "windows/amd64": "windows/amd64",
    "macos/arm64": "darwin/arm64",
    "linux/foo": "linux/foo",
}
NONE = ("", "foo", "linux/", "/amd64", "linux/arm 64", "linux/amd64/", "linux/arm/v7/x", "linux/amd64,linux/arm64")


@pytest.mark.parametrize("text", NAMES)
def test_a_platform_has_one_name(text: str) -> None:
    assert normalized(text) == NAMES[text]
    assert normalized(NAMES[text]) == NAMES[text]


@pytest.mark.parametrize("text", NONE)
def test_other_texts_name_no_platform(text: str) -> None:
    assert normalized(text) == ""
