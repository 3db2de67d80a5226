"""An image in the docker daemon, wherever it was before."""

from __future__ import annotations

from ltf_ci.clients.run import Run
from ltf_ci.errors import BadInput
from ltf_ci.model.image import ImageName


def in_daemon(image: ImageName, run: Run) -> str:
    """Return the id of the daemon's image; what it has not is pulled."""
    found = run.docker.image_id(image)
    found = found or run.docker.pull(image, run.credentials(image.registry), run.log)
    if found is None:
        raise BadInput(f"{image} is not of this machine's platform", cure="name one that is, or use another daemon")
    return found
