"""What a release needs of a repository, and no run can write: a person must say it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ltf_ci.model.layout import DOCKERFILE_BASE, DOCKERFILES, IMAGE_NAME_JSON, LAMBDA_OF_IMAGE, SETTINGS
from ltf_ci.model.remote_repository import Files

_SOURCE = re.compile(
    r"^image-from:[ \t]*[^\s#]|^image:.*\bfrom:|^image:.*\n(?:[ \t]+.*\n|#.*\n|\n)*?[ \t]+from:", re.MULTILINE
)


def lacking(files: Files, *, is_start_point: bool) -> Iterator[str]:
    """Return what is to be done in a repository that has these files, those of its adoption too."""
    if is_start_point and not _SOURCE.search(files[SETTINGS] or ""):
        yield (
            f"write `image-from: HOST/PATH:TAG` into {SETTINGS}, the image that the start point is made of: "
            "its image_name is of no commit and no digest, so that it cannot be read from there"
        )
    builds = any(files[path] is not None for path in (IMAGE_NAME_JSON, LAMBDA_OF_IMAGE))
    if builds and all(files[path] is None for path in DOCKERFILES):
        yield f"commit {DOCKERFILE_BASE}: docker/ has no Dockerfile that is called so, in just these letters"
