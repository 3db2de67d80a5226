"""Tables of what a line of the languages list may be, alone and beside the others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ltf_ci.errors import BadInput, GitFailed, LtfError, RegistryUnavailable
from ltf_ci.images.labels import ImageLabels
from ltf_ci.images.rules.tags import Found, TaggedImage
from ltf_ci.languages.languages_list import LanguagesList, Line, ListEntry
from ltf_ci.languages.listed import Listed
from ltf_ci.languages.lock import Lock, LockEntry
from ltf_ci.languages.rules import lines as list_rules
from ltf_ci.languages.rules import lock as list_lock
from ltf_ci.languages.rules import manifests
from ltf_ci.languages.rules.conversion import converted
from ltf_ci.manifest.facts import ManifestFacts
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.model.commit import Commit
from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.image import Digest
from ltf_ci.model.named_file import FileKind, NamedFile
from ltf_ci.model.registry import Absent
from ltf_ci.model.remote_refs import RemoteRefs, Target
from ltf_ci.model.repository_url import RepositoryUrl
from tests.support import ROOT
from tests.support.repositories import manifest_text

PY = "https://github.com/a/python-unittest"
SRV = "https://git.example/srv"
A, B = Commit.parse("a" * 40), Commit.parse("b" * 40)
DIGEST = Digest.parse(f"sha256:{'1' * 64}")
FACTS = ManifestFacts(files={name: NamedFile(FileKind.FILE, 9, "x") for name in ("hiker.sh", "cyber-dojo.sh")})
FLEET = ROOT / "tests/data/git_repo_urls.tagged"


FIVE = range(1, 6)


def listed(text: str) -> LanguagesList:
    return LanguagesList("list", text)


def told(findings: list[Finding]) -> list[tuple[str, int, int]]:
    return [(found.rule, found.place.line, found.place.column) for found in findings]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"# {PY}\n\n{PY}?tag=3.7.4-1\n{PY}?tag=3.7.5-1\n{PY}-2?tag=3.7.4-1\n", []),
        (f"{PY}\n{PY}?tag=next\n", []),
        (f"\ufeff# x\n{PY}?tag=3.7.4-1\n", [("list-line", 1, 1)]),
        (f"\ufeff{PY}?tag=3.7.4-1\n{PY}?tag=3.7.4-2\n", [("list-line", 1, 1), ("list-repeated", 2, 1)]),
        (f"{PY}?tag=3.14-1\n{PY}?tag=3.14.0-1\n", []),  # two version lines by their text
        (f"  two words\n{PY}?tag=\n", [("list-line", 1, 3), ("list-line", 2, 1)]),
        (f"{PY}?tag=3.7.4-1\n# x\n  {PY}.git?tag=3.7.4-2\n", [("list-repeated", 3, 3)]),
        (f"{PY}?tag=3.7.4-1\r\n{PY}?tag=3.7.4-1\r\n", [("list-repeated", 2, 1)]),
        (f"{PY}\n{PY}?tag=master\n", [("list-repeated", 2, 1)]),
        (f"{PY}?tag=3.7.4-1\n{PY.upper().replace('HTTPS', 'https')}?tag=3.7.4-1\n", [("list-repeated", 2, 1)]),
        (f"{SRV}/Foo?tag=1-1\n\n{SRV}/foo?tag=1-1\n{SRV}/foo?tag=2-1\n", [("list-capitals", n, 1) for n in (3, 4)]),
        (f"{SRV}/Foo?tag=1-1\n{SRV}/Foo.git?tag=1-2\n", [("list-repeated", 2, 1)]),
        (f"0230227@{PY}\n", [("list-older-form", 1, 1)]),
        (f"0230227@{PY}\n0230227@{PY}\n", [*[("list-older-form", n, 1) for n in (1, 2)], ("list-repeated", 2, 1)]),
        ("http://x.org/a\n/home/x\nfile:///x\ngit@x.org:b\nssh://x.org/c\n", [("list-address", n, 1) for n in FIVE]),
        ("ext::sh\n--upload-pack=x\n", [("list-line", 1, 1), ("list-line", 2, 1)]),
        (f"https://user:password@x.org/a?tag=1-1\nx y\n{PY}?tag=-x\n", [("list-line", n, 1) for n in (1, 2, 3)]),
    ],
)  # fmt: skip
def test_lines(text: str, expected: list[tuple[str, int, int]]) -> None:
    assert told([*list_rules.of_lines(listed(text), local=False)]) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{PY}?tag=3.7.4-1\n{PY}?tag=3.7.4-2\n/home/x\nhttp://x.org/a\n", []),  # any address, any revision
        (f"{PY}?tag=3.7.4-1\n/home/x\n{PY}.git?tag=3.7.4-1\n", [("list-repeated", 3, 1)]),
        (f"0230227@{PY}\n{PY}\n1230227@{PY}\n0230227@{PY}\n", [("list-repeated", 4, 1)]),
        (f"x y\n{PY}?tag=-x\n", [("list-line", 1, 1), ("list-line", 2, 1)]),
    ],
)
def test_words_of_the_command_line(text: str, expected: list[tuple[str, int, int]]) -> None:
    assert told([*list_rules.of_words(listed(text))]) == expected


@pytest.mark.parametrize(
    ("text", "found", "allowed"),
    [("/home/x", "/home/x is on this machine", True), ("http://x.org/a", "http://x.org/a is no https address", False)],
)
def test_an_address_that_not_everybody_can_read_says_why(text: str, found: str, *, allowed: bool) -> None:
    (finding,) = list_rules.of_lines(listed(f"{text}?tag=1-1\n"), local=False)
    assert (finding.found, "--allow-local" in finding.cure) == (found, allowed)


@pytest.mark.parametrize(
    ("text", "local", "followed"),
    [
        (PY, False, True),
        (PY, True, True),
        ("/home/x", False, False),
        ("/home/x", True, True),
        ("file:///x", True, True),
        ("http://x.org/a", True, False),
        ("git@x.org:a/b", True, False),
    ],
)
def test_only_https_is_followed_and_where_allowed_this_machine(text: str, *, local: bool, followed: bool) -> None:
    assert bool(list_rules.followed(listed(f"{text}?tag=1-1\n"), local=local)) is followed
    assert ([*list_rules.of_lines(listed(f"{text}?tag=1-1\n"), local=local)] == []) is followed


def test_the_fleets_list_is_read_and_every_line_is_of_the_older_form() -> None:
    found = [*list_rules.of_lines(listed(FLEET.read_text()), local=False)]
    assert {finding.rule for finding in found} == {"list-older-form"}
    assert not any(finding.fails for finding in found)


REFS = {"refs/tags/3.7.4-1": A, "refs/heads/master": B, "refs/tags/next": A, "refs/heads/1.0-1": B}
UNASKED = GitFailed("no route to host")


@pytest.mark.parametrize(
    ("entry", "refs", "expected"),
    [
        (f"{PY}?tag=3.7.4-1", REFS, ("3.7.4-1", A)),
        (PY, REFS, ("master", B)),
        (f"{PY}?tag=next", REFS, ("next", A)),
        (f"aaaaaaa@{PY}", REFS, ("3.7.4-1", A)),
        (f"ccccccc@{PY}", REFS, ("", "ccccccc")),
        (f"bbbbbbb@{PY}", REFS, ("1.0-1", B)),  # a branch's name is as good
        (f"aaaaaaa@{PY}", {"refs/tags/x": A, "refs/tags/y": Commit.parse("a" * 39 + "b")}, ("", "aaaaaaa")),  # either
        (f"{PY}?tag=3.7.4-2", REFS, "list-tag"),
        (f"{PY}?tag=1.0-1", REFS, "list-tag"),  # a branch is no release
        (f"{PY}?tag=other", REFS, "list-tag"),
        (PY, {}, "list-tag"),
        (f"{PY}?tag=3.7.4-1", UNASKED, "list-unreachable"),
    ],
)
def test_what_a_line_names(entry: str, refs: dict[str, Commit] | LtfError, expected: str | tuple[str, object]) -> None:
    url = RepositoryUrl.parse(PY)
    found = list_rules.target(ListEntry.parse(entry), url, Place("list", 1, 1), refs)
    if isinstance(expected, str):
        assert isinstance(found, Finding)
        assert found.rule == expected
        assert found.fails
    else:
        assert found == Target(url, expected[0], str(expected[1]))


def test_where_a_tag_is_missing_those_that_are_there_are_named() -> None:
    refs = {f"refs/tags/3.7.4-{n}": A for n in (1, 10, 9)}
    found = list_rules.target(ListEntry.parse(f"{PY}?tag=3.7.4-2"), RepositoryUrl.parse(PY), Place("list"), refs)
    assert isinstance(found, Finding)
    assert found.expected == "an existing one: 3.7.4-10, 3.7.4-9, 3.7.4-1"


def line(number: int, name: str, image: str = "a/b:3.7.4-1", ref: str = "3.7.4-1", **more: Any) -> Listed:
    raw = manifest_text(name, image, **more).encode()
    return Listed(
        place=Place("list", number, 1),
        entry=ListEntry.parse(f"{PY}-{number}?tag={ref}"),
        commit=str(A),
        manifest=Manifest.parse(raw, "manifest.json"),
        facts=FACTS,
    )


def pair(language: str, version: str = "", framework: str = "unittest") -> dict[str, Any]:
    return {"language": [language, version], "test_framework": [framework, ""]}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (line(1, "Python (3.7.4), unittest"), []),
        (line(1, "Python (3.7.4), unittest", "a/b:3.7.4-2"), ["image-name-tag"]),
        (line(1, "Python (3.7.4), unittest", "a/b:3.7.4-2", ref="master"), []),  # no tag to agree with
        (line(1, "Python (3.7.5), unittest"), ["display-name-version"]),
        (line(1, "Python (3.7.4), unittest", tab_size="x"), ["tab-size"]),
    ],
)
def test_a_manifest_is_told_at_the_lists_line(found: Listed, expected: list[str]) -> None:
    faults = [*manifests.faults(found, ())]
    assert [fault.rule for fault in faults] == expected
    assert all(fault.place == found.place for fault in faults)
    assert all(fault.found.startswith("python-unittest-1, manifest.json:") for fault in faults)


ONE = line(1, "Python (3.7.4), unittest")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([ONE, line(2, "Python (3.7.5), unittest"), line(3, "Python (3.7.4), pytest")], []),
        ([ONE, line(2, "Ruby (3.7.4), unittest"), line(3, ONE.display_name)], [("list-display-name", 3)]),
        ([ONE, *[line(n, ONE.display_name) for n in (2, 3)]], [("list-display-name", n) for n in (2, 3)]),
        ([ONE, line(2, "Python 3.7.4, unittest")], [("list-choice", 2)]),
        ([ONE, line(2, "Python 3, unittest", **pair("Python", "3.7.4"))], [("list-choice", 2)]),
        ([line(1, "A 1, x", **pair("P")), line(2, "B 1, x", **pair("P"))], [("list-choice", 2)]),
        ([line(1, "A 1, x", **pair("P")), line(2, "A 2, x", **pair("P"))], []),  # the names' versions
        ([line(1, "A 1, x", **pair("P", "1")), line(2, "A 2, x", **pair("P", "2"))], []),
    ],
)  # fmt: skip
def test_what_people_choose_by_is_there_once(lines: list[Listed], expected: list[tuple[str, int]]) -> None:
    found = [*manifests.names(lines)]
    assert [(each.rule, each.place.line) for each in found] == expected
    assert all(each.fails for each in found)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([line(1, "A 1, x", **pair("A")), line(2, "B 1, x", **pair("B"))], []),
        ([line(1, "A 1, x", **pair("A")), line(2, "B 1, x")], [("list-no-pair", 2)]),
        ([line(n, f"A {n}, x", **pair("A", f"{n}")) for n in (1, 2)], [("list-same-pair", n) for n in (1, 2)]),
    ],
)  # fmt: skip
def test_what_switches_to_raw_names_is_a_warning(lines: list[Listed], expected: list[tuple[str, int]]) -> None:
    found = [*manifests.pairs(lines)]
    assert [(each.rule, each.place.line) for each in found] == expected
    assert not any(each.fails for each in found)


def standing(revision: Commit | None) -> TaggedImage:
    return TaggedImage(DIGEST, ImageLabels(revision=revision))


@pytest.mark.parametrize(
    ("found", "answer", "expected"),
    [
        (ONE, standing(A), []),
        (ONE, standing(B), ["list-image-commit"]),
        (ONE, standing(None), ["list-image-commit"]),
        (line(1, "x", ref="master"), standing(B), []),  # of no release
        (line(1, "x", "a/b:8f1a2b3"), standing(B), []),  # the agreement says so
        (ONE, Absent(), ["list-image"]),
        (ONE, RegistryUnavailable("timed out"), ["list-image-unknown"]),
    ],
)
def test_the_image_is_there_and_of_the_tags_commit(
    found: Listed, answer: Found | LtfError, expected: list[str]
) -> None:
    faults = [*manifests.image(found, answer)]
    assert [fault.rule for fault in faults] == expected
    assert all(fault.fails for fault in faults)
    assert "not in its registry" not in str(faults) or expected == ["list-image"]


TRUE = LockEntry(str(A), "a/b:3.7.4-1", str(DIGEST), ONE.display_name)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (TRUE, []),
        (None, ["lock-entry"]),
        (LockEntry(str(B), TRUE.image, TRUE.digest, TRUE.display_name), ["lock-commit"]),
        (LockEntry(TRUE.commit, "a/b:3.7.4-2", f"sha256:{'2' * 64}", TRUE.display_name), ["lock-image", "lock-digest"]),
        (LockEntry(TRUE.commit, TRUE.image, TRUE.digest, "Python"), ["lock-display-name"]),
        (LockEntry("x", TRUE.image, TRUE.digest, TRUE.display_name), ["lock-entry"]),
        (replace(TRUE, digest=f"sha512:{'2' * 128}"), ["lock-entry"]),
        (replace(TRUE, traffic_light="red, amber, green"), []),
        (replace(TRUE, traffic_light="red"), []),
        (replace(TRUE, traffic_light="red, purple"), ["lock-entry"]),
        (replace(TRUE, traffic_light="red,amber,green"), ["lock-entry"]),
    ],
)
def test_the_lock_is_true(entry: LockEntry | None, expected: list[str]) -> None:
    lock = Lock({}).edited(None, ListEntry.parse(f"{PY}-1.git?tag=3.7.4-1"), entry) if entry else Lock({})
    found = [*list_lock.untrue(lock, "lock", [ONE, line(2, "x", ref="master")], {"a/b:3.7.4-1": DIGEST})]
    assert [each.rule for each in found] == expected
    assert [each.place for each in found] == [ONE.place for _ in expected]


def test_an_entry_that_cannot_be_read_is_not_written_anew() -> None:
    lock = Lock({str(ONE.entry): {"commit": "x"}})
    (finding,) = list_lock.untrue(lock, "lock", [ONE], {})
    assert (finding.rule, finding.cure.partition(" (")[0]) == ("lock-entry", "restore it from git")


def test_what_differs_from_the_lock_is_wrong_and_not_the_lock() -> None:
    released = f"sha256:{'2' * 64}"
    lock = Lock({}).edited(None, ONE.entry, LockEntry(TRUE.commit, TRUE.image, released, TRUE.display_name))
    (found,) = list_lock.untrue(lock, "lock", [ONE], {"a/b:3.7.4-1": DIGEST})
    assert (str(DIGEST) in found.found, released in found.expected) == (True, True)
    assert "the lock stays" in found.cure


def test_a_digest_that_was_not_asked_for_is_not_judged() -> None:
    lock = Lock({}).edited(None, ONE.entry, LockEntry(TRUE.commit, TRUE.image, f"sha256:{'2' * 64}", TRUE.display_name))
    assert [*list_lock.untrue(lock, "lock", [ONE], {})] == []


def test_an_entry_without_a_line_is_told_at_its_own_line() -> None:
    lock = Lock({}).edited(None, ONE.entry, TRUE).edited(None, ListEntry.parse(f"{PY}-0?tag=1-1"), TRUE)
    found = [*list_lock.unlisted(lock, str(lock), "lock", listed(f"{ONE.entry}\n"))]
    assert [(each.rule, each.place.path, each.place.line) for each in found] == [("lock-unlisted", "lock", 2)]


TAGS = {"refs/tags/3.7.4-9": A, "refs/tags/3.7.4-10": A, "refs/tags/aaaaaaa": A, "refs/tags/3.8-1": B}
NEAR = {"refs/tags/1-1": A, "refs/tags/2-1": Commit.parse("a" * 39 + "b")}


@pytest.mark.parametrize(
    ("before", "refs", "after", "stays"),
    [
        (f"aaaaaaa@{PY}", TAGS, f"{PY}?tag=3.7.4-10", ""),
        (f"# x\r\n  aaaaaaa@{PY}.git # y\r\n\r\n", TAGS, f"# x\r\n  {PY}.git?tag=3.7.4-10 # y\r\n\r\n", ""),
        (f"aaaaaaa@{PY}\nbbbbbbb@{PY}\n", TAGS, f"{PY}?tag=3.7.4-10\n{PY}?tag=3.8-1\n", ""),
        (f"ccccccc@{PY}\n", TAGS, None, "no release tag names ccccccc"),
        (f"aaaaaaa@{PY}\n", {"refs/tags/aaaaaaa": A, "refs/heads/3-1": A}, None, "no release tag"),
        (f"aaaaaaa@{PY}\n", NEAR, None, "2 tagged commits begin with aaaaaaa"),
        (f"aaaaaaa@{PY}\n", UNASKED, None, "could not be asked: no route to host"),
        (f"{PY}?tag=3.7.4-1\naaaaaaa@{PY}\n", TAGS, None, "another line is of that version already"),
        (f"{PY.replace('/a/', '/A/')}?tag=3.7.4-1\naaaaaaa@{PY}\n", TAGS, None, "already"),
        (f"aaaaaaa@{PY}\n{PY.replace('https://github.com/', 'git@github.com:')}?tag=3.7.4-1\n", TAGS, None, "already"),
        (f"{PY}?tag=3.7.4-1\n", TAGS, None, ""),
    ],
)
def test_conversion(before: str, refs: dict[str, Commit] | LtfError, after: str | None, stays: str) -> None:
    urls = (RepositoryUrl.parse(PY), RepositoryUrl.parse(f"{PY}.git"))
    done = converted(listed(before), dict.fromkeys(urls, refs))
    assert done.text == (before if after is None else after)
    assert stays in "".join(found.found for found in done.findings)
    assert bool(done.findings) is bool(stays)
    assert not any(found.fails for found in done.findings)


@pytest.mark.parametrize(
    ("text", "theirs", "lines"),
    [
        (f"{PY}?tag=3.7.4-9\n{PY}-renamed?tag=3.8-1\n", TAGS, [2]),
        (f"aaaaaaa@{PY}\n{PY}-renamed\n{PY}-renamed?tag=3.8-1\n", TAGS, [2]),  # once for each address
        (f"{PY}?tag=3.7.4-9\n{PY}.git?tag=3.8-1\n", TAGS, []),
        (f"{PY}?tag=3.7.4-9\n{PY}-renamed?tag=3.8-1\n", {"refs/tags/3.7.4-9": B}, []),  # of the same name alone
        (f"{PY}?tag=3.7.4-9\n{PY}-renamed?tag=3.8-1\n", {"refs/tags/v1": A, "refs/heads/main": A}, []),
        (f"{PY}?tag=3.7.4-9\n{PY}-renamed?tag=3.8-1\n", UNASKED, []),
    ],
)
def test_one_repository_under_two_addresses(text: str, theirs: dict[str, Commit] | LtfError, lines: list[int]) -> None:
    there = [line for line in listed(text).every_line() if isinstance(line, Line)]
    refs = {line.entry.url: theirs if line.entry.url.name.endswith("renamed") else TAGS for line in there}
    answers = {url: RemoteRefs(found) for url, found in refs.items() if not isinstance(found, LtfError)}
    found = [*list_rules.under_two_addresses(listed(text), there, answers)]
    assert [(one.rule, one.severity, one.place.line) for one in found] == [
        ("list-two-addresses", "warning", number) for number in lines
    ]


def test_many_lines_that_stay_are_one_finding_for_each_cause() -> None:
    count = list_rules.FEW + 1
    urls = [f"https://github.com/a/ltf-{number}" for number in range(count + 1)]
    text = "".join(f"0230227@{url}\n" for url in urls)
    refs = {RepositoryUrl.parse(url): UNASKED if url == urls[0] else TAGS for url in urls}
    done = converted(listed(text), refs)
    unasked, unreleased = done.findings
    assert (unasked.place.line, "no route to host" in unasked.found) == (1, True)
    assert (unreleased.place.line, done.has_unreleased) == (2, True)
    assert unreleased.found.startswith(f"{count} lines stay, as this one does: ")
    assert "`ltf-ci bump --group NAME" in unreleased.cure


def test_many_lines_of_the_older_form_are_one_finding() -> None:
    text = "".join(f"0230227@https://github.com/a/ltf-{number}\n" for number in range(list_rules.FEW + 1))
    (finding,) = list_rules.of_lines(listed(text), local=False)
    assert (finding.rule, finding.place.line) == ("list-older-form", 1)
    assert finding.found == f"{list_rules.FEW + 1} lines are the older form, SHA7@URL"


@pytest.mark.parametrize("digits", ["c" * 40, "c" * 64, "c" * 8, "c" * 6, "C" * 7])
def test_another_number_of_digits_than_seven_is_told(digits: str) -> None:
    with pytest.raises(BadInput, match="does not begin with seven small digits of a commit"):
        ListEntry.parse(f"{digits}@https://github.com/o/n")


@pytest.mark.parametrize("text", ["cafe@host.example:o/n", "deadbeef@host.example:o/n?tag=1.0-1"])
def test_a_user_of_ssh_is_no_commit(text: str) -> None:
    assert ListEntry.parse(text).commit == ""
