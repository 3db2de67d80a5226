"""Images as they were pushed before ltf-ci: of busybox, under a short commit and `latest`, without labels."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shlex
import tarfile
from collections.abc import Iterable, Mapping
from functools import cache

from embedded.base_image import push_image, runnable_layer
from ltf_ci.clients.registry.media_types import INDEXES, MANIFESTS
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.model.image import ImageName

_PROGRAM = """\
#!/bin/bash
{shell}echo {said}
"""
_SHELL = '[ "$1" = --version ] || exec /bin/bash "$@"\n'
_CONFIG = {
    "Env": ["PATH=/usr/local/bin:/bin"],
    "Shell": ["/bin/bash", "-eo", "pipefail", "-c"],  # in its sh, Debian's busybox would take its own tar for GNU's
}
_LAMBDA = "lambda { |out, err, _| !err.empty? ? :amber : out.include?('42') ? :green : :red }\n"


def push_old_image(
    registry: Registry, image: ImageName, programs: Mapping[str, str], note: str, architectures: Iterable[str]
) -> None:
    """Push an image that runs start files and has these programs: an index, where it is of several architectures."""
    layers = (_compressed(), gzip.compress(_programs(programs, note), mtime=0))
    entries = []
    for architecture in architectures:
        config = {"architecture": architecture, "os": "linux", "config": _CONFIG}
        diffs = [f"sha256:{hashlib.sha256(gzip.decompress(layer)).hexdigest()}" for layer in layers]
        config |= {"rootfs": {"type": "layers", "diff_ids": diffs}}
        digest = push_image(registry, image, config, [*layers])
        entries.append(_entry(registry, image, architecture, str(digest)))
    if len(entries) > 1:
        content = json.dumps({"schemaVersion": 2, "mediaType": INDEXES[0], "manifests": entries}).encode()
        registry.put_manifest(image, content, INDEXES[0])


def point(registry: Registry, image: ImageName, tag: str) -> None:
    """Have another tag of an image's name point at it."""
    manifest = registry.manifest(image)
    registry.put_manifest(image.tagged(tag), manifest.content, manifest.media_type)


def _entry(registry: Registry, image: ImageName, architecture: str, digest: str) -> Mapping[str, object]:
    size = len(registry.manifest(image).content)
    platform = {"os": "linux", "architecture": architecture}
    return {"mediaType": MANIFESTS[1], "digest": digest, "size": size, "platform": platform}


@cache
def _compressed() -> bytes:
    return gzip.compress(runnable_layer(), mtime=0)


def _programs(programs: Mapping[str, str], note: str) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        for name, said in programs.items():
            _add(tar, f"usr/local/bin/{name}", _program(name, said), mode=0o755)
        _add(tar, "usr/local/bin/red_amber_green.rb", _LAMBDA)
        _add(tar, "etc/os-release", 'PRETTY_NAME="Some Alpine"\nID=alpine\n')
        _add(tar, "etc/made", note)
    return raw.getvalue()


def _program(name: str, said: str) -> str:
    return _PROGRAM.format(shell=_SHELL if name == "bash" else "", said=shlex.quote(said))


def _add(tar: tarfile.TarFile, path: str, text: str, *, mode: int = 0o644) -> None:
    info = tarfile.TarInfo(path)
    info.size, info.mode = len(text.encode()), mode
    tar.addfile(info, io.BytesIO(text.encode()))
