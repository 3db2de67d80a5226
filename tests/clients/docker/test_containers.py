"""What a container is held by, as seen from within; and what is read of an image without running it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ltf_ci.clients.docker.containers import Containers
from ltf_ci.clients.docker.daemon import Docker
from ltf_ci.errors import BadInput, DockerFailed
from ltf_ci.model.container import ContainerResult, ContainerSpec
from ltf_ci.traffic_light.colour import LAMBDA_IN_IMAGE
from tests.support.runnable import SHELLS, docker

pytestmark = pytest.mark.machine
LOOKS = """\
id -u; id -g; echo "$HOME"
echo "$CYBER_DOJO_IMAGE_NAME $CYBER_DOJO_SANDBOX ${CYBER_DOJO_ID:+id}"
for limit in c f x n u s d; do echo "$limit $(ulimit -$limit)"; done
grep -E 'NoNewPrivs|CapPrm' /proc/self/status
grep -c : /proc/net/dev
grep -E ' (/sandbox|/tmp) ' /proc/mounts | grep -c noexec
grep -E ' (/sandbox|/tmp) ' /proc/mounts | grep -o size=[0-9]*k
"""
SEEN = """\
41966
51966
/home/sandbox
name:1 /sandbox id
c 0
f 262144
x 1024
n 1024
u 1024
s 16384
d 4194304
CapPrm: 0000000000000000
NoNewPrivs: 1
1
0
size=256000k
size=256000k
"""


def bash(script: str, seconds: float = 30, *, traces: bool = False) -> ContainerResult:
    cell = ContainerSpec(image=SHELLS, name="name:1", seconds=seconds, traces=traces)
    return Containers(Docker()).run(cell, ["bash", "-c", script])


def test_a_container_is_as_cyber_dojos_runner_makes_it(runner: str) -> None:
    assert bash(LOOKS).stdout.decode().replace("\t", " ") == SEEN


def test_one_that_traces_has_no_limit_of_data(runner: str) -> None:
    assert bash("ulimit -d", traces=True).stdout != bash("ulimit -d").stdout


def test_memory_is_limited(runner: str) -> None:
    ended = bash("printf -v all %2147483600s && echo alive", seconds=120)
    assert (ended.stdout, ended.status) == (b"", 137)


def test_processes_are_limited(runner: str) -> None:
    ended = bash("for i in {1..200}; do sleep 20 & done 2>/tmp/said; jobs -p | grep -c .; kill $(jobs -p)", seconds=4)
    assert ended.timed_out or int(ended.stdout) < 128


@pytest.mark.parametrize("script", ["yes", "yes >&2", "cat /dev/zero"])
def test_no_more_than_a_little_is_read(runner: str, script: str) -> None:
    ended = bash(script)
    assert ended.status is None
    assert 2**21 <= len(ended.stdout) + len(ended.stderr) <= 2**22


def test_an_end_is_told_with_its_status_and_both_streams(runner: str) -> None:
    ended = bash("echo out; echo err >&2; exit 3")
    assert (ended.stdout, ended.stderr, ended.status, ended.timed_out) == (b"out\n", b"err\n", 3, False)


def image(daemon: str, folder: Path, *lines: str) -> str:
    (folder / "Dockerfile").write_text("\n".join([f"FROM {SHELLS}", *lines]))
    return docker(daemon, "build", "--network", "none", "--quiet", str(folder)).splitlines()[-1]


def test_a_file_of_an_image_is_read_by_its_link_too(runner: str, tmp_path: Path) -> None:
    (tmp_path / "light.rb").write_text("nil # é\n")
    of = Containers(Docker()).file_of
    direct = image(runner, tmp_path, f"COPY light.rb {LAMBDA_IN_IMAGE}")
    linked = image(
        runner,
        tmp_path,
        "COPY light.rb /opt/",
        f"RUN mkdir -p /usr/local/bin && busybox ln -s /opt/light.rb {LAMBDA_IN_IMAGE}",
    )
    assert (of(direct, LAMBDA_IN_IMAGE), of(linked, LAMBDA_IN_IMAGE)) == ("nil # é\n", "nil # é\n")
    assert of(SHELLS, LAMBDA_IN_IMAGE) is None


def test_a_file_that_is_too_large_or_none_is_refused(runner: str, tmp_path: Path) -> None:
    (tmp_path / "light.rb").write_text("#" * 99_999)
    with pytest.raises(BadInput):
        Containers(Docker()).file_of(image(runner, tmp_path, f"COPY light.rb {LAMBDA_IN_IMAGE}"), LAMBDA_IN_IMAGE)
    with pytest.raises(BadInput):
        Containers(Docker()).file_of(SHELLS, "/dev")


def test_an_image_that_is_not_there_is_told(runner: str) -> None:
    with pytest.raises(DockerFailed):
        Containers(Docker()).file_of("no/image:1", "/x")
