"""What became of a tag's image."""

from __future__ import annotations

from dataclasses import dataclass

from ltf_ci.images.rules.latest import LatestResult
from ltf_ci.manifest.ltf_repository import Checked
from ltf_ci.model.image import Digest
from ltf_ci.publish.plan import Plan
from ltf_ci.traffic_light.tested import NOT_TESTED, Tested


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A tag's image, as far as it came.

    Without a plan the check found errors; without a digest nothing is under the tag: it was a dry run, or the test
    found errors. `pushed` says that it was this run that pushed it. Without `latest` it did not come to that.
    """

    checked: Checked
    plan: Plan | None = None
    tested: Tested = NOT_TESTED
    digest: Digest | None = None
    pushed: bool = False
    latest: LatestResult | None = None
