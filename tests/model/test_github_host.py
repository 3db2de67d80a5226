"""The GitHub that a run works with, by what its environment says."""

from __future__ import annotations

import pytest

from ltf_ci.errors import UsageError
from ltf_ci.model.github_host import AT_GITHUB, GithubHost
from ltf_ci.model.repository_place import LanguagesPlace
from ltf_ci.model.repository_url import RepositoryUrl

GHES, OF_COMPANY = "https://ghes.example", "https://company.ghe.com"


@pytest.mark.parametrize(
    ("server", "api", "address", "its_api"),
    [
        ("", "", "https://github.com", "https://api.github.com"),
        ("https://github.com", "https://api.github.com", "https://github.com", "https://api.github.com"),
        (GHES, "", GHES, f"{GHES}/api/v3"),
        (f"{GHES}/", "", GHES, f"{GHES}/api/v3"),
        ("", f"{GHES}/api/v3", GHES, f"{GHES}/api/v3"),
        ("", f"{GHES}:8443/api/v3/", f"{GHES}:8443", f"{GHES}:8443/api/v3"),
        ("https://GHES.Example:443//", "", GHES, f"{GHES}/api/v3"),
        ("", "https://API.github.com", "https://github.com", "https://api.github.com"),
        ("", "https://API.Company.GHE.com:443/", OF_COMPANY, "https://api.company.ghe.com"),
        ("https://GitHub.com/", "", "https://github.com", "https://api.github.com"),
        ("https://www.github.com", "", "https://github.com", "https://api.github.com"),
        (f"{GHES}./ghe/", "", f"{GHES}/ghe", f"{GHES}/ghe/api/v3"),
        ("", f"{GHES}/ghe/api/v3", f"{GHES}/ghe", f"{GHES}/ghe/api/v3"),
        (OF_COMPANY, "", OF_COMPANY, "https://api.company.ghe.com"),
        ("", "https://api.company.ghe.com", OF_COMPANY, "https://api.company.ghe.com"),
        ("", "http://127.0.0.1:5", "https://github.com", "http://127.0.0.1:5"),  # a proxy before github.com's
    ],
)
def test_one_of_the_two_says_the_other(server: str, api: str, address: str, its_api: str) -> None:
    assert GithubHost.of(server, api) == GithubHost(address, its_api)


@pytest.mark.parametrize(
    ("url", "github", "name"),
    [
        ("https://github.com/O/N.git", AT_GITHUB, "O/N"),
        ("https://www.github.com/O/N", AT_GITHUB, "O/N"),
        ("git@ghes.example:O/N.git", AT_GITHUB, ""),
        ("https://ghes.example/O/N", GithubHost.of(GHES, ""), "O/N"),
        ("https://GHES.example/O/N/", GithubHost.of(GHES, ""), "O/N"),
        ("git@ghes.example:O/N.git", GithubHost.of(GHES, ""), "O/N"),
        ("https://github.com/O/N", GithubHost.of(GHES, ""), ""),
        ("https://ghes.example:8443/O/N", GithubHost.of("", f"{GHES}:8443/api/v3"), "O/N"),
        ("https://ghes.example/O/N/more", GithubHost.of(GHES, ""), ""),
        ("../O/N", AT_GITHUB, ""),
        ("ssh://git@ghes.example:2222/O/N.git", GithubHost.of(GHES, ""), "O/N"),
        ("git@ghes.example:O/N.git", GithubHost.of(f"{GHES}:8443", ""), "O/N"),
        ("https://ghes.example/O/N", GithubHost.of(f"{GHES}:8443", ""), ""),
        ("https://ghes.example/O/N", GithubHost.of("https://GHES.example:443/", ""), "O/N"),
        ("https://ghes.example/Ghe/O/N.git", GithubHost.of(f"{GHES}/ghe", ""), "O/N"),
        ("git@ghes.example:O/N", GithubHost.of(f"{GHES}/ghe", ""), "O/N"),
        ("https://ghes.example/O/N", GithubHost.of(f"{GHES}/ghe", ""), ""),
        ("https://ghes.example/ghes/O/N", GithubHost.of(f"{GHES}/ghe", ""), ""),
        ("org@company.ghe.com:O/N", GithubHost.of(OF_COMPANY, ""), "O/N"),
        ("https://company.ghe.com/O/N", AT_GITHUB, ""),
    ],
)
def test_a_repository_is_here_or_elsewhere(url: str, github: GithubHost, name: str) -> None:
    found = RepositoryUrl.parse(url)
    assert github.name_of(found) == name
    assert str(github.public(found)) == (f"{github.address}/{name}" if name else str(found.public))


def test_its_pages_and_addresses_are_its_own() -> None:
    github = GithubHost.of(GHES, "")
    assert GithubHost.of(f"{GHES}:8443/ghe/", "").site == f"{GHES}:8443"
    assert github.secrets_page("o/n") == "https://ghes.example/o/n/settings/secrets/actions"
    assert str(LanguagesPlace.parse("o/n").address_at(github)) == "https://ghes.example/o/n"
    assert str(LanguagesPlace.parse("https://x.example/o/n").address_at(github)) == "https://x.example/o/n"


@pytest.mark.parametrize("variable", ["GITHUB_SERVER_URL", "GITHUB_API_URL"])
@pytest.mark.parametrize(
    "text",
    ["api.github.com", "ftp://x", "https://", "https:///x", "https://x y", "https://[::1", "https://a:b@x", " "],
)
def test_what_is_no_address_is_told_by_its_variable(variable: str, text: str) -> None:
    with pytest.raises(UsageError, match=f"{variable} is") as told:
        GithubHost.of(*((text, "") if variable == "GITHUB_SERVER_URL" else ("", text)))
    assert "a:b" not in told.value.found
