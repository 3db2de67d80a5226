"""`ltf-ci publish` beside docker's own commands, with a daemon and a registry of our own, of two images.

One is a language that is installed on a distribution, as the fleet's are; the other is random bytes, built in no time.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from benchmarks import repository
from benchmarks.debian import INSTALL, push_debian
from benchmarks.measure import Run, environ_with_bytecode, interleaved, ltf_ci, measured
from embedded.base_image import push_base_image
from embedded.daemon import private_daemon
from embedded.programs import program
from embedded.registry import PASSWORD, USERNAME, password_file, running_registry
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.model.credentials import Credentials
from ltf_ci.model.image import ImageName
from ltf_ci.model.secret import Secret

TIMES = 5
LAYERS, MEGABYTES = 4, 30


@dataclass
class Bench:
    """A repository whose content is new in each run, so that no build and no push finds anything of the one before."""

    place: Path
    image: str
    fill: Callable[[Path], None]
    environ: dict[str, str]
    revisions: Iterator[int] = field(default_factory=lambda: count(1))

    def renew(self) -> str:
        """Return the repository other content, and forget what docker and the disk remember."""
        self.fill(self.place / "docker")
        named = self.tag()
        self.forget()
        return named

    def forget(self) -> None:
        """Let docker have no image and no cache, and the disk be done with what was written."""
        for words in (["image", "prune", "--all", "--force"], ["builder", "prune", "--all", "--force"]):
            subprocess.run([program("docker"), *words], env=self.environ, check=True, capture_output=True)
        os.sync()

    def tag(self) -> str:
        """Commit and tag the next revision, of which the manifest alone is new; give the image's name with its tag."""
        return repository.tag(self.place, self.image, next(self.revisions))

    def by_hand(self) -> Run:
        """Do it by docker's own commands: build, push, push `latest`."""
        return self.docker(self.renew())

    def docker(self, named: str, *words: str) -> Run:
        """Build and push under a name, and as `latest`, with a label as any release has one."""
        latest = f"{self.image}:latest"
        docker, more = program("docker"), " ".join([*words, "--label", f"version={named}"])
        lines = [
            f"{docker} build {more} --tag {named} --tag {latest} {self.place}/docker",
            f"{docker} push {named}",
            f"{docker} push {latest}",
        ]
        return measured(["/bin/sh", "-ec", "\n".join(lines)], self.environ)

    def publish(self) -> Run:
        """Do it by ltf-ci."""
        self.renew()
        return self.again()

    def again(self, *words: str) -> Run:
        """Release what is released already, or what was tagged."""
        return measured([ltf_ci(), "publish", str(self.place), *words], self.environ)


def rows(folder: Path) -> list[list[str]]:
    """Measure, and give the table's rows."""
    return [row for name, kind in KINDS.items() for row in _rows(name, folder / kind.__name__, kind)]


def _rows(name: str, folder: Path, kind: Kind) -> list[list[str]]:
    with kind(folder) as made:
        hand, first, again = interleaved(TIMES, made.by_hand, made.publish, made.again)
    ratio = f"{first.seconds / hand.seconds:.2f} x by hand"
    once_more = f"{again.seconds / first.seconds:.3f} x the first time"
    return [
        [f"{name}: `docker build`, `docker push`, `docker push` by hand", f"{hand.seconds:.2f} s", "", ""],
        ["`ltf-ci publish`", f"{first.seconds:.2f} s", f"{first.megabytes:.0f} MB", ratio],
        ["`ltf-ci publish` once more", f"{again.seconds:.2f} s", f"{again.megabytes:.0f} MB", once_more],
    ]


@contextmanager
def language(folder: Path) -> Iterator[Bench]:
    """Return the repository of a language: its packages are another layer in each build, by the time that is in it."""
    with _parts(folder) as (host, environ):
        base = f"{host}/debian:1"
        push_debian(base, folder, environ)

        def fill(docker: Path) -> None:
            (docker / "Dockerfile").write_text(f"FROM {base}\nRUN {INSTALL}\n")

        yield _begun(folder, f"{host}/python_unittest", fill, environ)


@contextmanager
def random_bytes(folder: Path) -> Iterator[Bench]:
    """Return the repository of an image of 120 MB, which costs a build next to nothing."""
    with _parts(folder) as (host, environ):
        base = ImageName.parse(f"{host}/base:1")
        push_base_image(Registry(credentials=lambda _: Credentials(USERNAME, Secret(PASSWORD))), base)
        copies = "".join(f"COPY layer{number} /{number}/\n" for number in range(LAYERS))

        def fill(docker: Path) -> None:
            for number in range(LAYERS):
                (docker / f"layer{number}").write_bytes(os.urandom(MEGABYTES * 1_000_000))
            (docker / "Dockerfile").write_text(f"FROM {base}\n{copies}")

        yield _begun(folder, f"{host}/python_unittest", fill, environ)


@contextmanager
def _parts(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Return a registry, and an environment with a daemon, both of their own."""
    folder.mkdir()
    auth = base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
    with (
        tempfile.TemporaryDirectory(prefix="ltf-", ignore_cleanup_errors=True) as short,
        private_daemon(Path(short)) as daemon,
        running_registry(folder, password_file(folder)) as host,
    ):
        (folder / "docker").mkdir()
        (folder / "docker/config.json").write_text(json.dumps({"auths": {host: {"auth": auth}}}))
        more = {"DOCKER_HOST": daemon, "DOCKER_BUILDKIT": "1", "DOCKER_CONFIG": str(folder / "docker")}
        yield host, {**environ_with_bytecode(folder), **more}


def _begun(folder: Path, image: str, fill: Callable[[Path], None], environ: dict[str, str]) -> Bench:
    place = folder / "repository"
    repository.begin(place)
    return Bench(place, image, fill, environ)


Kind = Callable[[Path], AbstractContextManager[Bench]]
KINDS: dict[str, Kind] = {"a language on Debian": language, "120 MB of random bytes": random_bytes}
