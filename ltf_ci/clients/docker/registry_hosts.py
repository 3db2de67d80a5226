"""What docker's configuration says of registries: daemon.json, and certs.d with the certificates of each host."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from ltf_ci.model.network import is_within


@dataclass(frozen=True, slots=True)
class Certificates:
    """The files of one registry's folder in certs.d: authorities, and pairs of certificate and key to log in by."""

    authorities: tuple[Path, ...]
    pairs: tuple[tuple[Path, Path], ...]


class DockerRegistries:
    """Reads docker's folders, /etc/docker first, when it is first asked."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = tuple(folders)

    def is_insecure(self, host: str) -> bool:
        """Whether docker may reach a host without TLS, or without a certificate that it trusts: by name, or network."""
        names = self._names("insecure-registries")
        if is_within(names, host):
            return True
        found = addresses_of(host) if any("/" in name for name in names) else ()
        return any(is_within(names, f"[{address}]" if ":" in address else address) for address in found)

    @property
    def mirrors(self) -> tuple[str, ...]:
        """The addresses of Docker Hub's mirrors."""
        return tuple(name.rstrip("/") for name in self._names("registry-mirrors") if _is_address(name))

    def certificates(self, host: str) -> Certificates | None:
        """Return a host's certificates; None where no folder has any for it."""
        files = [file for folder in self._folders for file in files_of(folder / "certs.d" / host)]
        pairs = [(file, file.with_suffix(".key")) for file in files if file.suffix == ".cert"]
        authorities = tuple(file for file in files if file.suffix == ".crt")
        found = Certificates(authorities, tuple((cert, key) for cert, key in pairs if key in files))
        return found if found.authorities or found.pairs else None

    def _names(self, key: str) -> tuple[str, ...]:
        found = (configuration.get(key) for configuration in self._configurations)
        return tuple(name for names in found if isinstance(names, list) for name in names if isinstance(name, str))

    @cached_property
    def _configurations(self) -> list[dict[str, object]]:
        return list(filter(None, (_json(folder / "daemon.json") for folder in self._folders)))


def _is_address(text: str) -> bool:
    try:
        return "://" in text and bool(urlsplit(text).hostname)
    except ValueError:
        return False


def addresses_of(host: str) -> tuple[str, ...]:
    """Return the IP addresses of a host, which may have a port; none where its name is not known."""
    try:
        found = socket.getaddrinfo(urlsplit(f"//{host}").hostname, None, type=socket.SOCK_STREAM)
    except (OSError, ValueError):
        return ()
    return tuple(str(each[4][0]) for each in found)


def files_of(folder: Path) -> Iterator[Path]:
    """Return what is in a folder, sorted; nothing where it cannot be read."""
    try:
        yield from sorted(folder.iterdir())
    except OSError:
        return


def _json(file: Path) -> dict[str, object]:
    try:
        found = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):  # docker itself says what is wrong with it
        return {}
    return found if isinstance(found, dict) else {}
