"""The one door to the docker daemon, by docker-py."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ltf_ci.clients.retry import Patience, with_retries
from ltf_ci.errors import AccessDenied, DockerFailed, RegistryUnavailable
from ltf_ci.model.access import Credentials, no_credentials
from ltf_ci.model.image import Digest, ImageName

if TYPE_CHECKING:
    from docker import APIClient  # noqa: TID251 - this is the door

_DENIED = ("denied", "unauthorized", "authentication required", "no basic auth credentials")
_OTHER_PLATFORM = "no matching manifest"


class Docker:
    """The daemon that DOCKER_HOST or the docker context names; each line that it reports goes to `log`."""

    def __init__(
        self,
        *,
        credentials: Callable[[str], Credentials | None] = no_credentials,
        log: Callable[[str], None] = lambda _: None,
        tries: int = 3,
        pause: float = 1,
    ) -> None:
        """`credentials` returns the login for a registry; a push is tried `tries` times, `pause` seconds apart."""
        self._credentials = credentials
        self._log = log
        self._patience = Patience(retries=tries - 1, pause=pause)

    def push(self, image: ImageName) -> Digest:
        """Push the daemon's image of this name, and return its manifest's digest."""
        return with_retries(lambda: self._push(image), self._patience)

    def _push(self, image: ImageName) -> Digest:
        with translated_errors():
            login = self._login(image)
            lines = self.api.push(str(image.untagged), image.tag, stream=True, decode=True, auth_config=login)
            return self._digest_of_push(image, lines)

    def answers(self) -> bool:
        """Whether the daemon answers."""
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

    def pull(self, image: ImageName) -> str | None:
        """Pull an image into the daemon, and return its id; None where it has none for the daemon's platform."""
        with translated_errors():
            error = self._pull(image)
        if error and _OTHER_PLATFORM not in error:
            raise _refused(image, error, "pulled")
        return None if error else self.image_id(image)

    def user_of(self, image: str) -> str:
        """Return the user that the containers of an image run as; empty for root."""
        with translated_errors():
            return str((self._inspected(image).get("Config") or {}).get("User") or "")

    def is_made_here(self, image: ImageName) -> bool:
        """Whether the daemon has an image of this name that no registry has, as far as it knows."""
        return self.image_id(image) is not None and not self._inspected(str(image)).get("RepoDigests")

    def rename(self, image: ImageName, name: ImageName) -> None:
        """Replace the name of the daemon's image by another one."""
        with translated_errors():
            self.api.tag(str(image), str(name.untagged), name.reference)
            self.api.remove_image(str(image), noprune=True)

    def _digest_of_push(self, image: ImageName, lines: Iterable[Mapping[str, Any]]) -> Digest:
        """Return the digest that the daemon reports of a push; an error is reported in the stream alone."""
        digest = ""
        for line in lines:
            if "error" in line:
                raise _refused(image, str(line["error"]), "pushed")
            self._report(line)
            digest = (line.get("aux") or {}).get("Digest", digest)
        if not digest:
            raise RegistryUnavailable(f"docker did not say that {image} was pushed", cure="run it again")
        return Digest.parse(digest)

    def _login(self, image: ImageName) -> dict[str, Any] | None:
        found = self._credentials(image.registry)
        return found.as_docker_has_them() if found else None

    def _report(self, line: Mapping[str, Any]) -> None:
        if "status" in line and "progress" not in line:
            self._log(f"{line.get('id', '')} {line['status']}".strip())

    def _inspected(self, image: str) -> Any:
        api: Any = self.api  # types-docker does not know all of it
        return api.inspect_image(image)

    def _pull(self, image: ImageName) -> str:
        """Pull an image, and return the daemon's error; empty where there was none."""
        from docker.errors import APIError  # noqa: TID251 - this is the door

        name, login = str(image.untagged), self._login(image)
        try:
            for line in self.api.pull(name, image.reference, stream=True, decode=True, auth_config=login):
                if "error" in line:
                    return str(line["error"])
                self._report(line)
        except APIError as error:
            return str(error.explanation or error)
        return ""

    @cached_property
    def api(self) -> APIClient:
        """The daemon's API, for this module and `containers`."""
        from docker import from_env  # noqa: TID251 - this is the door

        with translated_errors():
            _knock()  # docker-py leaves a socket open where nobody answers
            return from_env().api


def _knock() -> None:
    """Raise OSError where no program listens at the daemon's socket."""
    from docker.constants import DEFAULT_UNIX_SOCKET  # noqa: TID251 - this is the door
    from docker.utils import kwargs_from_env  # noqa: TID251 - this is the door

    scheme, _, path = str(kwargs_from_env().get("base_url") or DEFAULT_UNIX_SOCKET).partition("://")
    if scheme.endswith("unix"):
        with socket.socket(socket.AF_UNIX) as knocking:
            knocking.connect(path)


def _refused(image: ImageName, error: str, done: str) -> AccessDenied | RegistryUnavailable:
    if any(word in error for word in _DENIED):
        cure = f"look at the username, password and rights for {image.registry}"
        return AccessDenied(f"{image.registry} does not let {image} be {done}: {error}", cure=cure)
    cure = "run it again when the registry answers"
    return RegistryUnavailable(f"{image} could not be {done}: {error}", cure=cure, again_after=0)


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
