"""An image that is built to be looked at: in the daemon alone, of the tag's commit, or of the folder as it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from ltf_ci.clients.run import Run
from ltf_ci.clients.temporary import temporary_folder
from ltf_ci.errors import UsageError
from ltf_ci.images.labels import ImageLabels
from ltf_ci.manifest.ltf_repository import Checked
from ltf_ci.model.image import ImageName
from ltf_ci.publish import staging
from ltf_ci.publish.candidates import candidate_of, commit_at_tag
from ltf_ci.publish.content import write_commit
from ltf_ci.publish.means import expect_builder
from ltf_ci.publish.methods import labels_of, method_of
from ltf_ci.publish.plan import Build, Relabel
from ltf_ci.publish.requests import BuiltFrom

TRIAL = "local"  # the tag of an image whose folder no release tag names as it is: it is pushed nowhere


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalImage:
    """How an image is made, the name that it gets in the daemon, and its labels."""

    image: ImageName
    method: Build | Relabel
    labels: ImageLabels

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON data."""
        labels = self.labels
        return {
            "tag": str(labels.version or ""),
            "commit": str(labels.revision or ""),
            "image": str(self.image),
            **self.method.as_data(),
            "labels": labels.to_labels(),
        }


@contextmanager
def planned(request: BuiltFrom, checked: Checked, run: Run) -> Iterator[LocalImage]:
    """Plan the image of the tag's commit, where the folder is as that has it or a tag is named; else of the folder.

    Raise what would keep it from being built.
    """
    git = run.git(request.directory)
    if request.tag is None and commit_at_tag(checked.tag, git) is None:
        method = method_of(request, checked.repository, run)
        _expect_daemon(method, run)
        yield LocalImage(image=_trial_name(checked), method=method, labels=_labels(method))
        return
    candidate = candidate_of(request.push_to, checked.repository, checked.tag, git)
    with temporary_folder("commit") as folder:
        write_commit(git, candidate.commit, checked.repository.manifest, folder)
        method = method_of(replace(request, directory=folder), checked.repository, run)
        _expect_daemon(method, run)
        labels = labels_of(candidate, method, run.registry)
        yield LocalImage(image=candidate.image, method=method, labels=labels)


def build(local: LocalImage, build: Build, run: Run) -> None:
    """Build the image into the daemon."""
    staging.build_into_daemon(build.spec, local.labels, local.image, run)


def _expect_daemon(method: Build | Relabel, run: Run) -> None:
    """Raise what would keep the image from being built into the daemon."""
    if isinstance(method, Build) and not expect_builder(method.spec, run) and method.spec.by_buildx:
        raise UsageError(
            "a builder elsewhere gives the daemon no image of several platforms, and no attestation",
            expected="one platform, and no attestation, in the daemon",
            cure="leave out --builder, where docker has the containerd image store; or ltf-ci publish --push-to",
        )


def _trial_name(checked: Checked) -> ImageName:
    return checked.repository.image_of(None).untagged.tagged(TRIAL)


def _labels(method: Build | Relabel) -> ImageLabels:
    return ImageLabels.of_build(method.spec) if isinstance(method, Build) else ImageLabels()
