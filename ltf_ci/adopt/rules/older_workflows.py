"""The fleet's older workflow: what it does, ltf-ci's workflows do, and both at once race for `latest`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ltf_ci.model.layout import ci_order
from ltf_ci.workflows.rules.publishing import also_publishing

_ASKS = {
    "workflow-publishes-too": "take the push out of {path}: it pushes `latest` too, and does more than that",
    "workflow-may-publish": "look at {path}: it may push `latest` too, by what is not looked into",
    "workflow-tests-too": "look at {path}: it tests an image that a release has not made yet, and does more than that",
}
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


def in_the_way(workflows: Mapping[str, str]) -> Iterator[str]:
    """Return for each workflow that stays, by path, why it is in the way, and what to do."""
    for found in also_publishing((path, workflows[path]) for path in sorted(workflows, key=ci_order)):
        path = found.place.path
        if is_replaced(workflows[path]):
            yield f"remove {path}: ltf-ci's workflows do all that it does"
        else:
            yield _ASKS[found.rule].format(path=path)
