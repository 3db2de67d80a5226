"""The fleet's older workflow: what it does, ltf-ci's workflows do, and both at once race for `latest`."""

from __future__ import annotations

import re

_SCRIPTS = re.compile(r"(?:\./|\bbash |\bsh )(?:\w+/)*(?:pipe_build_up_test|run_tests)\.sh(?: [\w./=-]+)*")
_STEP = re.compile(r"^\s*(?:-\s+)?(?:run|uses):\s*(?P<what>\S.*?)\s*$", re.MULTILINE)
_CHECKOUT = re.compile(r"[\w.-]+/(?:pinned-)?checkout@")


def is_replaced(text: str) -> bool:
    """Whether all that a workflow does is to check out the repository and run the fleet's older scripts."""
    steps = [step["what"] for step in _STEP.finditer(text)]
    scripts = [step for step in steps if _SCRIPTS.fullmatch(step)]
    return bool(scripts) and all(step in scripts or _CHECKOUT.match(step) for step in steps)
