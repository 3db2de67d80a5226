"""A base image to build from, of nothing but busybox: pushed by the registry's API, for no image can be pulled here."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from embedded.programs import program
from ltf_ci.clients.registry.media_types import INDEXES, MANIFESTS
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.model.image import Digest, ImageName

_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
_CONFIG = "application/vnd.docker.container.image.v1+json"
COMMANDS = ("sh", "cat", "echo", "ls", "id", "true")
_NEEDED = ("grep", "gzip", "truncate", "find", "xargs", "stat", "mktemp", "rm", "mkdir", "sleep", "yes", "awk", "chown")
_GROUP = "root:x:0:\nsandbox:x:51966:\n"
_PASSWD = "root:x:0:0::/root:/bin/sh\nsandbox:x:41966:51966::/home/sandbox:/bin/bash\n"
_TAR = """\
#!/bin/sh
# busybox's tar does all that these tests ask of one; its name is GNU's.
[ "$1" = --version ] && exec echo 'tar (GNU tar)'
exec busybox tar "$@"
"""
_FILE = "#!/bin/sh\n# busybox has no file: of text it would say this.\necho 'text/plain; charset=us-ascii'\n"


def push_base_image(
    registry: Registry,
    image: ImageName,
    *,
    note: str = "",
    architecture: str = "amd64",
    runs: bool = False,
    more: Iterable[bytes] = (),
    **settings: object,
) -> Digest:
    """Push a base image; another `note` makes another image of it. `settings` are its config's: Entrypoint, say.

    One that `runs` has what cyber-dojo's runner needs. `more` are layers that lie over it. The programs are one layer
    of all of them, packed once: a daemon and a registry that have it need it no more.
    """
    layers = [runnable_layer() if runs else _layer(), _note_layer(note), *more]
    config = {
        "architecture": architecture,
        "os": "linux",
        "config": {"Env": ["PATH=/bin"], "Labels": {"org.opencontainers.image.title": "base"}, **settings},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(layer).hexdigest()}" for layer in layers]},
    }
    return push_image(registry, image, config, [_packed(layer) for layer in layers])


def push_base_index(registry: Registry, image: ImageName, *architectures: str) -> Digest:
    """Push a base image of several platforms, by the registry's API alone."""
    entries = []
    for architecture in architectures:
        child = image.tagged(f"{image.tag}-{architecture}")
        digest = push_base_image(registry, child, note=architecture, architecture=architecture)
        size = len(registry.manifest(child).content)
        platform = {"os": "linux", "architecture": architecture}
        entries.append({"mediaType": MANIFESTS[1], "digest": str(digest), "size": size, "platform": platform})
    content = json.dumps({"schemaVersion": 2, "mediaType": INDEXES[0], "manifests": entries}).encode()
    return registry.put_manifest(image, content, INDEXES[0])


def push_image(registry: Registry, image: ImageName, config: object, layers: list[bytes]) -> Digest:
    """Push an image by the registry's API alone."""
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFESTS[1],
        "config": _put(registry, image, _CONFIG, json.dumps(config).encode()),
        "layers": [_put(registry, image, _LAYER, layer) for layer in layers],
    }
    return registry.put_manifest(image, json.dumps(manifest).encode(), MANIFESTS[1])


def _put(registry: Registry, image: ImageName, media_type: str, content: bytes) -> dict[str, object]:
    return {"mediaType": media_type, "size": len(content), "digest": str(registry.put_blob(image, content))}


@lru_cache(maxsize=4)
def _packed(layer: bytes) -> bytes:
    return gzip.compress(layer, mtime=0)


def runnable_layer(*, bash: bool = True, more: Iterable[Path] = (), links: Mapping[str, str] | None = None) -> bytes:
    """Return the files of an image that cyber-dojo's runner can run, or can but for bash, and more of this machine."""
    raw = io.BytesIO(_layer())
    with tarfile.open(fileobj=raw, mode="a") as tar:
        for name, target in {**{f"bin/{name}": "busybox" for name in _NEEDED}, **(links or {})}.items():
            _add_link(tar, name, target)
        if bash:
            tar.add(program("bash-static"), "bin/bash", filter=_timeless)
        _add(tar, "etc/passwd", _PASSWD)
        _add(tar, "etc/group", _GROUP)
        _add(tar, "bin/file", _FILE, mode=0o755)
        _add(tar, "bin/tar", _TAR, mode=0o755)
        _add_home(tar)
        for file in more:
            tar.add(file.resolve(), str(file).lstrip("/"), filter=_timeless)
    return raw.getvalue()


def _layer() -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        for name in ("bin", "etc", "home"):  # docker 20.10 without root keeps all others out of what no layer names
            _add_folder(tar, name)
        tar.add(program("busybox"), "bin/busybox", filter=_timeless)
        for name in COMMANDS:
            _add_link(tar, f"bin/{name}", "busybox")
    return raw.getvalue()


def _note_layer(note: str) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        _add(tar, "etc/note", note)
    return raw.getvalue()


def _add_link(tar: tarfile.TarFile, name: str, target: str) -> None:
    link = tarfile.TarInfo(name)
    link.type, link.linkname = tarfile.SYMTYPE, target
    tar.addfile(link)


def _add_folder(tar: tarfile.TarFile, name: str) -> None:
    folder = tarfile.TarInfo(name)
    folder.type, folder.mode = tarfile.DIRTYPE, 0o755
    tar.addfile(folder)


def _add(tar: tarfile.TarFile, path: str, text: str, *, mode: int = 0o644) -> None:
    info = tarfile.TarInfo(path)
    info.size, info.mode = len(text.encode()), mode
    tar.addfile(info, io.BytesIO(text.encode()))


def _add_home(tar: tarfile.TarFile) -> None:
    home = tarfile.TarInfo("home/sandbox")
    home.type, home.mode, home.uid, home.gid = tarfile.DIRTYPE, 0o755, 41966, 51966
    tar.addfile(home)


def _timeless(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.mtime = 0
    return info
