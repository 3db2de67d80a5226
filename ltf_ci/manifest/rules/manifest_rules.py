"""All that cyber-dojo asks of a manifest, and what is stricter here: `ltf_ci/model/rules_table.py` lists it."""

from __future__ import annotations

from collections.abc import Collection

from ltf_ci.manifest.facts import ManifestFacts
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.manifest.rules import files, forms
from ltf_ci.model.finding import Finding


def faults(manifest: Manifest, facts: ManifestFacts, allow: Collection[str] = ()) -> tuple[Finding, ...]:
    """Find all faults at once, from the manifest's top to its bottom, but those of rules that are switched off."""
    found = [*forms.faults(manifest), *files.faults(manifest, facts)]
    found.sort(key=lambda finding: (finding.place.line, finding.place.column))
    return tuple(finding for finding in found if finding.rule not in allow)
