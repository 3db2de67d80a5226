"""What a throw-away clone takes over of the user's configuration, as git itself then reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ltf_ci.clients.git import settings
from tests.support.repositories import git

KEY = "keys/id.pub"


def read(tmp_path: Path, listed: dict[str, str]) -> dict[str, str]:
    """Return what git reads in the file that a clone takes over, of a configuration with these lines."""
    (tmp_path / "keys").mkdir(exist_ok=True)
    (tmp_path / KEY).touch()
    text = settings.carried("".join(f"{key}\n{value}\0" for key, value in listed.items()), lambda: tmp_path)
    (tmp_path / "config").write_text(text)
    lines = git(tmp_path, "config", "--file", "config", "--list", "--null").split("\0")
    return dict(line.partition("\n")[::2] for line in lines if line)


@pytest.mark.parametrize(
    "key",
    [
        *("user.name", "author.email", "committer.name", "user.useconfigonly", "commit.gpgsign", "tag.gpgsign"),
        *("gpg.format", "gpg.x509.program", "gpg.ssh.defaultkeycommand", "push.gpgsign", "credential.helper"),
        *("credential.https://x.username", "http.proxy", "http.https://x/.sslverify", "core.sshcommand", "ssh.variant"),
        *("url.https://x/.insteadof", "url.git@x:.pushinsteadof", "protocol.file.allow", "remote.origin.pushurl"),
    ],
)
def test_identity_signing_and_access_go_with_it(tmp_path: Path, key: str) -> None:
    value = 'a "b" \\ c\td;#'
    assert read(tmp_path, {key: value})[key] == value


@pytest.mark.parametrize("key", ["core.autocrlf", "core.hookspath", "init.templatedir", "remote.origin.mirror", "x.y"])
def test_nothing_else_goes_with_it(tmp_path: Path, key: str) -> None:
    assert key not in read(tmp_path, {key: "x"})


def test_programs_of_the_user_are_off_whatever_their_names(tmp_path: Path) -> None:
    listed = {
        "filter.lfs.process": "x",
        "filter.a=b c.clean": "x",
        "hook.lint.command": "x",
        "hook.lint.event": "pre-commit",
        'hook.a=b "c".command': "x",
    }
    off = {"smudge": "", "clean": "", "process": "", "required": "false"}
    found = read(tmp_path, listed)
    assert {key: value for key, value in found.items() if key.startswith(("filter.", "hook."))} == {
        **{f"filter.{name}.{key}": value for name in ("lfs", "a=b c") for key, value in off.items()},
        "hook.lint.enabled": "false",
        'hook.a=b "c".enabled': "false",
    }


@pytest.mark.parametrize(
    "key", ["user.signingkey", "gpg.ssh.allowedsignersfile", "gpg.program", "http.sslcert", "http.https://x/.sslcainfo"]
)
def test_a_path_that_begins_in_the_folder_leads_there_still(tmp_path: Path, key: str) -> None:
    for given, kept in {
        KEY: str(tmp_path / KEY),
        "/x/id.pub": "/x/id.pub",
        "~/id.pub": "~/id.pub",
        "ABCD1234": "ABCD1234",
        "key::ssh-ed25519 AAAA": "key::ssh-ed25519 AAAA",
    }.items():
        assert read(tmp_path, {key: given})[key] == kept
    assert read(tmp_path, {"user.name": "keys"})["user.name"] == "keys"
