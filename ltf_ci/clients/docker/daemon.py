"""The one door to the docker daemon, by docker-py."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any
from weakref import finalize

from ltf_ci.clients.docker.config import expect_readable_config
from ltf_ci.clients.docker.endpoint import Endpoint, find_endpoint, part_of
from ltf_ci.clients.docker.pull_errors import pull_error
from ltf_ci.clients.own_names import PREFIX, Maker, is_left_over
from ltf_ci.errors import AccessDenied, BadInput, DockerFailed, LtfError
from ltf_ci.model.credentials import Credentials, no_credentials
from ltf_ci.model.image import ImageName

if TYPE_CHECKING:
    from docker import APIClient  # noqa: TID251 - this is the door

_WHY_NOT = {
    errno.ENOENT: "there is no such socket",
    errno.ENOTDIR: "there is no such socket",
    errno.ECONNREFUSED: "nothing listens there",
    errno.EACCES: "this user may not use it (is it in the group docker?)",
    errno.EPERM: "this user may not use it",
    errno.EHOSTUNREACH: "there is no way to that host",
    errno.ENETUNREACH: "there is no way to that host",
    socket.EAI_NONAME: "no host of this name is known",
    socket.EAI_AGAIN: "its name cannot be looked up now",
}
_OTHER_PLATFORM = "no matching manifest"
_TELLS_PULLS = (1, 53)  # the API from which on an image says whether it was pulled
_CHUNK = 1024**2  # bytes
_STUMBLES = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)  # over JSON of another shape
_LONGEST = 200  # characters of what the daemon says


class Docker:
    """The daemon that docker's own command uses; each line that it reports goes to `log`."""

    def __init__(
        self,
        *,
        credentials: Callable[[str], Credentials | None] = no_credentials,
        log: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`credentials` returns the login for a registry."""
        self._credentials = credentials
        self._log = log
        self._has_removed = False

    @cached_property
    def endpoint(self) -> Endpoint:
        """The daemon's address; raise DockerFailed where docker's context is none."""
        with translated_errors():
            return find_endpoint()

    @staticmethod
    def load() -> None:
        """Import docker's library, which takes a third of a second, before it is needed."""
        import docker  # noqa: F401, TID251 - this is the door

    def answers(self) -> bool:
        """Whether the daemon answers."""
        try:
            self.check()
        except DockerFailed:
            return False
        return True

    def check(self) -> None:
        """Raise DockerFailed where the daemon does not answer."""
        with translated_errors(self.endpoint):
            self.api.ping()

    @property
    def platform(self) -> str:
        """The daemon's own platform, such as `linux/amd64`."""
        with translated_errors(self.endpoint):
            known = self.api.version()
            return f"{known.get('Os')}/{known.get('Arch')}"

    def image_id(self, image: ImageName) -> str | None:
        """Return the id of the daemon's image of this name; None where it has none."""
        found = self._image(str(image))
        return found["Id"] if found else None

    def pull(self, image: ImageName) -> str | None:
        """Pull an image into the daemon, and return its id; None where it has none for the daemon's platform."""
        login, unreadable = self._login(image)
        with translated_errors(self.endpoint):
            error = self._pull(image, login)
        if error and _OTHER_PLATFORM not in error:
            failed = pull_error(image, error)
            raise unreadable if unreadable and isinstance(failed, AccessDenied) else failed
        return None if error else self.image_id(image)

    def user_of(self, image: str) -> str:
        """Return the user that the containers of an image run as; empty for root."""
        return str(part_of(self._image(image) or {}, "Config").get("User") or "")

    def labels_of(self, image: str) -> Mapping[str, str]:
        """Return an image's labels."""
        return part_of(part_of(self._image(image) or {}, "Config"), "Labels")

    def architecture_of(self, image: str) -> str:
        """Return the architecture that an image is for, such as `amd64`."""
        return str((self._image(image) or {}).get("Architecture") or "")

    def is_made_here(self, image: ImageName) -> bool:
        """Whether the daemon has an image of this name that was not pulled, as far as the daemon knows.

        The containerd image store has a digest for each image, built or pulled: from docker 29 on an image says itself
        whether it was pulled; before, it is known of those alone that BuildKit made.
        """
        found = self._image(str(image))
        if found is None:
            return False
        if "Descriptor" not in found:
            return not found.get("RepoDigests")
        if self._version >= _TELLS_PULLS:
            return not part_of(found, "Identity").get("Pull")
        return "config.digest" in part_of(part_of(found, "Descriptor"), "annotations")

    def rename(self, image: ImageName, name: ImageName) -> None:
        """Replace the name of the daemon's image by another one."""
        with translated_errors(self.endpoint):
            self.api.tag(str(image), str(name.untagged), name.reference)
            self.api.remove_image(str(image), noprune=True)

    def remove(self, name: str) -> None:
        """Remove a name of an image, and the image where it has no other name; nothing where there is none."""
        from docker.errors import ImageNotFound  # noqa: TID251 - this is the door

        with translated_errors(self.endpoint), suppress(ImageNotFound):
            self.api.remove_image(name)

    def saved(self, image: str) -> Iterator[bytes]:
        """Return the pieces of an image's archive, as `docker save` writes it."""
        with translated_errors(self.endpoint):
            api: Any = self.api
            yield from api.get_image(image, chunk_size=_CHUNK)

    def imported(self, layer: bytes, name: str) -> str:
        """Make an image of one layer, a tar archive, and return its id."""
        with translated_errors(self.endpoint):
            repository, _, tag = name.rpartition(":")
            self.api.import_image_from_data(layer, repository=repository, tag=tag)
            return str(self._image(name)["Id"])

    def new_name(self) -> str:
        """Return a name for a container or an image of this run alone; what killed runs left behind is removed."""
        self.remove_left_overs()
        return Maker.this().name()

    def remove_left_overs(self) -> None:
        """Remove the containers and images that runs which were killed have left, once a run."""
        if self._has_removed:
            return
        self._has_removed = True
        with translated_errors(self.endpoint):
            containers = self.api.containers(all=True, filters={"name": PREFIX})
            images = self.api.images(filters={"reference": f"{PREFIX}*"})
            of_containers = [name.removeprefix("/") for container in containers for name in container["Names"]]
            of_images = {name: name.partition(":")[0] for image in images for name in image["RepoTags"] or ()}
        for name in of_containers:
            if is_left_over(name):
                with suppress_docker_errors():  # another run removes it at the same moment
                    self.api.remove_container(name, force=True, v=True)
        for name, untagged in of_images.items():
            if is_left_over(untagged):
                with suppress_docker_errors():
                    self.api.remove_image(name)

    def _image(self, image: str) -> Any:
        """Return what the daemon knows of an image; None where it has none of this name or id."""
        from docker.errors import ImageNotFound  # noqa: TID251 - this is the door

        with translated_errors(self.endpoint):
            api: Any = self.api  # types-docker does not know all of it
            try:
                found = api.inspect_image(image)
                return {**found, "Id": str(found["Id"])}
            except ImageNotFound:
                return None

    def _login(self, image: ImageName) -> tuple[dict[str, str], BadInput | None]:
        """Return the login for an image's registry, or why it cannot be read: the image may be public."""
        try:
            found = self._credentials(image.registry)
        except BadInput as error:
            return {}, error
        return found.as_docker_has_them() if found else {}, None

    def _report(self, line: Mapping[str, Any]) -> None:
        if "status" in line and "progress" not in line:
            self._log(f"{line.get('id', '')} {line['status']}".strip())

    def _pull(self, image: ImageName, login: dict[str, str]) -> str:
        """Pull an image, and return the daemon's error; empty where there was none."""
        from docker.errors import APIError  # noqa: TID251 - this is the door

        try:
            for line in self.api.pull(
                str(image.untagged), image.reference, stream=True, decode=True, auth_config=login
            ):
                if "error" in line:
                    return str(line["error"])
                self._report(line)
        except APIError as error:
            return str(error.explanation or error)
        return ""

    @property
    def _version(self) -> tuple[int, ...]:
        return tuple(int(part) for part in str(self.api.api_version).split("."))

    @cached_property
    def api(self) -> APIClient:
        """The daemon's API, for this module and `containers`; raise DockerFailed where it is podman's."""
        from docker import DockerClient  # noqa: TID251 - this is the door

        with translated_errors(self.endpoint):
            self.endpoint.check()
            expect_readable_config()
            connections = ExitStack()
            finalize(self, connections.close)
            api = DockerClient(base_url=connections.enter_context(self.endpoint.reached())).api
            components = api.version().get("Components") or ()
            is_podman = any("podman" in str(part.get("Name")).lower() for part in components)
        if is_podman:
            raise DockerFailed(
                f"{self.endpoint} is podman, whose containers cannot be limited as cyber-dojo's runner limits them",
                expected="a docker daemon",
                cure="install docker, and set DOCKER_HOST or the docker context to it",
            )
        return api


@contextmanager
def translated_errors(endpoint: Endpoint | None = None) -> Iterator[None]:
    """Raise DockerFailed where docker-py raises an error of its own, or stumbles over what the daemon answers."""
    from docker.errors import DockerException  # noqa: TID251 - this is the door

    try:
        yield
    except LtfError:  # some of these are errors of Python's too
        raise
    except (DockerException, OSError, *_STUMBLES) as error:
        explanation = getattr(error, "explanation", None)
        why = "" if explanation else _why_not_reached(error)
        where = f" at {endpoint}" if endpoint else ""
        named_by = endpoint.named_by if endpoint else ""
        cure = f"start docker, or set {named_by or 'DOCKER_HOST'} to a daemon that runs"
        what = f"cannot be reached: {why}" if why else f"does not answer as it should: {explanation or _said(error)}"
        raise DockerFailed(
            f"the docker daemon{where} {what}", expected="a docker daemon that answers", cure=cure
        ) from error


def _said(error: BaseException) -> str:
    return f"{type(error).__name__} {error}"[:_LONGEST] if isinstance(error, _STUMBLES) else str(error)


def _why_not_reached(error: BaseException) -> str:
    """Return why a daemon was not reached, where the system has a number for it; else nothing."""
    found: BaseException | None = error
    while found:
        if isinstance(found, OSError) and found.errno in _WHY_NOT:
            return _WHY_NOT[found.errno]
        found = found.__cause__ or found.__context__
    return ""


@contextmanager
def suppress_docker_errors() -> Iterator[None]:
    """Go on after an error of the daemon."""
    from docker.errors import DockerException  # noqa: TID251 - this is the door

    with suppress(DockerException):
        yield
