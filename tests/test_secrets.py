"""Passwords and secrets stand in nothing that is printed, pushed, left behind, or among a process's words."""

from __future__ import annotations

import base64
import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.registry import PASSWORD, USERNAME
from ltf_ci.cli import main
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.options.output import Format
from tests.support.publishing import Publisher, environ_of
from tests.support.repositories import git
from tests.support.watching import watched_processes

BUILD_SECRET, TOKEN, ORIGIN = "value-of-the-build-secret", "ghp_token-of-the-tests", "password-in-origin"
SECRETS = [PASSWORD, BUILD_SECRET, TOKEN, ORIGIN]
HIDDEN = [
    spelt
    for secret in SECRETS
    for plain in (secret.encode(), f"{USERNAME}:{secret}".encode())
    for spelt in (plain, base64.b64encode(plain).rstrip(b"="))
]
RUN = f"RUN --mount=type=secret,id=x X=$(cat /run/secrets/x); [ ${{#X}} = {len(BUILD_SECRET)} ]"
pytestmark = pytest.mark.machine


def shown(content: bytes) -> list[bytes]:
    return [secret for secret in HIDDEN if secret in content]


@pytest.fixture
def secretive(publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> Publisher:
    """Return a repository whose build reads a secret, and whose origin has a password."""
    monkeypatch.setenv("THE_SECRET", BUILD_SECRET)
    publisher.ltf.write("docker/Dockerfile", f"FROM {publisher.base}\nCOPY Dockerfile /\n{RUN}\n")
    origin = git(publisher.ltf.directory, "remote", "get-url", "origin")
    git(publisher.ltf.directory, "config", "--unset", "remote.origin.url")
    with (publisher.ltf.directory / ".git/config").open("a") as config:  # not by git: its words could be seen
        url = f"https://{USERNAME}:{ORIGIN}@example.org/a/b.git"
        config.write(f'[remote "origin"]\nurl = {url}\n[url "{origin}"]\ninsteadOf = {url}\n')
    publisher.tagged("3.7.4-1")
    return publisher


def everything(publisher: Publisher, image: ImageName) -> Iterator[bytes]:
    """Return all bytes that belong to an image: index, manifests, configs, layers, attestations."""
    manifest = publisher.registry.manifest(image)
    yield manifest.content
    for child in manifest.data.get("manifests", []):
        yield from everything(publisher, image.at(Digest.parse(child["digest"])))
    for blob in [manifest.data.get("config"), *manifest.data.get("layers", [])]:
        content = publisher.registry.blob(image, Digest.parse(blob["digest"])) if blob else b""
        yield gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content


@pytest.mark.parametrize("form", list(Format))
@pytest.mark.parametrize("by_buildkit", ["", "--provenance"])
def test_no_secret_is_seen(
    secretive: Publisher,
    builder: str,
    capsys: pytest.CaptureFixture[str],
    scratch: Path,
    form: Format,
    by_buildkit: str,
) -> None:
    words = ["--builder", builder, by_buildkit] if by_buildkit else []
    environ = {**environ_of(secretive.host), "LTF_CI_TOKEN": TOKEN, "LTF_CI_FORMAT": form}
    environ |= {name: str(scratch.parent / name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    with watched_processes() as seen:
        code = main(["publish", str(secretive.ltf.directory), "--secret", "id=x,env=THE_SECRET", *words], environ)
    said = capsys.readouterr()
    assert code == 0, said.out
    assert any(b" build " in line and b"id=x,env=THE_SECRET" in line for line in seen)
    assert shown(b"\n".join(seen)) == []
    assert shown((said.out + said.err).encode()) == []
    assert shown(b"".join(Path(environ[name]).read_bytes() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"))) == []
    pushed = b"".join(everything(secretive, secretive.image.tagged("3.7.4-1")))
    assert (shown(pushed), b"id=x" in pushed) == ([], True)
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("form", list(Format))
@pytest.mark.parametrize("line", ["RUN false", "COPY not-there /"])
def test_no_secret_is_seen_where_it_fails(
    secretive: Publisher, capsys: pytest.CaptureFixture[str], scratch: Path, form: Format, line: str
) -> None:
    secretive.ltf.write("docker/Dockerfile", f"FROM {secretive.base}\n{RUN}\n{line}\n")
    secretive.tagged("3.7.4-1")
    environ = {**environ_of(secretive.host), "LTF_CI_TOKEN": TOKEN, "LTF_CI_FORMAT": form}
    words = ["publish", str(secretive.ltf.directory), "--secret", "id=x,env=THE_SECRET"]
    codes = [main(words, environ), main([*words[:-1], f"id=x,{BUILD_SECRET}"], environ), main(words[:-2], environ)]
    said = capsys.readouterr()
    assert codes == [7, 2, 7], said.out
    assert shown((said.out + said.err).encode()) == []
    assert list(scratch.iterdir()) == []


def test_what_docker_s_login_keeps_is_not_changed(secretive: Publisher) -> None:
    file = Path(os.environ["DOCKER_CONFIG"]) / "config.json"
    before = json.loads(file.read_text())
    assert secretive.publish("--secret", "id=x,env=THE_SECRET")[0] == 0
    assert json.loads(file.read_text()) == before
