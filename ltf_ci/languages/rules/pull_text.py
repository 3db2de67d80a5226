"""What a pull request in the languages repository says: title and body."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias
from urllib.parse import quote

from ltf_ci.languages.languages_list import ListEntry
from ltf_ci.languages.lock import LockEntry
from ltf_ci.model.finding import Finding
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.printable import NO_SPACE, escape_markdown, truncated
from ltf_ci.model.remote_repository import PullText

NOT_KNOWN = "not known"
FEW = 5  # changes of one pull request, whose images are looked at
LONGEST_TITLE = 250  # characters: GitHub takes 256
HOME = "https://github.com/cyber-dojo-tools/ltf-ci"
_MEGABYTE = 1_000_000
_CVE = re.compile(r"\bCVE-\d{4}-\d{4,}\b", re.IGNORECASE)
_OF_ADDRESSES = ":/?#@!$&'*+,;=~%"  # all other characters of an address are escaped


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChange:
    """A release on its way into the list.

    `locked` is its lock entry; None where another run wrote it, into a list without a lock. `bases` are the images that
    it was made FROM, as far as they are known. `replaced` is the entry that it replaces, and `before` what the lock has
    of that.
    """

    entry: ListEntry
    locked: LockEntry | None = None
    bases: tuple[ImageName, ...] = ()
    replaced: ListEntry | None = None
    before: LockEntry | None = None

    def knowing(self, other: ListChange) -> ListChange:
        """Return the change with what only another one of the same release knows: nothing known is lost by a rerun."""
        known = replace(self, bases=self.bases or other.bases)
        if self.locked is None or other.locked is None:
            return known
        return replace(known, locked=self.locked.knowing(other.locked))

    def replacing(self, entry: ListEntry | None, locked: LockEntry | None = None) -> ListChange:
        """Return the change with the entry that it replaces, and what the lock has of it."""
        return replace(self, replaced=entry, before=locked)

    @property
    def image(self) -> ImageName | None:
        """The release's image; None where it is not known."""
        return ImageName.parse(self.locked.image) if self.locked else None

    @property
    def content(self) -> ImageName | None:
        """The very image that was locked, by its digest: its name may mean another one by now."""
        return self.image.at(Digest.parse(self.locked.digest)) if self.image and self.locked else None

    @property
    def image_before(self) -> ImageName | None:
        """The image of the release that it replaces; None where that is none, or not known."""
        before = self.replaced.tag if self.replaced else None
        return self.image.tagged(before) if self.image and before else None


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What a registry says of an image: its compressed size in bytes, its base, and what its labels say of its release.

    None and "" where that is not known.
    """

    size: int | None = None
    base: str = ""
    commit: str = ""
    display_name: str = ""


Facts: TypeAlias = Mapping[ImageName, ImageFacts]


def images_with_facts(changes: Sequence[ListChange]) -> Iterator[ImageName]:
    """Return the images that a pull request's text has facts of: one with many changes has none."""
    for change in changes if len(changes) <= FEW else ():
        yield from filter(None, (change.content, change.image_before))


def pull_text(
    changes: Sequence[ListChange],
    facts: Facts,
    reasons: Sequence[str] = (),
    run_url: str = "",
    findings: Iterable[Finding] = (),
) -> PullText:
    """Return the title and body for these changes, what is wrong with them, and why, where a reason was given."""
    why = "".join(
        f"**Warning:** {escape_markdown(each.found)}. What to do: {escape_markdown(each.cure)}\n\n" for each in findings
    )
    why += "".join(f"Reason: {escape_markdown(reason)}\n\n" for reason in reasons)
    page = _page(changes[0], facts) if len(changes) == 1 else _table(changes, facts)
    body = truncated(f"{why}{page}\n", "the commit has the rest")
    return PullText(title=_title(changes, reasons), body=f"{body}\n{_foot(run_url)}\n")


def _link(text: str, address: str) -> str:
    """Return a markdown link; without an address the text alone. Nothing in an address ends the link."""
    return f"[{text}]({quote(address, safe=_OF_ADDRESSES)})" if address else text


def _foot(run_url: str) -> str:
    run = f" in {_link('this run', run_url)}" if run_url else ""
    ltf_ci = _link("ltf-ci", HOME)
    return (
        f"Opened by {ltf_ci}{run}. A newer release updates this pull request; commits that people add to it are kept."
    )


def _title(changes: Sequence[ListChange], reasons: Sequence[str]) -> str:
    cves = dict.fromkeys(cve.upper() for reason in reasons for cve in _CVE.findall(reason))
    if cves:
        return _fitting(f"Security: {', '.join(cves)} — {_names(changes)}")
    if len(changes) > 1:
        return f"Bump {len(changes)} releases in the languages list"
    (change,) = changes
    name, tag = _name(change), change.entry.ref
    return f"Bump {name} from {_ref(change.replaced)} to {tag}" if change.replaced else f"Add {name} {tag}"


def _names(changes: Sequence[ListChange]) -> str:
    """Return the releases by their repositories: `python-unittest 3.7.4-5, 3.7.5-2; ruby-minitest 3.4-2`."""
    tags: defaultdict[str, list[str]] = defaultdict(list)
    for change in changes:
        tags[_name(change)].append(change.entry.ref)
    return "; ".join(f"{name} {', '.join(refs)}" for name, refs in tags.items())


def _name(change: ListChange) -> str:
    """Return the repository's name; its image's for one on this machine, where a folder may be named anything."""
    is_local, image = change.entry.url.is_local, change.image
    name = image.path.rpartition("/")[2] if is_local and image else change.entry.url.name
    return name.replace("@", f"@{NO_SPACE}")  # a commit's message mentions people too


def _fitting(title: str) -> str:
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 2].rpartition(' ')[0]} …"


def _ref(entry: ListEntry) -> str:
    return entry.ref or entry.commit


def _step(change: ListChange) -> str:
    words = f"{_ref(change.replaced)} → {change.entry.ref}" if change.replaced else f"new: {change.entry.ref}"
    return _link(words, _comparison(change))


def _page(change: ListChange, facts: Facts) -> str:
    """Return one change as a table, and how to pull its image; what was before is a column where anything was."""
    rows = [*_rows(change, facts)]
    if change.replaced:
        lines = [_row("what", "now", "before"), "|---|---|---|", *(_row(what, now, was) for what, now, was in rows)]
    else:
        lines = [_row("what", "now"), "|---|---|", *(_row(what, now) for what, now, _ in rows)]
    table = "\n".join(lines)
    pull = f"\n\n```console\ndocker pull {change.image}\n```" if change.image else ""
    return f"{table}{pull}"


def _rows(change: ListChange, facts: Facts) -> Iterator[tuple[str, str, str]]:
    """Return what is known of a release, each with what it was before."""
    was = f"`{_ref(change.replaced)}`" if change.replaced else ""
    yield "release", _link(f"`{change.entry.ref}`", _comparison(change)), was
    if addresses := _addresses(change):
        yield "repository", addresses[0], addresses[1]
    if base := _base(change, facts):
        yield "base", _code(base[0]), _was(base[0], base[1], _code)
    if size := _size(change, facts):
        yield "compressed size", size[0], size[1]
    if change.locked:
        yield from _rows_of_lock(change, change.locked, _facts(change.image_before, facts))


def _rows_of_lock(change: ListChange, now: LockEntry, seen: ImageFacts) -> Iterator[tuple[str, str, str]]:
    """Return what the lock has; before, what it had, else what the image itself says."""
    before, shown = change.before, partial(_commit, change)
    name = before.display_name if before else seen.display_name
    commit = before.commit if before else seen.commit or (change.replaced.commit if change.replaced else "")
    digest, colours = (before.digest, before.traffic_light) if before else ("", "")
    yield "display name", escape_markdown(now.display_name), _was(now.display_name, name, escape_markdown)
    yield "commit", shown(now.commit), _was(now.commit, commit, shown)
    yield "digest", _short(now.digest), _was(now.digest, digest, _short)
    if now.traffic_light:
        yield "start files", escape_markdown(now.traffic_light), _was(now.traffic_light, colours, escape_markdown)


def _short(digest: str) -> str:
    """Return the first twelve digits: the lock has them all, and two in one row are wider than a page."""
    return _code(digest[: len("sha256:") + 12])


def _was(now: str, before: str, shown: Callable[[str], str]) -> str:
    """Return what something was before, in the words of a table's cell."""
    return NOT_KNOWN if not before else "the same" if before == now else shown(before)


def _table(changes: Sequence[ListChange], facts: Facts) -> str:
    """Return many changes as a table, a row each; with their bases where any is known."""
    bases = [_bases_in_a_row(_base(change, facts)) for change in changes]
    has_bases = any(bases)
    head = ("repository", "release", "made of", *(["base"] if has_bases else []))
    rows = [
        (escape_markdown(change.entry.url.name), _step(change), _made_of(change), *([base] if has_bases else []))
        for change, base in zip(changes, bases, strict=True)
    ]
    return "\n".join([_row(*head), _row(*("---" for _ in head)), *(_row(*row) for row in rows)])


def _addresses(change: ListChange) -> tuple[str, str] | None:
    """Return the repository's address and the older one, where the list had it by that."""
    before = change.replaced.url if change.replaced else change.entry.url
    is_same = before.key == change.entry.url.key
    return None if is_same else (escape_markdown(str(change.entry.url)), escape_markdown(str(before)))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _code(text: str) -> str:
    """Return text as code; what code cannot have is escaped as other people's text is."""
    return escape_markdown(text) if set(text) & set("`|\n") else f"`{text}`"


def _made_of(change: ListChange) -> str:
    locked = change.locked
    return f"{_commit(change, locked.commit)}, {_code(f'{locked.image}@{locked.digest}')}" if locked else ""


def _commit(change: ListChange, commit: str) -> str:
    address = _web(change.entry)
    return _link(f"`{commit[:7]}`", f"{address}/commit/{commit}") if address else _code(commit)


def _comparison(change: ListChange) -> str:
    address = _web(change.entry)
    return f"{address}/compare/{_ref(change.replaced)}...{change.entry.ref}" if address and change.replaced else ""


def _web(entry: ListEntry) -> str:
    """Return the address of a repository's pages, where it has any."""
    text = str(entry.url)
    return text.removesuffix("/").removesuffix(".git") if text.startswith("https://") else ""


def _base(change: ListChange, facts: Facts) -> tuple[str, str] | None:
    """Return the base now and before, empty where that is not known; None where the one of now is not."""
    now, before = _facts(change.content, facts).base, _facts(change.image_before, facts).base
    return (now, before) if now else None


def _bases_in_a_row(base: tuple[str, str] | None) -> str:
    now, before = base or ("", "")
    return " → ".join(_code(each) for each in dict.fromkeys((before, now)) if each)


def _size(change: ListChange, facts: Facts) -> tuple[str, str] | None:
    """Return the compressed size now and before; None where the one of now is not known."""
    now, before = _facts(change.content, facts).size, _facts(change.image_before, facts).size
    if now is None or before is None:
        return None if now is None else (_megabytes(now), NOT_KNOWN)
    more = f"{(now - before) / _MEGABYTE:+.1f}"
    return _megabytes(now) + ("" if float(more) == 0 else f" ({more} MB)"), _megabytes(before)


def _megabytes(size: int) -> str:
    return f"{size / _MEGABYTE:.1f} MB"


def _facts(image: ImageName | None, facts: Facts) -> ImageFacts:
    return facts.get(image, ImageFacts()) if image else ImageFacts()
