"""Fleets of thousands, made in seconds: repositories by their bare objects, a registry and GitHub that answer by rule.

So many real ones would take hours to make. git is the real one, and the list's files are as a fleet has them.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from ltf_ci.adopt.repository import PATHS
from ltf_ci.clients.registry.media_types import MANIFESTS
from ltf_ci.images.labels import ImageLabels
from ltf_ci.languages.lock import LockEntry
from ltf_ci.model.commit import Commit
from ltf_ci.model.registry import digest_of
from ltf_ci.model.release_tag import ReleaseTag

TAG, BASES = "3.7.4-1", 8  # images on each base
_NOBODY: dict[str, list[str]] = {"nodes": []}


@dataclass
class ScriptedFleet:
    """So many LTFs, whose images are on bases upstream; `asked` counts requests by whom they are for."""

    folder: Path
    images: int
    host: str = ""
    asked: Counter[str] = field(default_factory=Counter)
    contents: dict[str, bytes] = field(default_factory=dict)  # of the registry, by its paths
    digests: dict[str, str] = field(default_factory=dict)  # by a manifest's path

    def make(self) -> None:
        """Make all of it."""
        bases = {
            f"base{number}": self._push(f"base{number}", "3.7.4", {}) for number in range(-(-self.images // BASES))
        }
        locked, entries = {}, {}
        for number in range(self.images):
            name, base = f"ltf{number}", f"base{number // BASES}"
            image = f"{self.host}/{name}:{TAG}"
            commit = bare(self.folder / name, _files(name, image), TAG)
            labels = ImageLabels(
                version=ReleaseTag.parse(TAG),
                revision=Commit.parse(commit),
                base_name=f"{self.host}/{base}:3.7.4",
                base_digest=bases[base],
            )
            digest = self._push(name, TAG, labels.to_labels())
            locked[f"../{name}?tag={TAG}"] = asdict(LockEntry(commit, image, digest, f"Language{number} (3.7.4), test"))
            entry = {"from": f"{self.host}/{base}:3.7.4", "image_name": image, "test_framework": True}
            entries[f"{name} (3.7.4)"] = entry
        self._write(locked, entries)

    @property
    def languages(self) -> Path:
        """The languages repository's folder."""
        return self.folder / "languages"

    def _write(self, locked: Mapping[str, Any], entries: Mapping[str, Any]) -> None:
        self.languages.mkdir()
        (self.languages / "git_repo_urls.tagged").write_text("".join(f"{line}\n" for line in locked))
        (self.languages / "languages.lock.json").write_text(json.dumps(locked))
        (self.languages / "dependents.json").write_text(json.dumps(entries))
        github = (f"https://github.com/owner/ltf{number}\n" for number in range(self.images))
        (self.folder / "repositories").write_text("".join(github))

    def _push(self, name: str, tag: str, labels: Mapping[str, str]) -> str:
        config = json.dumps({"os": "linux", "config": {"Labels": labels}, "note": name}).encode()
        described = {"mediaType": "application/vnd.oci.image.config.v1+json", "size": len(config)}
        layers = [{"mediaType": "application/x", "size": 9, "digest": str(digest_of(name.encode()))}]
        described["digest"] = str(digest_of(config))
        manifest = json.dumps({"schemaVersion": 2, "mediaType": MANIFESTS[1], "config": described, "layers": layers})
        digest = str(digest_of(manifest.encode()))
        self.contents[f"/v2/{name}/blobs/{described['digest']}"] = config
        self.contents[f"/v2/{name}/tags/list"] = json.dumps({"name": name, "tags": [tag, "latest"]}).encode()
        for reference in (tag, "latest", digest):
            self.contents[f"/v2/{name}/manifests/{reference}"] = manifest.encode()
            self.digests[f"/v2/{name}/manifests/{reference}"] = digest
        return digest

    def github(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        """Answer a query: of many repositories' files, or of one repository's state without a pull request."""
        given = asked["variables"]
        if "name0" in given:
            numbers = range(sum(re.fullmatch("name[0-9]+", key) is not None for key in given))
            return {f"repository{each}": self._repository(given[f"name{each}"]) for each in numbers}
        nobody = {"below": _NOBODY, "scratch": _NOBODY, "pullRequests": _NOBODY, "past": _NOBODY}
        opened = {**_NOBODY, "pageInfo": {"hasNextPage": False, "endCursor": None}}
        named = {"id": given["name"], "nameWithOwner": f"owner/{given['name']}", "ref": None, "folder": None}
        return {"repository": {**self._repository(given["name"]), **nobody, **named, "open": opened}}

    def _repository(self, name: str) -> Mapping[str, Any]:
        files = _files(name, f"{self.host}/{name}:{TAG}")
        blobs = (
            {"oid": "0" * 40, "text": files[path], "isTruncated": False} if path in files else None for path in PATHS
        )
        target = {f"file{number}": {"object": blob} for number, blob in enumerate(blobs)}
        commit = {"oid": "0" * 40, "message": "", "changedFilesIfAvailable": 1, "parents": {"nodes": []}}
        return {"isArchived": False, "defaultBranchRef": {"name": "main", "target": {**target, **commit}}}


def _files(name: str, image: str) -> dict[str, str]:
    number = name.removeprefix("ltf")
    manifest = {
        "display_name": f"Language{number} (3.7.4), test",
        "image_name": image,
        "visible_filenames": ["cyber-dojo.sh"],
        "filename_extension": [".py"],
        "language": [f"Language{number}", "3.7.4"],
        "test_framework": ["test", ""],
    }
    texts = {"manifest.json": json.dumps(manifest), "cyber-dojo.sh": "true\n"}
    return {"docker/Dockerfile": "FROM scratch\n", **{f"start_point/{path}": text for path, text in texts.items()}}


def bare(directory: Path, files: Mapping[str, str], tag: str) -> str:
    """Make a repository with one commit, and a tag of it, by its objects alone; return the commit."""
    (directory / "refs/tags").mkdir(parents=True)
    (directory / "objects").mkdir()
    (directory / "HEAD").write_text("ref: refs/heads/main\n")
    (directory / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = true\n")
    folders: dict[str, bytes] = {}
    for path, text in sorted(files.items()):
        folder, _, name = path.partition("/")
        mode = b"100755" if name.endswith(".sh") else b"100644"
        folders[folder] = folders.get(folder, b"") + _line(mode, name, _object(directory, b"blob", text.encode()))
    trees = (_line(b"40000", name, _object(directory, b"tree", lines)) for name, lines in sorted(folders.items()))
    who = b"A <a@example.org> 1700000000 +0000"
    tree = _object(directory, b"tree", b"".join(trees)).encode()
    commit = _object(directory, b"commit", b"tree " + tree + b"\nauthor " + who + b"\ncommitter " + who + b"\n\n1\n")
    for ref in (f"refs/tags/{tag}", "refs/heads/main"):
        (directory / ref).parent.mkdir(exist_ok=True)
        (directory / ref).write_text(f"{commit}\n")
    return commit


def _line(mode: bytes, name: str, oid: str) -> bytes:
    return mode + b" " + name.encode() + b"\0" + bytes.fromhex(oid)


def _object(directory: Path, kind: bytes, content: bytes) -> str:
    whole = kind + b" %d\0" % len(content) + content
    oid = hashlib.sha1(whole, usedforsecurity=False).hexdigest()
    file = directory / "objects" / oid[:2] / oid[2:]
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(zlib.compress(whole, 1))
    return oid


@contextmanager
def scripted_fleet(folder: Path, images: int) -> Iterator[ScriptedFleet]:
    """Return a fleet whose registry and GitHub answer."""
    fleet = ScriptedFleet(folder, images)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16  # an answer is one packet

        def do_GET(self) -> None:
            fleet.asked["registry"] += 1
            path = self.path.partition("?")[0]
            self._answer(fleet.contents.get(path), MANIFESTS[1], fleet.digests.get(path, ""))

        do_HEAD = do_GET  # noqa: N815 - its base class names it

        def do_POST(self) -> None:
            fleet.asked["GitHub"] += 1
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._answer(json.dumps({"data": fleet.github(asked)}).encode(), "application/json", "")

        def _answer(self, body: bytes | None, kind: str, digest: str) -> None:
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body or b"")))
            if digest:
                self.send_header("Docker-Content-Digest", digest)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            """Show nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.request_queue_size = 128
    fleet.host = f"127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        fleet.make()
        yield fleet
    finally:
        server.shutdown()
        server.server_close()
