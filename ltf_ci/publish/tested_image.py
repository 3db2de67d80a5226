"""The image that `ltf-ci test` runs start files in: as it is named, as it was released, or built of the folder."""

from __future__ import annotations

from dataclasses import dataclass

from ltf_ci.clients.run import Run
from ltf_ci.errors import UsageError
from ltf_ci.images.latest import image_under
from ltf_ci.images.rules.tags import TaggedImage
from ltf_ci.manifest.ltf_repository import Checked
from ltf_ci.model.commit import Commit
from ltf_ci.model.image import ImageName
from ltf_ci.publish import local
from ltf_ci.publish.candidates import commit_at_tag
from ltf_ci.publish.plan import Build
from ltf_ci.publish.requests import BuiltFrom
from ltf_ci.traffic_light.daemon_image import in_daemon


@dataclass(frozen=True, slots=True)
class TestedImage:
    """Its name, its id in the daemon, and where it is from."""

    name: ImageName
    number: str
    where: str


def image_to_test(named: str | None, request: BuiltFrom, checked: Checked, run: Run) -> TestedImage:
    """Return the image that is named; else the one that was released of this very commit; else build it."""
    repository = checked.repository
    if named or not repository.builds_image:
        named = named or request.image_from
        name = ImageName.parse(named) if named else repository.image_of(request.tag)
        return TestedImage(name, in_daemon(name, run.docker), "as it is named")
    git = run.git(request.directory)
    commit = commit_at_tag(checked.tag, git)
    released = _released(checked, commit, run) if commit else None
    return released or _built(request, checked, run)


def _released(checked: Checked, commit: Commit, run: Run) -> TestedImage | None:
    """Return the tag's image, where the registry has one that was made of this commit."""
    name = checked.repository.image_of(checked.tag)
    found = image_under(run.registry, name)
    if isinstance(found, TaggedImage) and found.labels.revision == commit:
        return TestedImage(name, in_daemon(name.at(found.digest), run.docker), "as it was released")
    return None


def _built(request: BuiltFrom, checked: Checked, run: Run) -> TestedImage:
    with local.planned(request, checked, run) as planned:
        if not isinstance(planned.method, Build):
            raise UsageError(
                "the image is not built here",
                expected="an image that docker build makes of this folder",
                cure="name it: --image",
            )
        local.build(planned, planned.method, run)
    return TestedImage(planned.image, in_daemon(planned.image, run.docker), "built of the folder")
