"""A daemon that is not at a plain socket: by TLS, by ssh, at an odd path. All that ltf-ci does with it works there."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.daemon import DEBIANS, private_daemon
from embedded.programs import free_port, program
from ltf_ci.clients.docker.daemon import Docker
from ltf_ci.errors import DockerFailed
from tests.support.publishing import Publisher
from tests.support.tls import own_certificate

pytestmark = pytest.mark.machine
Patch = pytest.MonkeyPatch
SSH = """\
#!/bin/sh
# In ssh's place: runs on this machine what it would run on the other one, where docker's default is this daemon.
while [ "$1" != -- ]; do shift; done
shift 2
[ -z "$(cat "{folder}/fails")" ] || {{ cat "{folder}/fails" >&2; exit 255; }}
DOCKER_HOST={host} exec "$@"
"""


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with ca.pem, cert.pem and key.pem, as docker reads them: one certificate, known to both."""
    folder = tmp_path_factory.mktemp("certificates")
    certificate, _ = own_certificate(folder)
    for name, file in {"ca": certificate, "cert": certificate, "key": folder / "own.key"}.items():
        (folder / f"{name}.pem").write_bytes(file.read_bytes())
    return folder


@pytest.fixture(scope="module")
def tls_daemon(certificates: Path) -> Iterator[str]:
    """Return the address of a daemon that lets nobody in without a certificate."""
    address = f"tcp://127.0.0.1:{free_port()}"
    files = {"tlscacert": "ca", "tlscert": "cert", "tlskey": "key"}
    words = ("--host", address, "--tlsverify", *(f"--{flag}={certificates / name}.pem" for flag, name in files.items()))
    with (
        tempfile.TemporaryDirectory(prefix="ltf-", ignore_cleanup_errors=True) as folder,
        private_daemon(Path(folder), DEBIANS, *words),
    ):
        yield address


@pytest.fixture
def by_variables(tls_daemon: str, certificates: Path, monkeypatch: Patch) -> None:
    monkeypatch.setenv("DOCKER_HOST", tls_daemon)
    monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
    monkeypatch.setenv("DOCKER_CERT_PATH", str(certificates))


@pytest.fixture
def by_a_context(tls_daemon: str, certificates: Path, monkeypatch: Patch) -> None:
    monkeypatch.delenv("DOCKER_HOST")
    files = ",".join(f"{name}={certificates / name}.pem" for name in ("ca", "cert", "key"))
    words = ("context", "create", "far", "--docker", f"host={tls_daemon},{files}")
    subprocess.run([program("docker"), *words], check=True, capture_output=True)
    monkeypatch.setenv("DOCKER_CONTEXT", "far")


@pytest.fixture
def by_ssh(docker_daemon: str, tmp_path: Path, monkeypatch: Patch) -> Path:
    """Let `ssh` lead to the tests' own daemon; what is written into the file that is returned, it fails with."""
    (tmp_path / "fails").touch()
    ssh = tmp_path / "ssh"
    ssh.write_text(SSH.format(folder=tmp_path, host=docker_daemon))
    ssh.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("DOCKER_HOST", "ssh://me@far.example:2222")
    return tmp_path / "fails"


@pytest.fixture
def at_an_odd_path(docker_daemon: str, monkeypatch: Patch) -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="ltf a#b\u00fc?") as folder:
        socket = Path(folder, "docker.sock")
        socket.symlink_to(docker_daemon.removeprefix("unix://"))
        monkeypatch.setenv("DOCKER_HOST", f"unix://{socket}")
        yield


@pytest.mark.parametrize("way", ["by_variables", "by_a_context", "by_ssh", "at_an_odd_path"])
def test_a_release_is_built_run_and_pushed(publisher: Publisher, way: str, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue(way)
    publisher.tagged("3.7.4-1")
    result = publisher.publish("--version-command", "true")  # which is run in the image
    assert result.ended == (0, "done"), result
    publisher.ltf.write("start_point/hiker.sh", "echo 54 # changed\n")
    assert publisher.release("3.7.4-2").ended == (0, "done")
    assert publisher.latest() == "3.7.4-2"


def test_a_daemon_that_lets_nobody_in_is_told(tls_daemon: str, monkeypatch: Patch, tmp_path: Path) -> None:
    monkeypatch.setenv("DOCKER_HOST", tls_daemon)
    with pytest.raises(DockerFailed, match=r"at tcp://127\.0\.0\.1"):
        Docker().check()
    monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
    monkeypatch.setenv("DOCKER_CERT_PATH", str(tmp_path))
    with pytest.raises(DockerFailed, match=r"ca\.pem|certificate"):
        Docker().check()


def test_what_ssh_says_is_told(by_ssh: Path) -> None:
    by_ssh.write_text("me@far.example: Permission denied (publickey).")
    with pytest.raises(DockerFailed, match=r"(?s)at ssh://me@far\.example:2222 .*Permission denied \(publickey\)"):
        Docker().check()


def test_no_program_is_left_when_the_run_ends(by_ssh: Path, tmp_path: Path) -> None:
    docker = Docker()
    docker.check()
    del docker
    found = subprocess.run(["pgrep", "-f", str(tmp_path)], capture_output=True, check=False)
    assert found.stdout == b""
