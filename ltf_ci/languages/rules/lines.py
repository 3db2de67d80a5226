"""What a line of the languages list must be, alone and among the others, before its repository is looked into."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from ltf_ci.errors import LtfError, Refused
from ltf_ci.images.rules import tags
from ltf_ci.languages.languages_list import LanguagesList, Line, ListEntry, Unreadable
from ltf_ci.model.commit import Commit
from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.github_host import AT_GITHUB, GithubHost
from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.model.remote_refs import RemoteRefs, Target
from ltf_ci.model.repository_url import RepositoryUrl

_TAGS, _BRANCHES = "refs/tags/", "refs/heads/"
_BUMP_WRITES_IT = "the bump of its next release writes it; or write it into its lines and the lock"
FEW = 5  # findings of one kind that are shown each; more are one
_SHOWN = 5  # tags that are named where the wanted one is not there


def of_lines(listed: LanguagesList, *, local: bool, github: GithubHost = AT_GITHUB) -> Iterator[Finding]:
    """Find lines that cannot be read or followed, that name a release twice, or are of the older form."""
    if listed.has_byte_order_mark:
        yield _marked(listed.path)
    yield from _older_forms(listed)
    first: dict[tuple[str, str], int] = {}
    spelled: dict[str, Line] = {}
    for line in listed.every_line():
        if isinstance(line, Unreadable):
            yield _unreadable(listed.path, line)
            continue
        place = listed.place(line)
        yield from _address(line.entry.url, place, local=local)
        key = github.key_of(line.entry.url)
        before = spelled.setdefault(line.entry.url.key, line)
        if github.key_of(before.entry.url) != key:
            yield _by_capitals(line, place, before)
        yield from _repeated(line, place, first.setdefault((key, _version_line(line.entry)), line.number))


def _marked(path: str) -> Finding:
    return Finding(
        rule="list-line",
        place=Place(path, 1, 1),
        found="the file begins with a byte order mark (BOM), which other readers take for a part of the first line",
        expected="UTF-8 without it",
        cure="save it without the BOM",
    )


def _older_forms(listed: LanguagesList) -> Iterator[Finding]:
    """Find lines of the older form: each of a few, and many as one."""
    lines = [line for line in listed.every_line() if not isinstance(line, Unreadable) and _is_older(line.entry)]
    if len(lines) <= FEW:
        yield from (_older_form(f"{line.entry} is", listed.place(line)) for line in lines)
    else:
        yield _older_form(f"{len(lines)} lines are", listed.place(lines[0]))


def _is_older(entry: ListEntry) -> bool:
    """Whether a line names a commit that is not known as a release."""
    return bool(entry.commit) and entry.tag is None


def of_words(words: LanguagesList) -> Iterator[Finding]:
    """Find words of the command line that cannot be read, or that repeat another; any address is allowed there."""
    first: dict[tuple[str, str], int] = {}
    for word in words.every_line():
        if isinstance(word, Unreadable):
            yield _unreadable(words.path, word)
            continue
        number = first.setdefault((word.entry.url.key, word.entry.commit or word.entry.ref), word.number)
        if number != word.number:
            yield Finding(
                rule="list-repeated",
                place=words.place(word),
                found=f"{word.entry} is number {number} already",
                expected="each repository and tag once",
                cure="leave one of them out",
            )


def followed(listed: LanguagesList, *, local: bool) -> tuple[Line, ...]:
    """Return the lines that can be read, and whose repository may be asked."""
    lines = (line for line in listed.every_line() if not isinstance(line, Unreadable))
    return tuple(line for line in lines if may_be_asked(line.entry.url, local=local))


def may_be_asked(url: RepositoryUrl, *, local: bool) -> bool:
    """Whether a list may name this repository: by https; on this machine where that was allowed."""
    return local if url.is_local else url.text.startswith("https://")


def target(
    entry: ListEntry, url: RepositoryUrl, place: Place, refs: Mapping[str, Commit] | LtfError
) -> Target | Finding:
    """Return what a line names, or the finding that says why it names nothing; `refs` are the repository's."""
    if isinstance(refs, LtfError):
        return unreachable(url, place, refs)
    if _is_older(entry):
        return _at_commit(entry.commit, url, refs)
    for kind in (_TAGS,) if entry.tag else (_TAGS, _BRANCHES):
        if kind + entry.ref in refs:
            commit = str(refs[kind + entry.ref])
            return Target(url, entry.ref, commit) if commit.startswith(entry.commit) else _moved(entry, place, commit)
    return _no_tag(entry, place, refs)


def under_two_addresses(
    listed: LanguagesList, lines: Iterable[Line], answers: Mapping[RepositoryUrl, RemoteRefs]
) -> Iterator[Finding]:
    """Find repositories that have a release tag of another one at the same commit: the same one, renamed, or a copy."""
    first: dict[tuple[ReleaseTag, Commit], Line] = {}
    found = set[str]()
    for line in lines:
        url = line.entry.url
        commits = answers[url].tags if url in answers else {}
        releases = [(tag, commits[str(tag)]) for tag in tags.release_tags(commits)]
        others = [first[each] for each in releases if each in first and first[each].entry.url.key != url.key]
        first.update({each: line for each in releases if each not in first})
        if others and url.key not in found:
            found.add(url.key)
            yield _same_repository(listed.place(line), line, others[0])


def renamed(
    listed: LanguagesList, lines: Collection[Line], answers: Mapping[RepositoryUrl, RemoteRefs]
) -> Iterator[Finding]:
    """Find repositories that are listed by an older address alone, each at its first line."""
    listed_keys = {line.entry.url.key for line in lines}
    found = set[str]()
    for line in lines:
        url = line.entry.url
        today = answers[url].today if url in answers else None
        if today and today.key not in listed_keys and url.key not in found:
            found.add(url.key)
            yield renamed_address("list-renamed", url, today, listed.place(line), _BUMP_WRITES_IT)


def not_there(url: RepositoryUrl, place: Place, error: LtfError) -> Finding:
    """Return why what a line names could not be had."""
    return Finding.of_error(error, "list-clone", place, about=str(url))


def unreachable(url: RepositoryUrl, place: Place, error: LtfError) -> Finding:
    """Return that a repository could not be asked: whether the tag is there is not known."""
    return Finding(
        rule="list-unreachable",
        place=place,
        repositories=(url,),
        found=f"{url} could not be asked: {error.found}",
        expected="a public repository",
        cure=error.cure or "check the address; if it is right, run it again",
    )


def tags_of(refs: Mapping[str, Commit]) -> dict[str, Commit]:
    """Return a repository's tags among its refs."""
    return {name.removeprefix(_TAGS): commit for name, commit in refs.items() if name.startswith(_TAGS)}


def _at_commit(short: str, url: RepositoryUrl, refs: Mapping[str, Commit]) -> Target:
    """Return the commit by a ref that names it, which is cheaper to clone; else by its short name."""
    names = sorted(name for name, commit in refs.items() if commit.sha.startswith(short))
    if len({refs[name] for name in names}) != 1:
        return Target(url, "", short)
    return Target(url, names[0].removeprefix(_TAGS).removeprefix(_BRANCHES), str(refs[names[0]]))


def _no_tag(entry: ListEntry, place: Place, refs: Mapping[str, Commit]) -> Finding:
    there = [str(tag) for tag in tags.release_tags(tags_of(refs))[:_SHOWN]]
    kind = "tag" if entry.tag else "tag or branch"
    return Finding(
        rule="list-tag",
        place=place,
        found=f"{entry.url} has no {kind} {entry.ref}",
        expected=f"an existing one: {', '.join(there)}" if there else f"an existing {kind}",
        cure="push the tag first, or name an existing one",
    )


def _moved(entry: ListEntry, place: Place, commit: str) -> Finding:
    return Finding(
        rule="list-tag",
        place=place,
        found=f"{entry}: the git tag {entry.ref} is at {commit} now",
        expected=f"{entry.commit}, the commit of that release, as the lock has it",
        cure="find out who moved the tag, and release the next revision",
    )


def renamed_address(rule: str, url: RepositoryUrl, today: RepositoryUrl, place: Place, cure: str) -> Finding:
    """Return that a file names a repository by an older address."""
    return Finding(
        rule=rule,
        place=place,
        repositories=(url, today),
        found=f"{url} was renamed, or given to another owner: it is {today} now",
        expected="the address of today: who takes the older name would be listed next",
        cure=cure,
    )


def _same_repository(place: Place, line: Line, other: Line) -> Finding:
    url, first = line.entry.url, other.entry.url
    return Finding(
        rule="list-two-addresses",
        place=place,
        repositories=(url, first),
        found=f"{url} has releases of {first} (line {other.number}), at the same commits: one repository, or its copy",
        expected="one address for each repository: a bump finds its line by that",
        cure="write the address that the repository has today into each of its lines",
    )


def _unreadable(path: str, line: Unreadable) -> Finding:
    return Finding.of_error(line.error, "list-line", Place(path, line.number, line.column))


def _address(url: RepositoryUrl, place: Place, *, local: bool) -> Iterator[Finding]:
    if url.is_punycode:
        yield Finding(
            rule="list-punycode",
            place=place,
            found=f"{url.host} is written for letters beyond ASCII, which may look like another host's",
            expected="a host of ASCII letters",
            cure="check that it is the host that you mean",
        )
    if not may_be_asked(url, local=local):
        yield Finding(
            rule="list-address",
            place=place,
            found=f"{url} is on this machine" if url.is_local else f"{url} is no https address",
            expected="a public address: https://HOST/OWNER/NAME",
            cure="write the repository's https address"
            + (", or allow it here with --allow-local" if url.is_local else ""),
        )


def _older_form(what: str, place: Place) -> Finding:
    return Finding(
        rule="list-older-form",
        place=place,
        found=f"{what} the older form, SHA7@URL",
        expected="URL?tag=TAG",
        cure="release the repository by a tag, and bump the list; `ltf-ci list convert` where a tag names that commit",
    )


def _version_line(entry: ListEntry) -> str:
    """Return what a repository may have one line of: a language version, or a branch or commit."""
    return f"version {entry.tag.version}" if entry.tag else f"{entry.commit or entry.ref}"


def differ_by_capitals(url: RepositoryUrl, there: RepositoryUrl, where: str) -> Refused:
    """Return the error of an address that is written otherwise in another place."""
    return Refused(
        f"{url} and {there} in {where} differ by capitals alone",
        expected=f"one spelling: {url.host} may have a repository for each",
        cure=f"write it as {where} has it, or rename one of two repositories; of a GitHub, set GITHUB_SERVER_URL",
    )


def _by_capitals(line: Line, place: Place, before: Line) -> Finding:
    error = differ_by_capitals(line.entry.url, before.entry.url, f"line {before.number}")
    return Finding.of_error(error, "list-capitals", place)


def _repeated(line: Line, place: Place, first: int) -> Iterator[Finding]:
    if first != line.number:
        yield Finding(
            rule="list-repeated",
            place=place,
            found=f"{line.entry.url.name} at {_version_line(line.entry)} is in line {first} already",
            expected="one line for each repository and language version",
            cure="remove the older one",
        )
