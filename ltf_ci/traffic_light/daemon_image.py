"""An image in the docker daemon, wherever it was before."""

from __future__ import annotations

from ltf_ci.clients.run import Outside
from ltf_ci.errors import BadInput
from ltf_ci.model.image import ImageName


def in_daemon(image: ImageName, outside: Outside) -> str:
    """Give the id of the daemon's image; what it has not is pulled."""
    found = outside.docker.image_id(image)
    found = found or outside.docker.pull(image, outside.credentials(image.registry), outside.log)
    if found is None:
        raise BadInput(f"{image} is not of this machine's platform", cure="name one that is, or use another daemon")
    return found
