"""BuildKit's own daemon: it makes images of several platforms and attestations, as dockerd of old cannot."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded.programs import built, program, running


@contextmanager
def private_buildkit(folder: Path, hub: str) -> Iterator[str]:
    """Run a buildkitd in a folder, whose path must be short; return its address. `hub` stands for Docker Hub."""
    address = f"unix://{folder}/buildkitd.sock"
    config = folder / "buildkitd.toml"
    config.write_text(f'[registry."docker.io"]\n  mirrors = [{json.dumps(hub)}]\n')
    words = [built("buildkitd"), "--config", str(config), "--addr", address, "--root", f"{folder}/root"]
    words += ["--containerd-worker=false", "--oci-worker-binary", program("runc"), "--oci-worker-net=host"]
    with running(words, folder / "log", (folder / "buildkitd.sock").exists):
        yield address


def add_buildx(config: Path) -> None:
    """Let docker's command of this configuration folder have buildx."""
    plugin = config / "cli-plugins/docker-buildx"
    plugin.parent.mkdir(parents=True, exist_ok=True)
    if not plugin.exists():
        plugin.symlink_to(built("docker-buildx"))


def add_builder(config: Path, name: str, address: str) -> None:
    """Let docker's command of this configuration folder build by a buildkitd, as the builder of this name."""
    add_buildx(config)
    words = [program("docker"), "buildx", "create", "--name", name, "--driver", "remote", address]
    subprocess.run(words, env={**os.environ, "DOCKER_CONFIG": str(config)}, capture_output=True, check=True)
