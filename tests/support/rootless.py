"""A docker daemon that runs without root: of a user whom only this daemon's processes know."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from embedded.daemon import answers
from embedded.programs import BIN, program, running

TOOLS = BIN.parent / "rootless"
USER, FIRST = 12345, 200_000  # an id of nobody here, and the first of those that are the user's besides
FORBIDS = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")

# In a mount namespace of its own: there the machine's files name the user, who reaches the programs wherever they are.
# It shares the machine's network, for the tests' registries are on loopback. Docker 29 does not run so: asked for its
# version, it asks rootlesskit for a network that there is none of, and dies of the answer.
START = r"""
set -e
cd "$1"
for name in passwd group; do cp /etc/$name $name; done
echo "rootless:x:$2:$2::$1:/bin/sh" >> passwd
echo "rootless:x:$2:" >> group
echo "rootless:$3:65536" > subuid
mount --bind passwd /etc/passwd
mount --bind group /etc/group
for name in subuid subgid; do mount --bind subuid /etc/$name; done
mount --bind "$4" tools
shift 4
export HOME=$PWD XDG_RUNTIME_DIR=$PWD/run PATH=$PWD/tools:$PATH
exec setpriv --reuid rootless --regid rootless --clear-groups --inh-caps=-all rootlesskit --net=host --copy-up=/etc \
  --copy-up=/run --propagation=rslave \
  sh -c 'rm -f /run/docker /run/containerd /run/xtables.lock; exec "$@"' sh "$@"
"""


@contextmanager
def rootless_daemon(folder: Path) -> Iterator[str]:
    """Run a dockerd as a plain user, in a folder whose path must be short; yield its DOCKER_HOST."""
    for name in ("tools", "run"):
        (folder / name).mkdir()
    for place in (folder, folder / "run"):
        os.chown(place, USER, USER)
    host = f"unix://{folder}/run/docker.sock"
    words = [program("dockerd"), "--rootless", "--host", host, "--pidfile", f"{folder}/run/pid"]
    words += ["--data-root", f"{folder}/data", "--exec-root", f"{folder}/run/exec"]
    words += ["--bridge=none", "--iptables=false", "--ip6tables=false"]
    start = ["unshare", "--mount", "sh", "-c", START, "sh", str(folder), str(USER), str(FIRST), str(TOOLS)]
    with running([*start, *words], folder / "log", lambda: answers(host)):
        yield host


def expect_rootless() -> None:
    """Skip the test where the kernel forbids it, or outside CI where rootlesskit is missing: bin/rootless says why."""
    if FORBIDS.exists() and FORBIDS.read_text().strip() == "1":
        pytest.skip("this kernel lets no plain user have a namespace")
    if not (TOOLS / "rootlesskit").exists():
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("rootlesskit is missing: run bin/rootless as root")
