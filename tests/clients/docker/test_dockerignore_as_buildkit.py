"""Which files of random contexts are sent, as BuildKit's own client sends them."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from ltf_ci.clients.docker.dockerignore import Dockerignore
from ltf_ci.errors import BadInput
from tests.support.build_contexts import Context, random_context, sent_by_buildkit, with_folders

pytestmark = pytest.mark.machine


def test_random_contexts_are_sent_as_buildkit_sends_them() -> None:
    contexts = [random_context(Random(seed)) for seed in range(4000)]
    counts, others = Counter[str](), []
    for context, theirs in zip(contexts, sent_by_buildkit(contexts), strict=True):
        ours = sent(context)
        counts["refused" if ours is None else "agrees"] += 1
        if ours is not None and ours != theirs:
            others.append((context, ours, theirs))
    assert others == []
    assert counts["agrees"] > len(contexts) / 2, counts


def sent(context: Context) -> frozenset[str] | None:
    """Return what ltf-ci takes for sent; None where it refuses."""
    try:
        found = Dockerignore.parse(context.ignore).sent(with_folders(context.paths))
    except BadInput:
        return None
    return frozenset(path.removesuffix("/") for path in found)
