"""An archive that is none: each is told as the daemon's."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest

from ltf_ci.clients.docker.archive import read_archive
from ltf_ci.errors import DockerFailed

INDEX = b'{"manifests": []}'
OF_INDEX = f"sha256:{hashlib.sha256(INDEX).hexdigest()}"


def archive(**files: bytes) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name.replace("__", "/").replace("_json", ".json"))
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return raw.getvalue()


WHOLE = archive(manifest_json=json.dumps([{"Config": "c", "Layers": []}]).encode(), c=b"{}")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"x" * 2000,
        WHOLE[:700],
        archive(manifest_json=b"[1]"),
        archive(manifest_json=b"[{}]"),
        archive(manifest_json=b"{}"),
        archive(**{f"blobs__sha256__{OF_INDEX.partition(':')[2]}": INDEX}),
    ],
)
def test_what_is_no_archive_of_the_image_is_refused(raw: bytes, tmp_path: Path) -> None:
    with pytest.raises(DockerFailed, match="in a form that is not known"):
        read_archive(iter([raw]), OF_INDEX, tmp_path, ())
