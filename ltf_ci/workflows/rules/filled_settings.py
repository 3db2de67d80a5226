"""The settings that a repository's own files already say: filled in where `ltf-ci init` writes them as comments."""

from __future__ import annotations

from collections.abc import Mapping

from ltf_ci.model.image import ImageName

GITHUB_REGISTRY = "ghcr.io"  # where a workflow's own token may push
RUNNERS = "linux/amd64"  # the platform of GitHub's runners


def known_settings(
    image_from: str, version_command: str, platforms: tuple[str, ...] = ()
) -> Mapping[str, str | tuple[str, ...]]:
    """Return the settings that are known without asking a person.

    `image_from` is the image that a start point is made of, `version_command` prints the language's version in it, and
    `platforms` are those that `latest` has: they are named where a build would have others without it.
    """
    values: dict[str, str | tuple[str, ...]] = {
        "image-from": image_from,
        "platform": () if platforms == (RUNNERS,) else platforms,
        "version-command": version_command,
    }
    return {name: value for name, value in values.items() if value}


def known_inputs(image: ImageName) -> Mapping[str, str]:
    """Return the inputs of the workflows that an image's name says: its registry, where a login there needs secrets."""
    return {} if image.registry == GITHUB_REGISTRY else {"registry": image.registry}
