"""Which images a Dockerfile is made FROM, as BuildKit's own front end has it: its own test data, and random ones."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from random import Random

import pytest

from ltf_ci.clients.docker.dockerfile import Dockerfile
from tests.support.buildkit_reader import (
    AGREES,
    DISAGREES,
    Reading,
    buildkits,
    ours,
    own_test_data,
    table,
)
from tests.support.random_dockerfiles import random_dockerfile

pytestmark = pytest.mark.machine
PIN = "pinned.example/of/all@sha256:" + "5" * 64


@cache
def random_cases() -> list[tuple[str, Mapping[str, str]]]:
    return [random_dockerfile(Random(seed)) for seed in range(4000)]


@pytest.fixture(scope="module")
def readings() -> list[Reading]:
    return buildkits(random_cases())


def test_buildkits_own_test_data_is_read_as_buildkit_reads_it() -> None:
    counts = table(own_test_data())
    assert (counts[DISAGREES], counts[AGREES] > 400) == (0, True), counts


def test_random_dockerfiles_are_read_as_buildkit_reads_them(readings: list[Reading]) -> None:
    compared = [ours(*case).compared(theirs) for case, theirs in zip(random_cases(), readings, strict=True)]
    assert [case for case, how in zip(random_cases(), compared, strict=True) if how == DISAGREES] == []
    assert compared.count(AGREES) > len(random_cases()) / 5


def test_a_pinned_dockerfile_asks_for_what_it_is_pinned_to(readings: list[Reading]) -> None:
    cases, expected = [], []
    for (text, build_args), theirs in zip(random_cases(), readings, strict=True):
        if ours(text, build_args).compared(theirs) == AGREES:
            found = Dockerfile.parse(text, "docker/Dockerfile", build_args)
            cases.append((found.pinned(dict.fromkeys(found.bases, PIN)), build_args))
            expected.append({PIN} if found.bases else set())
    assert [set(each.images) or each.refusal for each in buildkits(cases)] == [each or "" for each in expected]
