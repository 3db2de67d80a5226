"""What git says of a repository, its tags and its remotes."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

import pytest

from ltf_ci.clients.git.cloner import Cloner
from ltf_ci.clients.git.repository import Git
from ltf_ci.errors import GitFailed
from tests.support.repositories import LtfRepository, init


def sign_by(key: Path, client: Git) -> None:
    """Have what is to be signed signed by a new key."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    client.run("config", "gpg.format", "ssh")
    client.run("config", "user.signingKey", f"{key}.pub")


def test_a_server_that_says_nothing_is_not_waited_for_for_ever(
    ltf: LtfRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "http")
    monkeypatch.setenv("GIT_HTTP_LOW_SPEED_TIME", "1")  # second: git takes it in place of ours
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(GitFailed, match="too slow"):
        Git(ltf.directory).remote_tags(f"http://127.0.0.1:{server.getsockname()[1]}/x")


def test_a_clone_calls_where_it_comes_from_origin(ltf: LtfRepository, tmp_path: Path) -> None:
    client = Git(ltf.directory)
    client.run("config", "--global", "clone.defaultRemoteName", "upstream")
    client.run("remote", "add", "origin", str(ltf.directory))
    assert Cloner.of(client).clone_origin(tmp_path / "clone").branch_at_origin(client.branch() or "") == client.head()


def test_a_signed_commits_time_is_that_alone(ltf: LtfRepository, tmp_path: Path) -> None:
    client = Git(ltf.directory)
    sign_by(tmp_path / "key", client)
    client.run("commit", "--quiet", "--allow-empty", "--gpg-sign", "--message", "Signed")
    client.run("config", "log.showSignature", "true")
    assert client.commit_time(client.head()).startswith("20")


def test_a_tag_says_its_request_signed_or_not(ltf: LtfRepository, tmp_path: Path) -> None:
    client = Git(ltf.directory)
    sign_by(tmp_path / "key", client)
    said = {"1-1": "Release 1-1\n\nReason: X: no\n\nX: a\n", "1-2": "Release 1-2\n\nX: b\n", "1-3": "X: no\n"}
    for tag, message in said.items():
        client.tag(tag, message)
    client.run("config", "tag.gpgSign", "true")
    client.tag("2-1", "Release 2-1\n\nReason: X: no\n\nX: c\n")
    client.run("tag", "--no-sign", "2-2")
    assert "BEGIN SSH SIGNATURE" in client.run("cat-file", "tag", "2-1")
    assert client.tag_trailers("X") == {"1-1": "a", "1-2": "b", "1-3": "", "2-1": "c", "2-2": ""}


def test_workflows_come_before_other_cis_and_links_not_at_all(ltf: LtfRepository) -> None:
    for path in (".travis.yml", ".github/workflows/b.yml", ".github/workflows/a.yaml", ".github/workflows/x/c.yml"):
        (ltf.directory / path).parent.mkdir(parents=True, exist_ok=True)
        ltf.write(path, "on: push\n")
    (ltf.directory / ".github/workflows/link.yml").symlink_to("a.yaml")
    ltf.write(".github/workflows/README.md", "x")
    ltf.commit("Workflows")
    found = Git(ltf.directory).ci_paths("HEAD")
    assert found == (".github/workflows/a.yaml", ".github/workflows/b.yml", ".travis.yml")


@pytest.mark.parametrize("name", ["plain", "a line\nin it"])
def test_it_knows_its_place(tmp_path: Path, name: str) -> None:
    top = tmp_path / name
    (top / "sub/folder").mkdir(parents=True)
    init(top)
    inside = Git(top / "sub/folder")
    assert (inside.top(), inside.prefix(), inside.common_folder()) == (top, "sub/folder/", top / ".git")
    assert (Git(top).top(), Git(top).prefix(), Git(top).common_folder()) == (top, "", top / ".git")
