"""What the image of a release would be made of today: to compare with what it was made of."""

from __future__ import annotations

from dataclasses import replace

from ltf_ci.clients.run import Run
from ltf_ci.clients.temporary import temporary_folder
from ltf_ci.images.labels import ImageLabels
from ltf_ci.manifest.ltf_repository import Checked
from ltf_ci.manifest.repository import read_repository
from ltf_ci.publish.candidates import candidate_of, labels_of, source_of
from ltf_ci.publish.content import write_commit
from ltf_ci.publish.plan import Build
from ltf_ci.publish.requests import PublishRequest


def labels_today(request: PublishRequest, run: Run) -> ImageLabels | None:
    """Return the labels that the image of a folder's tag would get now; None where they do not say all of it.

    So it is where a layer depends on a secret, or on a name that may mean another image today.
    """
    git = run.git(request.directory)
    repository = read_repository(request.directory)
    candidate = candidate_of(request.push_to, Checked(repository=repository, tag=request.tag, findings=()), git)
    with temporary_folder("commit") as folder:
        write_commit(git, candidate.commit, repository.manifest, folder)
        method = source_of(replace(request, directory=folder), repository, run)
    if isinstance(method, Build) and not method.spec.is_decided_by_inputs:
        return None
    return labels_of(candidate, method, run.registry)
