"""The one door to the docker daemon, by docker-py."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ltf_ci.errors import AccessDenied, DockerFailed, RegistryUnavailable
from ltf_ci.model.access import Credentials
from ltf_ci.model.image import Digest, ImageName

if TYPE_CHECKING:
    from docker import APIClient  # noqa: TID251 - this is the door

_DENIED = ("denied", "unauthorized", "authentication required", "no basic auth credentials")
_FOREIGN = "no matching manifest"  # for this platform, says the daemon


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
        with translated_errors():
            lines = self.api.push(
                str(image.untagged), image.tag, stream=True, decode=True, auth_config=_login(credentials)
            )
            return _pushed(image, lines, log)

    def answers(self) -> bool:
        """Whether there is a daemon."""
        try:
            with translated_errors():
                return bool(self.api.ping())
        except DockerFailed:
            return False

    def image_id(self, image: ImageName) -> str | None:
        """Return the id of the daemon's image of this name; None where it has none."""
        from docker.errors import ImageNotFound  # noqa: TID251 - this is the door

        with translated_errors():
            try:
                return str(self._inspected(str(image))["Id"])
            except ImageNotFound:
                return None

    def pull(self, image: ImageName, credentials: Credentials | None, log: Callable[[str], None]) -> str | None:
        """Bring an image into the daemon, and give its id; None where it has none for the daemon's platform."""
        with translated_errors():
            complaint = self._pull(image, credentials, log)
        if complaint and _FOREIGN not in complaint:
            raise _refused(image, complaint, "pulled")
        return None if complaint else self.image_id(image)

    def user_of(self, image: str) -> str:
        """Return the user that an image's containers run as; empty for root."""
        with translated_errors():
            return str((self._inspected(image).get("Config") or {}).get("User") or "")

    def is_made_here(self, image: ImageName) -> bool:
        """Whether the daemon has an image of this name that no registry has, as far as it knows."""
        return self.image_id(image) is not None and not self._inspected(str(image)).get("RepoDigests")

    def rename(self, image: ImageName, name: ImageName) -> None:
        """Return the daemon's image another name, in place of the one that it has."""
        with translated_errors():
            self.api.tag(str(image), str(name.untagged), name.reference)
            self.api.remove_image(str(image), noprune=True)

    def _inspected(self, image: str) -> Any:
        api: Any = self.api  # types-docker does not know all of it
        return api.inspect_image(image)

    def _pull(self, image: ImageName, credentials: Credentials | None, log: Callable[[str], None]) -> str:
        from docker.errors import APIError  # noqa: TID251 - this is the door

        name, given = str(image.untagged), _login(credentials)
        try:
            for line in self.api.pull(name, image.reference, stream=True, decode=True, auth_config=given):
                if "error" in line:
                    return str(line["error"])
                _say(line, log)
        except APIError as error:
            return str(error.explanation or error)
        return ""

    @cached_property
    def api(self) -> APIClient:
        """The daemon's API, for this door and docker_run's."""
        from docker import from_env  # noqa: TID251 - this is the door

        with translated_errors():
            _knock()  # docker-py leaves a socket open where nobody answers
            return from_env().api


def _knock() -> None:
    """Raise OSError where nobody listens at the daemon's socket."""
    from docker.constants import DEFAULT_UNIX_SOCKET  # noqa: TID251 - this is the door
    from docker.utils import kwargs_from_env  # noqa: TID251 - this is the door

    scheme, _, path = str(kwargs_from_env().get("base_url") or DEFAULT_UNIX_SOCKET).partition("://")
    if scheme.endswith("unix"):
        with socket.socket(socket.AF_UNIX) as knocking:
            knocking.connect(path)


def _pushed(target: ImageName, lines: Iterable[Mapping[str, Any]], log: Callable[[str], None]) -> Digest:
    """Read what the daemon says of a push: it fails by a line in the stream alone."""
    digest = ""
    for line in lines:
        if "error" in line:
            raise _refused(target, str(line["error"]), "pushed")
        _say(line, log)
        digest = (line.get("aux") or {}).get("Digest", digest)
    if not digest:
        raise RegistryUnavailable(f"docker did not say that {target} was pushed", cure="run it again")
    return Digest.parse(digest)


def _login(credentials: Credentials | None) -> dict[str, Any] | None:
    return {"username": credentials.username, "password": credentials.password.reveal()} if credentials else None


def _say(line: Mapping[str, Any], log: Callable[[str], None]) -> None:
    if "status" in line and "progress" not in line:
        log(f"{line.get('id', '')} {line['status']}".strip())


def _refused(target: ImageName, said: str, done: str) -> AccessDenied | RegistryUnavailable:
    if any(word in said for word in _DENIED):
        cure = f"look at the username, password and rights for {target.registry}"
        return AccessDenied(f"{target.registry} does not let {target} be {done}: {said}", cure=cure)
    return RegistryUnavailable(f"{target} could not be {done}: {said}", cure="run it again when the registry answers")


@contextmanager
def translated_errors() -> Iterator[None]:
    """Raise DockerFailed where docker-py raises an error of its own."""
    from docker.errors import DockerException  # noqa: TID251 - this is the door

    try:
        yield
    except (DockerException, OSError) as error:
        reason = getattr(error, "explanation", None) or error
        cure = "start docker, or set DOCKER_HOST to a daemon that runs"
        raise DockerFailed(f"the docker daemon does not answer as it should: {reason}", cure=cure) from error
