"""What a docker daemon says of a pull that failed, in the words of a user of docker."""

from __future__ import annotations

import re

from ltf_ci.errors import AccessDenied, BadInput, DockerFailed, LtfError, RegistryUnavailable
from ltf_ci.model.image import ImageName

DENIED = ("denied", "unauthorized", "authentication required", "no basic auth credentials", "forbidden")
_OF_GO = (
    (r"dial tcp: lookup (\S+?)(?: on \S+)?: no such host", r"the host \1 is unknown"),
    (r"dial tcp (\S+): connect: connection refused", r"connection to \1 refused"),
    (r"dial tcp (\S+): i/o timeout", r"\1 does not answer in time"),
)
_NO_IMAGE = ("manifest unknown", "name unknown", "not found")
_UNPACKING = ("failed to register layer", "failed to extract layer", "no space left on device")


def pull_error(image: ImageName, error: str) -> LtfError:
    """Return the error for what a daemon says of a pull: who refused, or who could not."""
    if any(word in error.lower() for word in _UNPACKING):
        cure = "look at the daemon's disk and its log; the registry did answer"
        return DockerFailed(
            f"the daemon could not unpack {image}: {error}", expected="an image that the daemon can unpack", cure=cure
        )
    if any(word in error.lower() for word in DENIED):
        cure = f"look at the username, password and rights for {image.registry}"
        return AccessDenied(
            f"{image.registry} does not let {image} be pulled: {error}", expected="a login that may pull it", cure=cure
        )
    if any(word in error.lower() for word in _NO_IMAGE):
        cure = "look at its name and tag, and whether it was pushed"
        found = f"{image} does not exist"
        return BadInput(found, expected=f"an image that {image.registry} has", cure=cure).of(image)
    found = f"{image} could not be pulled: {_in_plain_words(error)}"
    return RegistryUnavailable(found, expected="a registry that answers", cure="run it again when the registry answers")


def _in_plain_words(error: str) -> str:
    """Return what the daemon says of a registry that it does not reach, without its library's words."""
    for pattern, words in _OF_GO:
        if found := re.search(pattern, error):
            return found.expand(words)
    return error
