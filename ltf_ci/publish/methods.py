"""How an image is made, and its labels: built of the repository's Dockerfile, or of another image's layers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

from ltf_ci.clients.docker.build_context import context_files
from ltf_ci.clients.docker.dockerignore import own_ignore
from ltf_ci.clients.git.repository import Git
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.clients.run import Run
from ltf_ci.clients.temporary import temporary_folder
from ltf_ci.errors import LtfError, UsageError
from ltf_ci.images.labels import ImageLabels
from ltf_ci.images.latest import digest_now
from ltf_ci.images.rules.trust import KnownReleases
from ltf_ci.manifest.ltf_repository import LtfRepository
from ltf_ci.manifest.repository import read_repository
from ltf_ci.model.build_spec import Base, BuildSpec
from ltf_ci.model.finding import Place
from ltf_ci.model.image import LATEST, ImageName
from ltf_ci.model.layout import DOCKER_FOLDER, DOCKERFILE_BASE, SETTINGS
from ltf_ci.publish.candidate import Candidate
from ltf_ci.publish.candidates import candidate_of
from ltf_ci.publish.content import write_commit
from ltf_ci.publish.dockerfiles import completed, expect_images, read_dockerfile
from ltf_ci.publish.means import expect_means
from ltf_ci.publish.options import build_args
from ltf_ci.publish.plan import Build, Plan, Relabel, Reuse
from ltf_ci.publish.requests import BuiltFrom, PublishRequest
from ltf_ci.publish.reuse import reusable
from ltf_ci.publish.rules.relabelling import refuse_other_version


def plan_image(
    request: PublishRequest, candidate: Candidate, repository: LtfRepository, git: Git, run: Run, known: KnownReleases
) -> Plan:
    """Plan an image of the files in the request's folder; raise where the builder, the daemon or a test would fail."""
    method = method_of(request, repository, run)
    if isinstance(method, Build) and not request.rebuild:
        method = reusable(candidate, method.spec, git, run.registry, run.log, known) or method
    labels = labels_of(candidate, method, run.registry)
    expect_means(request, repository.manifest, method, run)
    daemon = str(run.docker.endpoint) if request.test or isinstance(method, Build) else ""
    return Plan(candidate=candidate, method=method, labels=labels, latest=request.latest, daemon=daemon, known=known)


def method_of(request: BuiltFrom, repository: LtfRepository, run: Run) -> Build | Relabel:
    """Return how the image of a folder is made: built of its own Dockerfile, or of the image that the settings name."""
    if repository.builds_image:
        return Build(_spec(request, run))
    if not request.image_from:
        raise UsageError(
            f"a repository without {DOCKER_FOLDER}/ has no image of its own",
            expected="the image that its start files run in",
            cure=f"name it in {SETTINGS}: image-from: HOST/PATH:TAG",
        )
    source = ImageName.parse(request.image_from)
    return Relabel(source, digest_now(source, run.registry))


def labels_of(candidate: Candidate, method: Build | Relabel, registry: Registry) -> ImageLabels:
    """Return the labels that the candidate's image gets."""
    if isinstance(method, Build | Reuse):
        return candidate.labels_of_build(method.spec)
    theirs = ImageLabels.from_labels(registry.labels(method.source.at(method.digest)))
    refuse_other_version(candidate.tag, method.source, theirs)
    return candidate.labels_over(method.source, method.digest, theirs)


def labels_today(request: PublishRequest, run: Run) -> ImageLabels | None:
    """Return the labels that the image of a folder's tag would get now; None where they do not say all of it.

    So it is where a layer depends on a secret, or on a name that may mean another image today.
    """
    git = run.git(request.directory)
    repository = read_repository(request.directory)
    candidate = candidate_of(request.push_to, repository, request.tag, git)
    with temporary_folder("commit") as folder:
        write_commit(git, candidate.commit, repository.manifest, folder)
        method = method_of(replace(request, directory=folder), repository, run)
    if isinstance(method, Build) and not method.spec.is_decided_by_inputs:
        return None
    return labels_of(candidate, method, run.registry)


def _spec(request: BuiltFrom, run: Run) -> BuildSpec:
    given = build_args(request.build_arg)
    path, dockerfile = read_dockerfile(request.directory, given, run.log, request.platform)
    folder, name = request.directory / DOCKER_FOLDER, PurePosixPath(path).name
    files = context_files(folder, name)
    expect_images(path, dockerfile)
    bases = {text: _base_at(Place(path, dockerfile.line_of(text)), text, run.registry) for text in dockerfile.bases}
    base = bases.get(dockerfile.base or "")
    distribution = ""
    if path == DOCKERFILE_BASE:
        distribution, dockerfile = completed(dockerfile, base, run)
    return BuildSpec(
        dockerfile=dockerfile.pinned({text: base.pinned for text, base in bases.items()}),
        completed_for=distribution,
        context=folder,
        ignore=own_ignore(folder, name),
        files=files,
        base=base,
        bases=tuple(bases.values()),
        platforms=tuple(dict.fromkeys(request.platform)),
        builder=request.builder,
        build_args=request.build_arg,
        secrets=request.secret,
        no_cache=request.no_cache,
        provenance=request.provenance,
        sbom=request.sbom,
    )


def _base_at(place: Place, text: str, registry: Registry) -> Base:
    """Return a base's image; an error about it begins with the line that names it."""
    try:
        return base_of(text, registry)
    except LtfError as error:
        error.found = f"the base image {error.found}" if error.about else error.found
        raise error.found_at(place) from None


def base_of(text: str, registry: Registry) -> Base:
    """Return the image of a name, with the digest that it has now."""
    name = ImageName.parse(text)
    return Base(name if name.tag or name.digest else name._replace(tag=LATEST), digest_now(name, registry))
