"""How an image that is not there yet is made: planned after all that its release needs of others was asked."""

from __future__ import annotations

from ltf_ci.clients.git.repository import Git
from ltf_ci.clients.run import Run
from ltf_ci.images.rules.trust import KnownReleases
from ltf_ci.manifest.ltf_repository import Checked
from ltf_ci.publish.candidate import Candidate
from ltf_ci.publish.means import expect_means
from ltf_ci.publish.methods import labels_of, method_of
from ltf_ci.publish.plan import Build, Plan
from ltf_ci.publish.requests import PublishRequest
from ltf_ci.publish.reuse import reusable


def plan(
    request: PublishRequest, candidate: Candidate, checked: Checked, git: Git, run: Run, known: KnownReleases
) -> Plan:
    """Plan an image of the files in the request's folder; raise where the builder, the daemon or a test would fail."""
    repository = checked.repository
    method = method_of(request, repository, run)
    if isinstance(method, Build) and not request.rebuild:
        method = reusable(candidate, method.spec, git, run.registry, run.log, known) or method
    labels = labels_of(candidate, method, run.registry)
    expect_means(request, repository.manifest, method, run)
    daemon = str(run.docker.endpoint) if request.test or isinstance(method, Build) else ""
    return Plan(candidate=candidate, method=method, labels=labels, latest=request.latest, daemon=daemon, known=known)
