"""Whatever servers, repositories and files give, ltf-ci and what it starts stay under 200 MB of memory."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from subprocess import run

import pytest

from ltf_ci.clients.registry.media_types import MANIFESTS
from tests.support.bombs import bomb as packed_bomb
from tests.support.memory import MEGABYTE, peaks
from tests.support.repositories import LtfRepository, git
from tests.support.scripted import Script, says

pytestmark = pytest.mark.machine  # each row is a process
MOST = 200  # megabytes
Scripted = Callable[..., str]
REGISTRY = (
    "from ltf_ci.clients.registry.registry import Registry; from ltf_ci.model.image import ImageName; "
    "return Registry(tries=0, seconds=30)"
)
IMAGE = "ImageName.parse(words[0] + '/a:1-1')"
GITHUB = (
    "from ltf_ci.clients.github.http import GithubHttp; from ltf_ci.clients.github.call import Call; "
    "call = Call(repository='a/b', method='GET', url=f'http://{words[0]}/repos/a/b'); "
    "return len(GithubHttp(f'http://{words[0]}', 0).send(call, 'Bearer x').data)"
)


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b" " * MEGABYTE)


def headers_without_an_end(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        handler.wfile.write(b"X: " + b"y" * 60_000 + b"\r\n")


def bomb(handler: BaseHTTPRequestHandler) -> None:
    says(200, packed_bomb(512), Content_Encoding="gzip")(handler)


def bodies(megabytes: int) -> dict[str, bytes]:
    """Return JSON of so many megabytes that is worth more in memory than others."""
    size = megabytes * MEGABYTE - 64
    return {
        "objects": b"[%s{}]" % (b"{}," * (size // 3)),
        "lists in lists": b"[" * size,
        "members": b'[%s{"a":1}]' % (b'{"a":1},' * (size // 8)),
        "other names": b"{%s}" % b",".join(b'"%x":1' % number for number in range(size // 10)),
        "texts": b'["%s"]' % (b'","' * (size // 3)),
        "a wide text": b'{"a": "%s\xf0\x9f\x98\x80"}' % (b"x" * size),
        "escapes": b'{"a": "%s"}' % (b"\\u4e00" * (size // 6)),
        "a number": b"1" * size,
        "quotes": b'"\\' * (size // 2),
    }


OF_SERVERS: dict[str, Script] = {
    "a bomb": bomb,
    "a body without an end": endless,
    "headers without an end": headers_without_an_end,
}


def says_each(status: int, each: Mapping[str, bytes], form: bytes = b"%s") -> dict[str, Script]:
    return {name: says(status, form % body) for name, body in each.items()}


def config_of(body: bytes) -> Script:
    """Answer by an image whose config has these bytes."""
    digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
    manifest = json.dumps({"mediaType": MANIFESTS[0], "config": {"digest": digest}, "layers": []}).encode()

    def script(handler: BaseHTTPRequestHandler) -> None:
        is_config = "/blobs/" in handler.path
        says(200, body if is_config else manifest, Content_Type=MANIFESTS[0])(handler)

    return script


def pages_without_an_end(handler: BaseHTTPRequestHandler) -> None:
    number = len(handler.path)
    tags = json.dumps({"tags": [f"{number}.{tag}{'x' * 100}" for tag in range(50_000)]}).encode()
    says(200, tags, Link=f'</v2/a/tags/list?{"x" * number}>; rel="next"')(handler)


def labels() -> bytes:
    found = b",".join(b'"%x":"%s"' % (number, b"y" * 60) for number in range(90_000))
    return b'{"config": {"Labels": {%s}}}' % found


DOORS: dict[str, tuple[str, Callable[[], dict[str, Script]]]] = {
    "a manifest": (f"{REGISTRY}.labels({IMAGE})", lambda: {**OF_SERVERS, **says_each(200, bodies(4))}),
    "a config": (
        f"{REGISTRY}.labels({IMAGE})",
        lambda: {name: config_of(body) for name, body in {**bodies(8), "labels": labels()}.items()},
    ),
    "tags": (
        f"{REGISTRY}.tags({IMAGE})",
        lambda: {**OF_SERVERS, **says_each(200, bodies(7), b'{"tags": %s}'), "pages": pages_without_an_end},
    ),
    "GitHub": (GITHUB, lambda: {**OF_SERVERS, **says_each(200, bodies(11))}),
    "GitHub's refusal": (GITHUB, lambda: says_each(403, bodies(11))),
}


@pytest.mark.parametrize("door", DOORS)
def test_what_a_server_answers(scripted: Scripted, door: str) -> None:
    code, made = DOORS[door]
    rows = made()
    found = dict(zip(rows, peaks(code, *([scripted(row)] for row in rows.values())), strict=True))
    assert {row: peak for row, peak in found.items() if peak.megabytes >= MOST} == {}
    assert any("RegistryUnavailable" in peak.said or "GithubFailed" in peak.said for peak in found.values())


def test_a_layer_that_is_brought_from_another_registry(scripted: Scripted) -> None:
    layer = b"x" * MEGABYTE * 300
    digest = f"sha256:{hashlib.sha256(layer).hexdigest()}"
    upload = says(202, Location="/v2/a/blobs/uploads/1")

    def target(handler: BaseHTTPRequestHandler) -> None:
        done = says(201, Docker_Content_Digest=digest) if handler.command == "PUT" else says(404)
        (upload if handler.command in ("POST", "PATCH") else done)(handler)

    code = (
        "from ltf_ci.clients.registry.registry import Registry; from ltf_ci.model.image import Digest, ImageName; "
        "one, other = (ImageName.parse(f'{host}/a:1-1') for host in words[:2]); "
        "return Registry(tries=0).bring_blob(one, other, Digest.parse(words[2]))"
    )
    (peak,) = peaks(code, [scripted(says(200, layer)), scripted(target), digest])
    assert (peak.megabytes < MOST, peak.said) == (True, "None")


WIDE = "\N{PILE OF POO}" * 9


def json_at_its_bounds() -> dict[str, bytes]:
    """Return what a pull request may bring in place of a lock or dependents.json: worth more in memory than others."""
    lines = ",".join(f'"{number}{WIDE}": {{}}' for number in range(90_000))
    return {
        **{f"5 MB of {name}": body for name, body in bodies(5).items()},
        "entries": b"{%s}" % b",".join(b'"%x":{}' % number for number in range(90_000)),
        "members of one": b'{"a":{%s}}' % b",".join(b'"%x":0' % number for number in range(190_000)),
        "lines as ours": f"{{\n\n{lines}\n}}\n".encode(),
    }


def lists_at_their_bounds() -> dict[str, bytes]:
    return {
        "lines": b"?\n" * 25_000,
        "too many": b"?\n" * 25_001,
        "long lines": f"{WIDE * 4} {WIDE * 2}\n".encode() * 25_000,
        "one line": f"https://{WIDE}".encode() * 130_000,
        "addresses": b"".join(b"1234567@https://a/%d\n" % number for number in range(25_000)),
    }


OWN_FILES: dict[str, tuple[str, Callable[[], dict[str, bytes]]]] = {
    "lock": (
        "from ltf_ci.languages.lock import Lock; lock = Lock.parse(raw, 'f'); return len(str(lock)), lock.known()",
        json_at_its_bounds,
    ),
    "dependents.json": (
        (
            "from ltf_ci.languages.dependents import Dependents; from ltf_ci.fleet.rules.entries import findings; "
            "return len(list(findings(Dependents.read(raw, 'f'))))"
        ),
        json_at_its_bounds,
    ),
    "list": (
        (
            "from ltf_ci.languages.languages_list import LanguagesList; "
            "return len(LanguagesList('f', raw.decode()).every_line())"
        ),
        lists_at_their_bounds,
    ),
}


@pytest.mark.parametrize("kind", OWN_FILES)
def test_a_file_of_the_languages_repository(tmp_path: Path, kind: str) -> None:
    code, made = OWN_FILES[kind]
    rows = made()
    files = [tmp_path / str(number) for number in range(len(rows))]
    for file, body in zip(files, rows.values(), strict=True):
        file.write_bytes(body)
    read = f"from pathlib import Path; raw = Path(words[0]).read_bytes(); {code}"
    found = dict(zip(rows, peaks(read, *([str(file)] for file in files)), strict=True))
    assert {row: peak for row, peak in found.items() if peak.megabytes >= MOST} == {}
    assert any("BadInput" in peak.said for peak in found.values())


GIT = "from pathlib import Path; from ltf_ci.clients.git.repository import Git; "
URL = "from ltf_ci.model.repository_url import RepositoryUrl; url = RepositoryUrl.parse(words[0])"
REFS = f"{GIT}{URL}; return len(Git(Path('.')).remote_refs(url).commits)"
CLONE = (
    f"{GIT}{URL}; from ltf_ci.clients.git.cloner import Cloner; "
    "return Cloner.of(Git(Path('.'))).clone_ref(Path(words[1]), url, '1-1')"
)


CHECK = "from ltf_ci.cli import main; return main(['check', words[0]], {})"


def test_a_start_file_is_read_only_where_it_is_one(ltf: LtfRepository) -> None:
    """One that is too large, or is outside, is no other than the commit's: it is refused."""
    ltf.commit_more()
    large = ltf.directory / "start_point/hiker.sh"
    here = large.read_bytes()
    os.truncate(large, 900 * MEGABYTE)
    (peak,) = peaks(CHECK, [str(ltf.directory)])
    git(
        ltf.directory,
        "-c",
        "core.bigFileThreshold=1m",
        "-c",
        "core.compression=1",
        "commit",
        "--quiet",
        "-a",
        "-m",
        "Large",
    )
    large.write_bytes(here)
    (committed,) = peaks(CHECK, [str(ltf.directory)])
    os.truncate(large, 900 * MEGABYTE)
    large = large.rename(ltf.directory.parent / "outside")
    (ltf.directory / "start_point/hiker.sh").symlink_to(large)
    (ltf.directory / "start_point/.gitattributes").symlink_to(large)
    (outside,) = peaks(CHECK, [str(ltf.directory)])
    assert (peak.said, committed.said, outside.said) == ("1", "0", "1")
    assert max(each.megabytes for each in (peak, committed, outside)) < MOST


def test_a_million_refs(ltf: LtfRepository) -> None:
    commit = ltf.commit_more()
    refs = "".join(f"{commit} refs/tags/{number}\n" for number in range(1_000_000))
    (ltf.directory / ".git/packed-refs").write_text(f"# pack-refs with: peeled fully-peeled sorted \n{refs}")
    (peak,) = peaks(REFS, [str(ltf.directory)])
    assert peak.megabytes < MOST
    assert "received too much" in peak.said


def test_a_small_repository_of_many_files_and_one_that_is_large(ltf: LtfRepository, tmp_path: Path) -> None:
    """A tree whose entries are one tree, and so on, above one blob of zeros: 42 KB to fetch, gigabytes to write."""
    (ltf.directory / "zeros").write_bytes(bytes(8 * MEGABYTE))
    commit = ltf.commit("Zeros")
    git(ltf.directory, "tag", "1-1")
    git(ltf.directory, "config", "uploadpack.allowFilter", "true")
    blob = git(ltf.directory, "rev-parse", f"{commit}:zeros")
    made = tmp_path / "made"
    for kind in ("100644 blob", "040000 tree", "040000 tree"):
        entries = "".join(f"{kind} {blob}\t{number:03}\n" for number in range(32))
        made.write_text(entries)
        with made.open() as file:
            made_tree = run(["git", "mktree"], cwd=ltf.directory, stdin=file, capture_output=True, check=True)
        blob = made_tree.stdout.decode().strip()
    git(ltf.directory, "tag", "--force", "1-1", git(ltf.directory, "commit-tree", "-m", "Many", blob))
    (tmp_path / "clone").mkdir()
    (peak,) = peaks(CLONE, [f"file://{ltf.directory}", str(tmp_path / "clone")])
    assert peak.megabytes < MOST
    assert "received too much" in peak.said or "more than" in peak.said
