"""What cyber-dojo's runner needs in an image: what one lacks of it, and the lines of a Dockerfile that add it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ltf_ci.errors import BadInput
from ltf_ci.model import container
from ltf_ci.model.container import ContainerResult
from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.layout import DOCKERFILE, DOCKERFILE_BASE

_PACKAGES = "bash coreutils file findutils grep gzip tar"  # as all three distributions call them
_APT = f"""\
apt-get update && \\
      DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends {_PACKAGES} && \\
      rm -rf /var/lib/apt/lists/*"""
_INSTALLS = {"alpine": f"apk add --no-cache {_PACKAGES}", "debian": _APT, "ubuntu": _APT}
_LINES = """\
# What cyber-dojo's runner needs, added by ltf-ci for {distribution}.
{root}RUN lacks=; \\
    for program in {programs}; do command -v "$program" >/dev/null || lacks=1; done; \\
    case "$(tar --version 2>&1)" in *"{tar}"*) ;; *) lacks=1;; esac; \\
    first() {{ rest=$(LC_ALL=C grep -v '^{user}:' "$1"); printf '%s\\n' "$2" "$rest" >"$1"; }}; \\
    if [ -n "$lacks" ]; then \\
      {install}; \\
    fi && \\
    first /etc/group '{user}:x:{gid}:' && \\
    first /etc/passwd '{user}:*:{uid}:{gid}::{home}:/bin/bash' && \\
    mkdir -p {home} && chown {uid}:{gid} {home}
{back}"""
_WHOLE = f"commit a whole {DOCKERFILE} in place of {DOCKERFILE_BASE}: it is built as it is"
_USER = re.compile(r"[\w.:${}-]+")
_ROOT = ("", "0", "root", "0:0", "root:root")
_ID = re.compile(r"""^(ID|ID_LIKE)=["']?([^"'\n]*)""", re.MULTILINE)
_NOT_FOUND = 127
_LONGEST = 300  # characters of what a container says


def distribution(os_release: str | None, base: str) -> str:
    """Return the distribution of a base image, from its /etc/os-release; raise BadInput for one that is not known."""
    values: dict[str, str] = dict(_ID.findall(os_release or ""))
    own = values.get("ID", "").strip()
    for name in (own, *values.get("ID_LIKE", "").split()):
        if name in _INSTALLS:
            return name
    what = f"of the distribution {own[:80]!r}" if own else "of no distribution that an /etc/os-release names"
    raise BadInput(f"{base} is {what}", expected=", ".join(_INSTALLS), cure=_WHOLE)


def nothing_to_add_to(dockerfile: str) -> BadInput:
    """Return the error about a Dockerfile.base that is made FROM scratch."""
    return BadInput(f"{dockerfile} is made FROM scratch", expected=f"a base of {', '.join(_INSTALLS)}", cure=_WHOLE)


def addition(distribution: str, user: str) -> str:
    """Return the lines to add after a FROM; they install nothing where all is there, and keep the base's user."""
    if user and not _USER.fullmatch(user):
        raise BadInput(f"the base's user is {user[:80]!r}", expected="a name or a number", cure=_WHOLE)
    root, back = ("", "") if user in _ROOT else ("USER root\n", f"USER {user}\n")
    return _LINES.format(
        distribution=distribution,
        root=root,
        programs=" ".join(container.PROGRAMS),
        tar=container.TAR,
        install=_INSTALLS[distribution],
        user=container.USER,
        uid=container.UID,
        gid=container.GID,
        home=container.HOME,
        back=back,
    )


def faults(probe: ContainerResult, place: Place) -> Iterator[Finding]:
    """Return a finding for each thing that an image lacks; the probe prints a line for each."""
    errors = probe.stderr.decode("utf-8", "replace").strip()[-_LONGEST:]
    if probe.status == _NOT_FOUND and "bash" in errors:
        yield _lacks("bash", place)
    elif probe.timed_out or probe.status != 0:
        why = "its time was up" if probe.timed_out else errors or f"status {probe.status}"
        found = f"nothing can be run in the image: {why}"
        yield Finding(rule="image-run", place=place, found=found, expected="bash runs", cure="look at the image")
    else:
        for need in probe.stdout.decode("utf-8", "replace")[:_LONGEST].splitlines():
            yield _lacks(need, place)


def _lacks(need: str, place: Place) -> Finding:
    cure = "add it in the Dockerfile, or have it added: docs/releasing.md, What an image needs"
    return Finding(rule="image-lacks", place=place, found=f"the image has no {need}", expected=need, cure=cure)
