"""A folder as actions/checkout leaves it: shallow, its tag not annotated any more, its token in an included file."""

from __future__ import annotations

from pathlib import Path

import pytest

from ltf_ci.cli import main
from ltf_ci.clients.git.repository import Git
from ltf_ci.errors import Refused
from ltf_ci.model.commit import Commit
from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.publish.origin import expect_at_origin, tags_at_origin
from tests.support.gits import Gate, guarded
from tests.support.repositories import LtfRepository, git

TAG = "3.7.4-18"
SHALLOW = ("--no-tags", "--prune", "--no-recurse-submodules", "--depth=1")


def checked_out(origin: str, commit: str, folder: Path, *words: str) -> Path:
    """Check the tag out by the calls that actions/checkout makes."""
    folder.mkdir()
    git(folder, "init", "--quiet")
    git(folder, "remote", "add", "origin", origin)
    git(folder, "config", "--local", "gc.auto", "0")
    if not words:
        git(folder, "fetch", "--quiet", "origin", "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*")
    git(folder, "-c", "protocol.version=2", "fetch", "--quiet", *words, "origin", f"+{commit}:refs/tags/{TAG}")
    git(folder, "checkout", "--quiet", "--force", f"refs/tags/{TAG}")
    return folder


@pytest.mark.usefixtures("each_git")
@pytest.mark.parametrize("words", [SHALLOW, ()], ids=["depth 1", "all"])
def test_it_is_checked_and_its_tag_is_at_origin(
    ltf: LtfRepository, tmp_path: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    ltf.tag(TAG)
    commit = git(ltf.directory, "rev-parse", "HEAD")
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "file:http")
    with guarded(ltf.directory.parent, Gate()) as server:
        origin = f"{server.url}/{ltf.directory.name}"
        secret = tmp_path / "credentials.config"
        secret.write_text(f'[http "{server.url}/"]\n\textraheader = AUTHORIZATION: basic eDp5\n')
        git(tmp_path, "config", "--global", "include.path", str(secret))
        here = checked_out(origin, commit, tmp_path / "here", *words)
        git(tmp_path, "config", "--global", "--unset", "include.path")
        git(here, "config", "--local", f"includeIf.gitdir:{here}/.git.path", str(secret))  # as v6 and newer do
        client = Git(here)
        assert git(here, "cat-file", "-t", TAG) == "commit"
        assert client.tags_at_head() == (TAG,)
        assert main(["check", str(here), "--tag", TAG], {}) == 0
        expect_at_origin(ReleaseTag.parse(TAG), Commit.parse(commit), tags_at_origin(client), client)
        assert {tuple(each) for each in server.gate.seen if each} == {("basic eDp5",)}
        git(ltf.directory, "commit", "--quiet", "--allow-empty", "--message", "Later")
        git(ltf.directory, "tag", "--force", "--annotate", "--message", "moved", TAG)
        server.answer.cache_clear()  # type: ignore[attr-defined]
        with pytest.raises(Refused, match="at origin"):
            expect_at_origin(ReleaseTag.parse(TAG), Commit.parse(commit), tags_at_origin(client), client)
