"""How git is let in."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from ltf_ci.clients.git import Git, login_of
from ltf_ci.errors import GitFailed
from ltf_ci.model.secret import Secret
from tests.support.repositories import LtfRepository


def header(folder: Path, url: str) -> str:
    """Ask git itself what it would send."""
    login = login_of("https://github.com/", Secret("ghs_token"))
    return Git(folder, login).ask("config", "--get-urlmatch", "http.extraHeader", url).strip()


def test_the_token_is_for_one_server_alone(ltf: LtfRepository) -> None:
    basic = base64.b64encode(b"x-access-token:ghs_token").decode()
    assert header(ltf.directory, "https://github.com/a/b.git") == f"Authorization: Basic {basic}"
    for other in ("https://github.com.example.org/a/b", "https://example.org/github.com", "http://github.com/a/b"):
        with pytest.raises(GitFailed):
            header(ltf.directory, other)
