"""An image in the docker daemon, pulled where the daemon does not have it."""

from __future__ import annotations

from ltf_ci.clients.docker.daemon import Docker
from ltf_ci.errors import BadInput
from ltf_ci.model.image import ImageName


def in_daemon(image: ImageName, docker: Docker) -> str:
    """Return the id of the daemon's image; pull the image where the daemon does not have it."""
    found = docker.image_id(image) or docker.pull(image)
    if found is None:
        raise BadInput(
            f"{image} is not of this machine's platform",
            expected="an image that this machine can run",
            cure="name an image for this machine, or use another daemon",
        )
    return found
