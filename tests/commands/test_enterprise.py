"""A GitHub Enterprise Server's repository by any spelling of its address: one line, one entry, one pull request."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.listing import LIST, LOCK, NAME, Bumper
from tests.support.repositories import git

pytestmark = pytest.mark.machine

OWNER = "cyber-dojo-start-points"
SPELLINGS = {  # GITHUB_SERVER_URL, origin, the languages repository, the list's addresses
    "ssh": (
        "https://GHE.corp:443/",
        f"ssh://git@ghe.corp:2222/{OWNER}/Python-Unittest.git",
        f"https://ghe.corp/{NAME}.git",
        f"https://ghe.corp/{OWNER}",
    ),
    "port": (
        "https://ghe.corp:8443",
        f"org-7@GHE.corp:{OWNER}/python-unittest",
        f"git@ghe.corp:{NAME}",
        f"https://GHE.corp:8443/{OWNER.upper()}",
    ),
    "path": (
        "https://proxy.corp/ghe/",
        f"https://PROXY.corp:443/ghe/{OWNER}/python-unittest.git/",
        f"https://proxy.corp/GHE/{NAME}/",
        f"https://proxy.corp/Ghe/{OWNER}",
    ),
    "ghe.com": (
        "https://Company.GHE.com",
        f"company@company.ghe.com:{OWNER}/python-unittest.git",
        NAME,
        f"https://company.ghe.com/{OWNER}",
    ),
}


@pytest.mark.parametrize(("server", "origin", "languages", "listed"), SPELLINGS.values(), ids=SPELLINGS)
def test_it_is_one_repository_for_bump_and_list_check(
    server: str, origin: str, languages: str, listed: str, bumper: Bumper, tmp_path: Path
) -> None:
    text = bumper.listed.replace(f"https://github.com/{OWNER}", listed)
    bumper.hosted.push({LIST: text})
    git(bumper.ltf.directory, "remote", "set-url", "origin", origin)
    git(bumper.ltf.directory, "config", "--global", f"url.{bumper.ltf.directory}.insteadOf", origin)
    environ = {"GITHUB_SERVER_URL": server}

    def bumped() -> str:
        enterprise = f"{bumper.github.api}/api/v3"
        result = bumper.bump("3.7.4-2", "--languages", languages, api=enterprise, more=environ)
        assert result.code == 0, result
        return result.conclusion

    assert bumped() == "done"
    (pull,) = bumper.hosted.pulls
    new = bumper.hosted.read(LIST, pull.head)
    assert new == text.replace("python-unittest?tag=3.7.4-1", "python-unittest?tag=3.7.4-2")
    assert f'"{listed}/python-unittest?tag=3.7.4-2"' in bumper.hosted.read(LOCK, pull.head)
    assert bumped() == "nothing-to-do"

    line = f"{listed}/python-unittest"
    git(bumper.ltf.directory, "config", "--global", "--add", f"url.{bumper.ltf.directory}.insteadOf", line)
    place = tmp_path / LIST
    place.write_text(f"{line}?tag=3.7.4-2\n{listed.lower()}/Python-Unittest.git?tag=3.7.4-2\n")
    checked = bumper.run("list", "check", str(place), environ={"LTF_CI_FORMAT": "json", **environ})
    assert "list-repeated" in checked.rules
