"""One repository, one key: its spellings, and the address that others can use."""

from __future__ import annotations

import pytest

from ltf_ci.errors import BadInput
from ltf_ci.languages.languages_list import LanguagesList, ListEntry
from ltf_ci.languages.lock import Lock
from ltf_ci.model.repository_url import RepositoryUrl

PUBLIC, AT = "https://github.com/O/N", "https://github.com"


@pytest.mark.parametrize(
    "text",
    [
        PUBLIC,
        "https://github.com/O/N.git",
        "https://github.com/O/N/",
        "https://GitHub.com/O/N.git/",
        "https://www.github.com/O/N",
        "https://github.com./O/N",
        "https://github.com:443/O/N",
        "git@github.com:O/N.git",
        "github.com:O/N.git",
        "ssh://git@github.com/O/N",
        "ssh://git@github.com:22/O/N.git",
        "ssh://git@ssh.github.com:443/O/N.git",
        "git://github.com:9418/O/N",
        "git@github.com:/O/N.git",
        "org-1234@github.com:O/N.git",
        "git@ssh.github.com:O/N",
        "ssh://git@github.com:/O/N",
        "ssh://git@github.com:0022/O/N",
        "git+ssh://git@github.com/O/N",
        "ssh+git://github.com:22/O/N",
    ],
)
def test_every_spelling_of_a_repository_at_github_is_one(text: str) -> None:
    url = RepositoryUrl.parse(text)
    assert (url.key, url.name_at(AT), str(url.public), url.host) == (
        "github.com/o/n",
        "O/N",
        PUBLIC,
        "github.com",
    )


HERE, ENTERPRISE = "https://git.example/O/N", "https://ghe.corp/O/N"
SAME = [
    (HERE, "https://GIT.example/o/n"),
    (HERE, "https://git.example./O/n.git/"),
    (HERE, "https://git.example:443/O/N"),
    (HERE, "http://git.example/O/N"),
    (HERE, "https://git.example/O/%4e"),
    (HERE, "https://git.example/x/../O//./N"),
    (ENTERPRISE, "git@ghe.corp:o/n.git"),
    (ENTERPRISE, "ssh://git@GHE.corp:2222/O/N.git"),
    (ENTERPRISE, "git+ssh://org-7@ghe.corp:22/O/N"),
    (ENTERPRISE, "ghe.corp:/O/n"),
    ("https://company.ghe.com/O/N", "company@company.ghe.com:o/n.git"),
    ("https://git.example/O/a%2fb", "https://git.example/o/A%2FB"),
    ("https://git.example/O/caf%C3%A9", "https://git.example/O/caf%c3%a9"),
    ("/srv/git/N", "/srv/git//x/../N.git/"),
    ("/srv/git/N", "file:///srv/git/%4E.git"),
    ("../N", ".././N.git"),
    ("a/N", "./a//N.git"),
]
NOT_THE_SAME = [
    (HERE, "https://git.example/O/N2"),
    (HERE, "https://git.example/P/N"),
    (HERE, "https://git.example/N"),
    (HERE, "https://www.git.example/O/N"),
    (HERE, "https://git.example:8443/O/N"),
    (HERE, "http://git.example:443/O/N"),
    (HERE, "https://git.example/ghe/O/N"),
    (ENTERPRISE, "https://github.com/O/N"),
    (ENTERPRISE, "https://ghe.corp.example/O/N"),
    ("https://git.example/O/a%2Fb", "https://git.example/O/a/b"),
    ("https://git.example/O/a%25", "https://git.example/O/a%2525"),
    ("https://git.example/O/%FE", "https://git.example/O/%FF"),
    ("https://git.example/O/caf%C3%A9", "https://git.example/O/cafe%CC%81"),
    ("https://git.example/O/n%0A", "https://git.example/O/n"),
    ("/srv/git/N", "/srv/git/n"),
    ("/srv/git/N", "https://srv/git/N"),
    ("/srv/git/caf\u00e9", "/srv/git/cafe\u0301"),
    ("../N", "N"),
    ("https://git.example/o/n", "file://git.example/o/n"),
    ("https://git.example/o/n", "git.example/o/n"),
    ("https://git.example/o/n", "./git.example/o/n"),
]


@pytest.mark.parametrize(("one", "other"), [*SAME, *[pair[::-1] for pair in SAME]])
def test_spellings_of_one_repository_are_one_in_every_file(one: str, other: str) -> None:
    listed, entry = LanguagesList("list", f"{other}?tag=1.0-1\n"), ListEntry.parse(f"{one}?tag=1.0-1")
    assert entry.url.key == RepositoryUrl.parse(other).key
    assert len(listed.of(entry.url)) == 1
    assert Lock({f"{other}?tag=1.0-1": {}}).find(entry)


@pytest.mark.parametrize(("one", "other"), NOT_THE_SAME)
def test_no_two_repositories_are_one_in_any_file(one: str, other: str) -> None:
    listed, entry = LanguagesList("list", f"{other}?tag=1.0-1\n"), ListEntry.parse(f"{one}?tag=1.0-1")
    assert entry.url.key != RepositoryUrl.parse(other).key
    assert listed.of(entry.url) == ()
    assert Lock({f"{other}?tag=1.0-1": {}}).find(entry) is None


@pytest.mark.parametrize(
    ("one", "other", "github", "is_sure"),
    [
        (HERE, "https://git.example/o/n", AT, False),
        (HERE, "git@git.example:O/n.git", ENTERPRISE, False),
        ("https://git.example/srv/Foo", "https://git.example/srv/foo", "", False),
        ("https://notgithub.com/O/N", "https://notgithub.com/o/n", AT, False),
        ("https://notghe.com/O/N", "https://notghe.com/o/n", AT, False),
        ("https://github.com.example/O/N", "https://github.com.example/o/n", AT, False),
        (HERE, "https://GIT.example/O/N.git", AT, True),
        (HERE, "https://git.example/o/n", "https://git.example", True),
        (ENTERPRISE, "ssh://git@ghe.corp:2222/o/n", "https://GHE.corp:8443/x", True),
        (PUBLIC, "git@github.com:o/n.git", "https://ghe.corp", True),
        ("https://company.ghe.com/O/N", "https://company.ghe.com/o/n", AT, True),
        ("https://gitlab.com/a/b/C", "git@altssh.gitlab.com:A/b/c", AT, True),
        ("https://bitbucket.org/a/B", "https://bitbucket.org/a/b", AT, True),
        ("https://codeberg.org/a/B", "https://codeberg.org/a/b", AT, True),
    ],
)
def test_capitals_count_where_a_server_may_have_both(one: str, other: str, github: str, *, is_sure: bool) -> None:
    first, second = RepositoryUrl.parse(one), RepositoryUrl.parse(other)
    assert first.key == second.key
    assert (first.key_at(github) == second.key_at(github)) is is_sure


@pytest.mark.parametrize("path", ["O//N", "/O/N.git", "O/x/../%4E.git", "./O/N/", "O/%6e.git/", "../O/./N"])
def test_what_a_server_reads_as_the_same_path_is_the_same(path: str) -> None:
    url = RepositoryUrl.parse(f"https://github.com/{path}")
    assert (url.key, url.name_at(AT).lower()) == ("github.com/o/n", "o/n")


@pytest.mark.parametrize(
    ("text", "key", "public"),
    [
        ("git@gitlab.com:a/b/C.git", "gitlab.com/a/b/c", "https://gitlab.com/a/b/C"),
        ("ssh://git@git.example.org/a/b", "git.example.org/a/b", "https://git.example.org/a/b"),
        ("ssh://git@git.example.org:2222/a/b", "git.example.org/a/b", "ssh://git@git.example.org:2222/a/b"),
        ("ssh://git@altssh.gitlab.com:443/a/B", "gitlab.com/a/b", "https://gitlab.com/a/B"),
        ("git@bitbucket.org:/a/B", "bitbucket.org/a/b", "https://bitbucket.org/a/B"),
        ("https://altssh.bitbucket.org:8443/a", "bitbucket.org:8443/a", "https://altssh.bitbucket.org:8443/a"),
        ("git@github.com-work:O/N", "github.com-work/o/n", "git@github.com-work:O/N"),
        ("https://github.com:8443/O/N", "github.com:8443/o/n", "https://github.com:8443/O/N"),
        ("http://127.0.0.1:80/a/b.git", "127.0.0.1/a/b", "http://127.0.0.1:80/a/b"),
        ("https://[::1]:8080/a", "[::1]:8080/a", "https://[::1]:8080/a"),
        ("../languages", "../languages", "../languages"),
    ],
)
def test_other_hosts_keep_their_names_and_ports(text: str, key: str, public: str) -> None:
    url = RepositoryUrl.parse(text)
    assert (url.key, str(url.public), url.name_at(AT)) == (key, public, "")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("https://github.com/O/Java-JUnit.git", "java-junit"),
        ("git@ssh.github.com:O/Java-JUnit", "java-junit"),
        ("https://gitlab.com/o/Java-JUnit", "Java-JUnit"),
        ("git@ghe.corp:o/Java-JUnit.git", "Java-JUnit"),
        ("https://git.example/srv/x/../Foo/", "Foo"),
        ("/srv/git/Foo.git", "Foo"),
    ],
)
def test_a_name_is_as_it_is_written_but_at_github(text: str, name: str) -> None:
    assert RepositoryUrl.parse(text).name == name


@pytest.mark.parametrize(
    "text",
    [
        "https://g\u0456thub.com/O/N",
        "https://github.com\u3164/O/N",
        "https://github.com\u2800/O/N",
        "https://github.com\u2044evil.example/O/N",
        "https://github.com/O/N\u200b",
        "https://github.com/\u041e/N",
        "git@g\u0456thub.com:O/N",
        "ssh://git@github.com\u00ad/O/N",
        "https://github.com/x/y)![a](https://evil.example/p.png)<b>@admin|z",
        "https://github.com/x/`y`",
        "https://-x/O/N",
        "https://github.com:x/O/N",
        "alias:O/N",
        "git@github.com://O/N",
        "git@github.com:22:O/N",
        "git+https://github.com/O/N",
        "HTTPS://github.com/O/N",
    ],
)
def test_what_could_look_like_another_address_is_none(text: str) -> None:
    with pytest.raises(BadInput, match="is not a git repository's address") as told:
        RepositoryUrl.parse(text)
    assert told.value.found.isascii()


@pytest.mark.parametrize(
    ("text", "is_punycode"),
    [("https://xn--gthub-cza.com/O/N", True), ("https://www.XN--x.org/a", True), ("https://axn--b.org/xn--x", False)],
)
def test_a_host_that_stands_for_other_letters_is_known(text: str, *, is_punycode: bool) -> None:
    assert RepositoryUrl.parse(text).is_punycode is is_punycode
