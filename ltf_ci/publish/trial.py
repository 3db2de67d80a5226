"""The plan of a folder that no release tag names as it is: asked, and answered, as for the tag that it would get."""

from __future__ import annotations

from ltf_ci.clients.git.repository import Git
from ltf_ci.clients.run import Run
from ltf_ci.images.rules.trust import KnownReleases
from ltf_ci.manifest.check import NO_TAG
from ltf_ci.manifest.ltf_repository import Checked
from ltf_ci.manifest.rules import agreement, revisions
from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.publish.candidate import Candidate
from ltf_ci.publish.candidates import candidate_at, candidate_of
from ltf_ci.publish.methods import plan_image
from ltf_ci.publish.next_release import version_of
from ltf_ci.publish.origin import tags_at_origin
from ltf_ci.publish.plan import Plan
from ltf_ci.publish.requests import PublishRequest


def plan(request: PublishRequest, checked: Checked, git: Git, run: Run, known: KnownReleases) -> Plan:
    """Plan what would be released if the folder, as it is, were committed, tagged and pushed now."""
    origin = {} if request.allow_unpushed else tags_at_origin(git)
    candidate = _candidate(request, checked, git, run, frozenset((*git.tags(), *origin)))
    if candidate.source and not request.allow_unpushed:
        known = known.with_git_tags({candidate.source.key: origin})
    with run.timed("login"):
        run.registry.expect_push(candidate.image)
    return plan_image(request, candidate, checked.repository, git, run, known)


def named(checked: Checked, planned: Plan) -> Checked:
    """Return a check that names the tag of the plan: it had counted the tags of this clone alone."""
    found = f"no release tag at HEAD: the next one would be {planned.candidate.tag}"
    findings = (each._replace(found=found) if each.rule == NO_TAG else each for each in checked.findings)
    return checked._replace(findings=tuple(findings))


def _candidate(request: PublishRequest, checked: Checked, git: Git, run: Run, taken: frozenset[str]) -> Candidate:
    """Return what would be released, under the first revision that neither git nor the registry has."""
    manifest = checked.repository.manifest
    proposed = agreement.proposed_tag(manifest) if manifest else None
    if manifest and proposed is None:
        return candidate_of(request.push_to, checked.repository, checked.tag, git)
    version = proposed.version if proposed else version_of(checked.repository, request.directory, git).version
    image = candidate_at(request.push_to, ReleaseTag(version, 1), git.head(), checked.repository, git).image
    tag = revisions.next_release(version, proposed, taken | frozenset(run.registry.tags(image)))
    return candidate_at(request.push_to, tag, git.head(), checked.repository, git)
