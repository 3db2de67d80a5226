"""The files that are made from the code, whole or in part."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from generators import action_file, manual, outcomes, plans, reference, rule_pages
from ltf_ci import settings
from ltf_ci.manifest.rules import schema

ROOT = Path(__file__).parents[1]  # of the checkout


def _json(data: Callable[[], Mapping[str, Any]]) -> Callable[[str], str]:
    return lambda _before: json.dumps(data(), indent=2) + "\n"


FILES: Mapping[str, Callable[[str], str]] = {  # from what is there to what should be
    "action.yml": action_file.expected,
    "docs/reference.md": reference.expected,
    manual.PAGE: manual.expected,
    outcomes.SCHEMA: outcomes.schema,
    outcomes.PAGE: outcomes.expected,
    **{f"docs/{page}": partial(rule_pages.expected, page) for page in rule_pages.PAGES},
    "ltf_ci/manifest.schema.json": _json(schema.schema),
    "ltf_ci/settings.schema.json": _json(settings.schema),
    "ltf_ci/dependents.schema.json": _json(plans.dependents),
    "ltf_ci/lock.schema.json": _json(plans.lock),
}


def stale() -> list[str]:
    """Return the files that are not as the code has them."""
    return [
        path for path, expected in FILES.items() if (ROOT / path).read_text() != expected((ROOT / path).read_text())
    ]
