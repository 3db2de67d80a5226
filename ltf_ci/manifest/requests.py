"""The options of a manifest's check."""

from __future__ import annotations

from enum import StrEnum

from ltf_ci.manifest.rule_names import ALLOWED, allowed_rule
from ltf_ci.options.option import Options, many


class CheckPart(StrEnum):
    """`manifest`: what cyber-dojo asks of it. `agreement`: of git tag, manifest and README."""

    MANIFEST = "manifest"
    AGREEMENT = "agreement"


class Allowing(Options):
    """What the manifest may do."""

    allow: tuple[str, ...] = many(
        "let the manifest break this rule, which cyber-dojo itself does not hold (docs/manifest.md)",
        allowed_rule,
        "RULE",
        choices=ALLOWED,
        in_settings=True,
    )
