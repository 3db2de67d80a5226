"""What `ltf-ci watch --format json` wrote."""

from __future__ import annotations

import json

from ltf_ci.errors import BadInput
from ltf_ci.model.finding import Finding
from ltf_ci.model.finding_data import finding_of

LARGEST = 64 * 1024 * 1024  # bytes


def findings_in(raw: bytes, path: str) -> tuple[Finding, ...]:
    """Read what was found, or raise BadInput: also where watch ended before it had looked."""
    try:
        data = json.loads(raw.decode())
        return tuple(finding_of(each) for each in {"watch": data["findings"]}[data["command"]])
    except (ValueError, LookupError, TypeError, OverflowError, RecursionError) as error:
        raise BadInput(
            f"{path[:200]} is not what watch found: {type(error).__name__}: {error}",
            expected='{"command": "watch", "findings": […]}',
            cure="write it by `ltf-ci watch --format json`, and look whether that ended",
        ) from error
