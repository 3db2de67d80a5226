"""What BuildKit is told of a cache."""

from __future__ import annotations

import pytest

from ltf_ci.clients.docker.build_cache import TAG, BuildCache
from ltf_ci.images.rules import tags
from ltf_ci.model.image import ImageName

IMAGE = ImageName.parse("ghcr.io/o/python:3.7.4-1")
WORDS = {
    "registry": "type=registry,ref=ghcr.io/o/python:buildcache",
    "gha": "type=gha,scope=o/python",
}


@pytest.mark.parametrize(("name", "place"), WORDS.items())
def test_a_cache_is_read_and_written_in_one_place(name: str, place: str) -> None:
    (read,), (write,) = BuildCache(name).reads(IMAGE), BuildCache(name).writes(IMAGE)
    assert read == f"--cache-from={place}"
    assert write.startswith(f"--cache-to={place},mode=min")
    assert write.endswith(",ignore-error=true")


def test_no_cache_is_no_word() -> None:
    assert (BuildCache.NONE.reads(IMAGE), BuildCache.NONE.writes(IMAGE)) == ([], [])


def test_a_cache_of_the_layers_that_are_pushed_waits_for_the_push() -> None:
    assert [cache for cache in BuildCache if cache.has_layers_of_push] == [BuildCache.REGISTRY]


def test_the_registrys_tag_is_no_release() -> None:
    assert tags.release_tags([TAG]) == []
