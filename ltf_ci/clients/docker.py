"""The one door to the docker daemon, by docker-py."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ltf_ci.errors import AccessDenied, DockerFailed, RegistryUnavailable
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.registry import Credentials

if TYPE_CHECKING:
    from docker import APIClient  # noqa: TID251 - this is the door

_DENIED = ("denied", "unauthorized", "authentication required", "no basic auth credentials")


class Docker:
    """The daemon that DOCKER_HOST or the docker context names."""

    def __init__(self, *, tries: int = 3, pause: float = 1) -> None:
        self._tries = tries
        self._pause = pause

    def push(self, image: ImageName, credentials: Credentials | None, log: Callable[[str], None]) -> Digest:
        """Push the daemon's image of this name; give its manifest's digest. Tried again when the registry is busy."""
        for left in reversed(range(self._tries)):
            try:
                return self._push_once(image, credentials, log)
            except RegistryUnavailable:
                if not left:
                    raise
                time.sleep(self._pause)
        raise AssertionError("a push is tried at least once")

    def _push_once(self, image: ImageName, credentials: Credentials | None, log: Callable[[str], None]) -> Digest:
        given = {"username": credentials.username, "password": credentials.password.reveal()} if credentials else None
        with _told():
            lines = self._api.push(str(image.untagged), image.tag, stream=True, decode=True, auth_config=given)
            return _pushed(image, lines, log)

    @cached_property
    def _api(self) -> APIClient:
        from docker import from_env  # noqa: TID251 - this is the door

        with _told():
            return from_env().api


def not_ignored(patterns: str, folder: Path, dockerfile: str) -> tuple[str, ...]:
    """Give what a .dockerignore with these patterns leaves in a build's context, sorted."""
    from docker.utils.build import exclude_paths  # noqa: TID251 - this is the door

    lines = [line.strip() for line in patterns.splitlines()]
    return tuple(sorted(exclude_paths(str(folder), [line for line in lines if line[:1] not in ("", "#")], dockerfile)))


def _pushed(target: ImageName, lines: Iterable[Mapping[str, Any]], log: Callable[[str], None]) -> Digest:
    """Read what the daemon says of a push: it fails by a line in the stream alone."""
    digest = ""
    for line in lines:
        if "error" in line:
            raise _refused(target, str(line["error"]))
        if "status" in line and "progress" not in line:
            log(f"{line.get('id', '')} {line['status']}".strip())
        digest = (line.get("aux") or {}).get("Digest", digest)
    if not digest:
        raise RegistryUnavailable(f"docker did not say that {target} was pushed", cure="run it again")
    return Digest.parse(digest)


def _refused(target: ImageName, said: str) -> AccessDenied | RegistryUnavailable:
    if any(word in said for word in _DENIED):
        cure = f"look at the username, password and rights for {target.registry}"
        return AccessDenied(f"{target.registry} does not let {target} be pushed: {said}", cure=cure)
    return RegistryUnavailable(f"{target} could not be pushed: {said}", cure="run it again when the registry answers")


@contextmanager
def _told() -> Iterator[None]:
    from docker.errors import DockerException  # noqa: TID251 - this is the door

    try:
        yield
    except (DockerException, OSError) as error:
        reason = getattr(error, "explanation", None) or error
        cure = "start docker, or set DOCKER_HOST to a daemon that runs"
        raise DockerFailed(f"the docker daemon does not answer as it should: {reason}", cure=cure) from error
