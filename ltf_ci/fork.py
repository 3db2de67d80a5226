"""A run in a fork: GitHub gives it none of the secrets, so that what needs one is refused."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from ltf_ci.errors import AccessDenied, LtfError
from ltf_ci.model.access import APP_KEY

_WHY = "this repository is a fork, and GitHub gives a fork no secrets: release where it is a fork of, or set its own"


def explained(error: LtfError, event: Path | None) -> LtfError:
    """Return a refusal for want of credentials with the cause that a fork is; `event` is GitHub's file of the event."""
    lacks = isinstance(error, AccessDenied) or APP_KEY in error.found
    if lacks and event and _WHY not in error.cure and _is_fork(event):
        error.cure = "; ".join(filter(None, (_WHY, error.cure)))
    return error


def _is_fork(event: Path) -> bool:
    with suppress(OSError, ValueError, LookupError, TypeError, RecursionError):
        return json.loads(event.read_bytes())["repository"]["fork"] is True
    return False
