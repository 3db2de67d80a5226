"""An LTF repository whose image goes to a real registry, and the commands that take it there."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest

from embedded.base_image import push_base_image
from embedded.registry import PASSWORD, USERNAME
from ltf_ci.cli import main
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.model.credentials import Credentials
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.registry import Present
from ltf_ci.model.secret import Secret
from tests.support.proxy import Hook, Proxy, passed_on, proxy_before
from tests.support.registries import docker_login
from tests.support.repositories import LtfRepository, add_origin, bring_tags, git, manifest_text, name_origin
from tests.support.result import Result, result_of

RunCommand = Callable[..., Result]
LAMBDA = "lambda { |out, err, _| { '54' => :red, '42' => :green }.fetch(out.strip, :amber) }\n"


@dataclass
class Publisher:
    """A repository of one image, which begins at no tag, and its registry."""

    ltf: LtfRepository
    host: str
    base: ImageName
    image: ImageName
    registry: Registry
    run: RunCommand
    origin: Path
    is_tested: bool = False  # whether the start files are run before a push: most tests are about other things
    url: str = "-"  # what origin was named, where it was

    def release(self, tag: str, *words: str) -> Result:
        """Commit a state of the repository for a tag, tag it, and publish."""
        self.tagged(tag)
        return self.publish(*words)

    def named(self, url: str) -> None:
        """Give origin an address."""
        self.url = url
        name_origin(self.ltf.directory, url)

    def push_tags(self) -> None:
        own = self.ltf.directory / ".git"
        config = (own / "config").read_text() if (own / "config").is_file() else ""
        is_own = any(f"url = {url}\n" in config for url in (self.origin, self.url))
        if is_own and not (own / "packed-refs").exists():
            bring_tags(self.ltf.directory, self.origin)
        elif git(self.ltf.directory, "tag", "--list"):
            git(self.ltf.directory, "push", "--quiet", "--force", "--tags", "origin")

    def publish(self, *words: str, password: str = PASSWORD) -> Result:
        self.push_tags()
        environ = {**environ_of(self.place(words), password), **self.gate}
        return self.run("publish", str(self.ltf.directory), *words, environ=environ)

    @property
    def gate(self) -> dict[str, str]:
        return {"LTF_CI_TEST": str(self.is_tested).lower()}

    def run_release(self, *words: str, command: str = "release", **more: str) -> Result:
        self.push_tags()
        environ = {**environ_of(self.place(words)), **self.gate, **more}
        return self.run(command, str(self.ltf.directory), *words, environ=environ)

    def place(self, words: tuple[str, ...]) -> str:
        """Return the registry that the words push to."""
        return words[words.index("--push-to") + 1].partition("/")[0] if "--push-to" in words else self.host

    def tagged(self, tag: str, content: str = "") -> str:
        version = tag.rpartition("-")[0]
        (self.ltf.manifest).write_text(manifest_text(f"Python ({version}), unittest", str(self.image.tagged(tag))))
        if content:
            self.ltf.write("docker/content", content)
        commit = self.ltf.commit(f"For {tag}")
        git(self.ltf.directory, "tag", "--force", "--annotate", "--message", tag, tag)
        self.push_tags()
        return commit

    def digest(self, tag: str) -> Digest | None:
        answer = self.registry.resolve(self.image.tagged(tag))
        return answer.digest if isinstance(answer, Present) else None

    def labels(self, tag: str) -> Mapping[str, str]:
        return self.registry.labels(self.image.tagged(tag))

    def time_of(self, commit: str) -> str:
        return git(self.ltf.directory, "show", "-s", "--format=%cd", "--date=format:%Y-%m-%dT%H:%M:%SZ", commit)

    def watched(self, hook: Hook = passed_on) -> AbstractContextManager[Proxy]:
        """Stand before the registry."""
        return proxy_before(self.host, hook)

    def latest(self) -> str:
        return self.labels("latest")["org.opencontainers.image.version"]


def environ_of(host: str, password: str = PASSWORD) -> dict[str, str]:
    return {
        "DOCKER_CONFIG": os.environ["DOCKER_CONFIG"],
        "LTF_CI_FORMAT": "json",
        "LTF_CI_RETRY_PAUSE": "0",
        "LTF_CI_TEST": "false",
        "LTF_CI_REGISTRY": host,
        "LTF_CI_REGISTRY_USERNAME": USERNAME,
        "LTF_CI_REGISTRY_PASSWORD": password,
    }


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> RunCommand:
    """Run a command, and return its exit code and what it said as JSON."""

    def once(*words: str, environ: Mapping[str, str]) -> Result:
        code = main(words, environ)
        return result_of(code, capsys.readouterr().out)

    return once


def login(_: str) -> Credentials:
    """Return the login of the tests' registry, whatever its host."""
    return Credentials(USERNAME, Secret(PASSWORD))


@pytest.fixture
def registry_client() -> Registry:
    return Registry(credentials=login, tries=1, pause=0)


@pytest.fixture
def publisher(
    folder: Path, basic_registry: str, docker_host: str, run: RunCommand, registry_client: Registry
) -> Publisher:
    """Return a repository with a Dockerfile over a base image of ours, and nothing of it in the registry yet."""
    return publisher_at(basic_registry, folder, run, registry_client)


def publisher_at(where: str, folder: Path, run: RunCommand, registry_client: Registry) -> Publisher:
    """Return a repository whose image goes to a registry, HOST or HOST/PREFIX, which has its base image."""
    place, host = f"{where}/t{secrets.token_hex(6)}", where.partition("/")[0]
    docker_login(host)
    base = ImageName.parse(f"{place}/base:1")
    push_base_image(registry_client, base, note=place)
    image = ImageName.parse(f"{place}/python_unittest")
    ltf = LtfRepository(folder, "Python (3.7.4), unittest", str(image.tagged("3.7.4-1")))
    ltf.write("docker/Dockerfile", f"FROM {base}\nCOPY . /context/\n")
    return Publisher(ltf, host, base, image, registry_client, run, add_origin(folder))


def is_tested(publisher: Publisher) -> None:
    """Let the repository's start files give their colours, and be asked for them."""
    push_base_image(publisher.registry, publisher.base, note="gated", runs=True)
    publisher.is_tested = True
    publisher.ltf.write("docker/red_amber_green.rb", LAMBDA)
    publisher.ltf.write("docker/Dockerfile", f"FROM {publisher.base}\nCOPY red_amber_green.rb /usr/local/bin/\n")


@pytest.fixture
def gated(publisher: Publisher) -> Publisher:
    """Return a repository whose start files give their colours, tagged 3.7.4-2."""
    is_tested(publisher)
    publisher.named("https://github.com/cyber-dojo-start-points/python-unittest")
    publisher.tagged("3.7.4-2")
    return publisher
