"""docker/Dockerfile.base gets what cyber-dojo's runner needs, by the packages of its base's distribution."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from embedded.base_image import push_base_image
from ltf_ci.traffic_light.rules import requirements
from tests.support.distributions import ASKED, os_release, packager
from tests.support.publishing import Publisher
from tests.support.result import Result
from tests.support.runnable import SHELLS, docker

pytestmark = pytest.mark.machine
PACKAGES = "bash coreutils file findutils grep gzip tar"
LAMBDA = "lambda { |out, err, _| { '54' => :red, '42' => :green }.fetch(out.strip, :amber) }\n"
OURS = "sandbox:*:41966:51966::/home/sandbox:/bin/bash"
ROOT, NODE = "root:x:0:0::/root:/bin/sh", "node:x:1000:1000::/:/bin/sh"
BASH = ["/bin/bash", "-eo", "pipefail", "-c"]  # Debian's busybox prefers its own tar to the one on PATH


class Bench:
    """A repository with a Dockerfile.base alone, over a base image that is as a test wants it."""

    def __init__(self, publisher: Publisher, daemon: str) -> None:
        self.publisher, self._daemon = publisher, daemon
        (publisher.ltf.directory / "docker/Dockerfile").unlink()
        publisher.ltf.write("docker/red_amber_green.rb", LAMBDA)
        self.text("FROM {base}\nCOPY red_amber_green.rb /usr/local/bin/\n")

    def base(self, name: str, *layers: bytes, runs: bool = False, **settings: Any) -> None:
        publisher = self.publisher
        more = (os_release(name), *layers)
        push_base_image(publisher.registry, publisher.base, note="base", runs=runs, more=more, **settings)

    def text(self, text: str, base: object = "") -> None:
        self.publisher.ltf.write("docker/Dockerfile.base", text.format(base=base or self.publisher.base))

    def build(self, tag: str = "3.7.4-1", *words: str) -> Result:
        """Build, and return the outcome of a look into the image, if one was built."""
        self.publisher.tagged(tag)
        built = self.publisher.run_release(*words, command="build")
        if built.code == 0 and not words:
            return self.publisher.run_release("--image", command="check")
        return built

    def ask(self, *words: str, tag: str = "3.7.4-1") -> str:
        image = str(self.publisher.image.tagged(tag))
        return docker(self._daemon, "run", "--rm", "--user", "0", image, *words)

    def user(self, tag: str = "3.7.4-1") -> str:
        image = str(self.publisher.image.tagged(tag))
        return docker(self._daemon, "inspect", "--format", "{{json .Config.User}}", image)


@pytest.fixture
def bench(publisher: Publisher, docker_host: str) -> Bench:
    return Bench(publisher, docker_host)


@pytest.mark.parametrize(
    ("distribution", "command", "asked"),
    [
        ("alpine", "apk", [f"apk add --no-cache {PACKAGES}"]),
        ("debian", "apt-get", ["apt-get update", f"apt-get install --yes --no-install-recommends {PACKAGES}"]),
        ("ubuntu", "apt-get", ["apt-get update", f"apt-get install --yes --no-install-recommends {PACKAGES}"]),
    ],
)
def test_what_a_base_lacks_is_installed(bench: Bench, distribution: str, command: str, asked: list[str]) -> None:
    bench.base(distribution, packager(command))
    result = bench.build()
    assert (result.code, result.said.get("findings")) == (0, []), result
    assert bench.ask("cat", ASKED).splitlines() == asked
    assert bench.ask("cat", "/etc/passwd").splitlines() == [OURS, ROOT, NODE]


def test_where_all_is_there_nothing_is_installed_and_the_user_stays(bench: Bench) -> None:
    bench.base("debian", runs=True, User="sandbox", Shell=BASH)  # it has no apt-get: to call it would fail
    result = bench.build()
    assert (result.code, result.said.get("findings")) == (0, []), result
    assert json.loads(bench.user()) == "sandbox"


@pytest.mark.both_daemons
def test_a_completed_image_is_a_base_too(bench: Bench) -> None:
    bench.base("alpine", packager("apk"), User="node")
    bench.text(f"FROM {{base}}\nSHELL {json.dumps(BASH)}\nCOPY red_amber_green.rb /usr/local/bin/\n")
    assert bench.build().code == 0
    docker(bench._daemon, "push", str(bench.publisher.image.tagged("3.7.4-1")))
    bench.text("FROM {base}\n", bench.publisher.image.tagged("3.7.4-1"))
    result = bench.build("3.7.4-2")
    assert (result.code, result.said.get("findings")) == (0, []), result
    assert bench.ask("cat", ASKED, tag="3.7.4-2").count("apk") == 1
    assert bench.ask("cat", "/etc/passwd", tag="3.7.4-2").splitlines() == [OURS, ROOT, NODE]
    assert json.loads(bench.user("3.7.4-2")) == "node"


def test_the_last_stage_is_completed_as_the_user_that_it_begins_as(bench: Bench) -> None:
    bench.base("alpine", packager("apk"))
    stage = "USER nobody\nUSER node\n"
    copies = "COPY red_amber_green.rb /usr/local/bin/\nCOPY --from=other /etc/note /etc/other\n"
    bench.text(f"ARG B={bench.publisher.base}\nFROM $B AS one\n{stage}FROM $B AS other\nFROM one AS two\n{copies}")
    result = bench.build()
    assert (result.code, result.said.get("findings")) == (0, []), result
    assert json.loads(bench.user()) == "node"


@pytest.mark.both_daemons
def test_a_release_of_it_is_tested_and_pushed(bench: Bench) -> None:
    bench.base("alpine", packager("apk"))
    bench.publisher.tagged("3.7.4-1")
    planned = bench.publisher.publish("--dry-run")
    assert planned.plan["dockerfile"] == "Dockerfile.base, completed for alpine"
    result = bench.publisher.publish()
    assert (result.code, result.plan) == (0, planned.plan), result
    assert bench.publisher.labels("3.7.4-1")["org.opencontainers.image.base.name"] == str(bench.publisher.base)


def test_a_whole_dockerfile_is_built_as_it_is(bench: Bench) -> None:
    bench.base("alpine")  # without a packager
    (bench.publisher.ltf.directory / "docker/Dockerfile.base").unlink()
    bench.publisher.ltf.write("docker/Dockerfile", f"FROM {bench.publisher.base}\n")
    result = bench.build("3.7.4-1", "--dry-run")
    assert (result.code, result.plan["dockerfile"]) == (0, "Dockerfile")
    result = bench.build("3.7.4-2")
    assert (result.code, {*result.rules}) == (1, {"image-lacks", "traffic-light-lambda"})


def test_a_dockerfile_next_to_it_is_not_built(bench: Bench) -> None:
    bench.base("alpine")
    bench.publisher.ltf.write(
        "docker/Dockerfile", "# DO NOT EDIT THIS FILE. IT IS AUTO_GENERATED\nFROM nowhere/at-all\n"
    )
    code, said = bench.build("3.7.4-1", "--dry-run")
    assert (code, said["plan"]["dockerfile"]) == (0, "Dockerfile.base, completed for alpine")
    assert bench.publisher.base.path in said["plan"]["base"]


def test_one_that_git_ignores_is_to_be_removed(bench: Bench) -> None:
    bench.base("alpine")
    bench.publisher.ltf.write(".gitignore", "docker/Dockerfile\n")
    bench.publisher.tagged("3.7.4-1")
    bench.publisher.ltf.write("docker/Dockerfile", "FROM nowhere/at-all\n")
    ended = bench.publisher.run_release(command="build")
    assert ended.error.found == "the commit lacks docker/Dockerfile"
    assert ended.error.cure == "remove it (rm docker/Dockerfile): an earlier builder left it"


@pytest.mark.parametrize(
    ("text", "distribution", "says"),
    [
        ("FROM {base}\n", "fedora", "is of the distribution 'fedora'"),
        ("FROM scratch\nCOPY . /\n", "alpine", "Dockerfile.base is made FROM scratch"),
    ],
)
def test_a_base_of_another_distribution_is_told(bench: Bench, text: str, distribution: str, says: str) -> None:
    bench.base(distribution, packager("apk"))
    bench.text(text)
    result = bench.build("3.7.4-1", "--dry-run")
    assert result.failure == (3, "BadInput")
    assert says in result.error.found
    assert "whole docker/Dockerfile" in result.error.cure


def test_without_a_daemon_it_is_told_unless_the_release_is_there(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.base("alpine", packager("apk"))
    assert bench.publisher.release("3.7.4-1").code == 0
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    assert bench.publisher.publish().code == 0
    bench.publisher.tagged("3.7.4-2")
    result = bench.publisher.publish("--dry-run")
    assert result.failure == (11, "DockerFailed")
    assert "docker/Dockerfile.base" in result.error.found


USERS = {
    (ROOT,): [OURS, ROOT],
    (OURS, ROOT): [OURS, ROOT],
    (ROOT, "sandbox:x:41966:51966:,,,:/home/sandbox:/bin/bash", NODE): [OURS, ROOT, NODE],
    (ROOT, "sandbox:x:1000:1000::/sandbox:/bin/sh"): [OURS, ROOT],
    (ROOT, "other:x:41966:41966::/other:/bin/sh"): [OURS, ROOT, "other:x:41966:41966::/other:/bin/sh"],
    (ROOT, "sandbox2:x:7:7::/:/bin/sh"): [OURS, ROOT, "sandbox2:x:7:7::/:/bin/sh"],
}


@pytest.mark.parametrize("shell", ["sh -c", "bash -c", "bash -eo pipefail -c"])
def test_the_first_of_that_name_and_number_is_the_runners_user(runner: str, shell: str) -> None:
    run = shlex.quote(requirements.addition("debian", "").partition("\nRUN ")[2])
    cases = [
        f"printf '%s\\n' {' '.join(map(shlex.quote, before))} >/etc/passwd; cp /etc/passwd /etc/group"
        for before in USERS
    ]
    script = "; ".join(f"{case}; {shell} {run} || echo failed; cat /etc/passwd; head -n1 /etc/group" for case in cases)
    commands = "echo '#!/bin/sh' >/bin/apt-get; busybox chmod +x /bin/apt-get"
    said = docker(runner, "run", "--rm", "--user", "0", SHELLS, "busybox", "sh", "-c", f"{commands}; {script}")
    assert said.splitlines() == [line for after in USERS.values() for line in (*after, "sandbox:x:51966:")]
