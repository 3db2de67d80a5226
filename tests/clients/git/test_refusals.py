"""What git's refusals mean: which error, and what to do where git's own words do not say it."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from ltf_ci.clients.git.program import GitProgram
from ltf_ci.clients.git.repository import Git
from ltf_ci.clients.process import Finished
from ltf_ci.errors import AccessDenied, GitFailed, LtfError, NoRepository
from tests.support.repositories import LtfRepository, git

BY_SSH = "fatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\n"
LOOK = "git ls-remote origin"


def refused(*words: str, printed: str) -> LtfError:
    return GitProgram(Path()).failure(words, Finished(128, b"", printed.encode()))


@pytest.mark.parametrize(
    ("said", "cure"),
    [
        ("git@github.com: Permission denied (publickey).", LOOK),
        ("ERROR: Permission to o/r.git denied to somebody.", LOOK),
        ("ERROR: Permission to o/r.git denied to deploy key", LOOK),
        ("ERROR: The key you are authenticating with has been marked as read only.", LOOK),
        ("ERROR: Repository not found.", LOOK),
        ("remote: Repository not found.", LOOK),
        ("ERROR: The `o' organization has enabled or enforced SAML SSO.", LOOK),
        ("ERROR: You're using an RSA key with SHA-1, which is no longer allowed.", LOOK),
        ("Host key verification failed.", "known_hosts"),
        ("sign_and_send_pubkey: signing failed for ED25519: agent refused operation", "user.signingKey"),
        ("remote: Write access to repository not granted.\nfatal: The requested URL returned error: 403", LOOK),
        ("fatal: could not read Username for 'https://github.com': terminal prompts disabled", LOOK),
        ("fatal: unable to get password from user", LOOK),
    ],
)
def test_a_login_that_is_missing_or_refused_is_access_denied(said: str, cure: str) -> None:
    error = refused("push", "origin", printed=f"{said}\n{BY_SSH}")
    assert (type(error), cure in error.cure) == (AccessDenied, True)


@pytest.mark.parametrize(
    ("said", "cure"),
    [
        ("fatal: cannot run /x/gpg: No such file or directory\nerror: gpg failed to sign the data", "gpg.program"),
        ("error: gpg failed to sign the data\nerror: unable to sign the tag", "gpg.program"),
        ("error: Couldn't load public key /x/id.pub: No such file or directory?", "user.signingKey"),
        ("fatal: either user.signingkey or gpg.ssh.defaultKeyCommand needs to be configured", "user.signingKey"),
        ("Author identity unknown\n\n*** Please tell me who you are.", "git config user.name"),
        ("fatal: the receiving end does not support --signed push", "push.gpgSign"),
        ("fatal: the receiving end does not support push options", "push.pushOption"),
        ("fatal: --mirror can't be combined with refspecs", "remote.origin.mirror"),
        ("fatal: bad config line 6 in file /home/x/.gitconfig", "--show-origin"),
        ("error: bogus count in GIT_CONFIG_COUNT\nfatal: unable to parse command-line config", "GIT_CONFIG_COUNT"),
        ("fatal: unknown repository extension found:\n\trefstorage", "newer git"),
        ("fatal: Expected git repo version <= 1, found 2", "newer git"),
        ("fatal: LF would be replaced by CRLF in start_point/manifest.json", "--renormalize"),
        ("fatal: Unable to create '/x/.git/index.lock': File exists.", "wait until the other git"),
        ("fatal: unable to access 'https://x/': SSL certificate problem: self-signed certificate", "sslCAInfo"),
        ("fatal: unable to access 'https://x/': server certificate verification failed. CAfile: none", "sslCAInfo"),
        ("fatal: transport 'file' not allowed", "protocol.allow"),
        ("fatal: repository 'https://github.com/o/certificate/' not found", ""),
        ("error: something that nobody knows", ""),
    ],
)
def test_what_stays_until_somebody_changes_it_has_its_own_cure(said: str, cure: str) -> None:
    error = refused("commit", printed=said)
    assert (type(error), cure in error.cure, bool(error.cure)) == (GitFailed, True, bool(cure))


def test_a_trace_is_in_no_message_and_has_no_token(ltf: LtfRepository, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    asking = Git(ltf.directory, log=said.append)
    for name in ("GIT_TRACE", "GIT_TRACE2", "GIT_TRACE_PACKET", "GIT_TRACE_SETUP"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("GIT_TRACE_REDACT", "0")
    with pytest.raises(GitFailed) as traced:
        asking.remote_tags("file:///nowhere")
    assert not re.search(r"(?m)^[0-9]{2}:[0-9]{2}:", traced.value.found.partition(": ")[2])
    git(ltf.directory, "init", "--quiet", "--bare", "../origin")
    git(ltf.directory, "remote", "add", "origin", "../origin")
    ltf.tag("1-1")
    asking.push("main", "1-1")
    assert said == []
    git(ltf.directory, "config", "alias.seen", "!echo $GIT_TRACE_REDACT")
    assert asking.run("seen").strip() == "1"


def worktree_of_a_moved(ltf: LtfRepository) -> Path:
    git(ltf.directory, "worktree", "add", "--quiet", "-b", "other", "../other")
    ltf.directory.rename(ltf.directory.parent / "moved")
    return ltf.directory.parent / "other"


def worktree_that_was_pruned(ltf: LtfRepository) -> Path:
    git(ltf.directory, "worktree", "add", "--quiet", "-b", "other", "../other")
    shutil.rmtree(ltf.directory / ".git/worktrees/other")
    return ltf.directory.parent / "other"


def submodule_without_its_folder(ltf: LtfRepository) -> Path:
    shutil.rmtree(ltf.directory / ".git")
    (ltf.directory / ".git").write_text("gitdir: ../nowhere\n")
    return ltf.directory


@pytest.mark.parametrize("make", [worktree_of_a_moved, worktree_that_was_pruned, submodule_without_its_folder])
def test_a_file_that_leads_to_no_repository_is_told_as_that(ltf: LtfRepository, make: object) -> None:
    folder = make(ltf)  # type: ignore[operator]
    for ask in (Git(folder).head, Git(folder).branch):
        with pytest.raises(GitFailed) as raised:
            ask()
        assert "git worktree repair" in raised.value.cure


def test_a_link_that_leads_nowhere_is_no_folder_without_a_repository(ltf: LtfRepository) -> None:
    shutil.rmtree(ltf.directory / ".git")
    (ltf.directory / ".git").symlink_to("nowhere")
    with pytest.raises(GitFailed) as raised:
        Git(ltf.directory).head()
    assert not isinstance(raised.value, NoRepository)
    assert os.path.lexists(ltf.directory / ".git")
