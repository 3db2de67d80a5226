"""The fleet's older workflow: what it does, ltf-ci's workflows do, and both at once race for `latest`."""

from __future__ import annotations

import re

from ltf_ci.model.layout import OLDER_WORKFLOW
from ltf_ci.workflows.rules.publishing import also_publishing

_SCRIPTS = re.compile(r"(?:\./|\bbash |\bsh )(?:\w+/)*(?:pipe_build_up_test|run_tests)\.sh(?: [\w./=-]+)*")
_STEP = re.compile(r"^\s*(?:-\s+)?(?:run|uses):\s*(?P<what>\S.*?)\s*$", re.MULTILINE)
_UNREAD = re.compile(r"""^\s*(?:-\s+)?["']\w+["']\s*:|^\s*-\s*[{*&]|\bsteps:\s*[\[*&]""", re.MULTILINE)
_CHECKOUT = re.compile(r"[\w.-]+/(?:pinned-)?checkout@")


def is_replaced(text: str) -> bool:
    """Whether all that a workflow does is to check out the repository and run the fleet's older scripts."""
    steps = [step["what"] for step in _STEP.finditer(text)]
    scripts = [step for step in steps if _SCRIPTS.fullmatch(step)]
    return (
        bool(scripts) and not _UNREAD.search(text) and all(step in scripts or _CHECKOUT.match(step) for step in steps)
    )


def in_the_way(text: str | None) -> str:
    """Return why a workflow that does more than that is in the way, and what to do; empty where it is not."""
    if text is None or is_replaced(text):
        return ""
    found = next(also_publishing([(OLDER_WORKFLOW, text)]), None)
    if found is None:
        return ""
    if found.rule == "workflow-publishes-too":
        return f"take the push out of {OLDER_WORKFLOW}: it pushes `latest` too, and does more than that"
    return f"look at {OLDER_WORKFLOW}: it tests an image that a release has not made yet, and does more than that"
