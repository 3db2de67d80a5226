"""What a pull request in the languages repository says: title and body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from ltf_ci.languages.languages_list import ListEntry
from ltf_ci.languages.lock import LockEntry
from ltf_ci.model.image import ImageName
from ltf_ci.model.printable import escape_markdown, truncated
from ltf_ci.model.remote_repository import PullText

_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChange:
    """A release on its way into the list.

    `locked` is its lock entry; None where another run wrote it, into a list without a lock. `replaced` is the entry
    that it replaces.
    """

    entry: ListEntry
    locked: LockEntry | None = None
    replaced: ListEntry | None = None

    def replacing(self, entry: ListEntry | None) -> ListChange:
        """Return the change, knowing what it takes the place of."""
        return replace(self, replaced=entry)

    @property
    def image(self) -> ImageName | None:
        """The release's image; None where it is not known."""
        return ImageName.parse(self.locked.image) if self.locked else None

    @property
    def image_before(self) -> ImageName | None:
        """The image of the release that it takes the place of; None where that is none, or not known."""
        before = self.replaced.tag if self.replaced else None
        return self.image.tagged(before) if self.image and before else None


Sizes: TypeAlias = Mapping[ImageName, int | None]  # compressed, in bytes; None where it cannot be had


def images_with_size(changes: Sequence[ListChange]) -> Iterator[ImageName]:
    """Return the images whose sizes a pull request's text has: one with many changes has none."""
    if len(changes) == 1:
        yield from filter(None, (changes[0].image, changes[0].image_before))


def pull_text(changes: Sequence[ListChange], sizes: Sizes, reasons: Sequence[str] = ()) -> PullText:
    """Return the title and body for these changes, and why, where a reason was given."""
    why = "".join(f"Reason: {_plain(reason)}\n\n" for reason in reasons)
    if len(changes) == 1:
        return PullText(title=_title(changes[0]), body=why + _page(changes[0], sizes))
    rows = [f"| {change.entry.url.name} | {_step(change)} | {_made_of(change)} |" for change in changes]
    table = "\n".join(["| repository | release | made of |", "|---|---|---|", *rows])
    body = truncated(f"{why}{table}\n", "the commit has the rest") + _FOOT
    return PullText(title=f"Bump {len(changes)} releases in the languages list", body=body)


def _plain(text: str) -> str:
    """Escape text of other people so that it links nowhere: `fixes URL` would close an issue."""
    return escape_markdown(text).replace("://", "&#58;//")


_FOOT = (
    "\nOpened by ltf-ci. A newer release takes this pull request over; commits of other people on it are left alone.\n"
)


def _title(change: ListChange) -> str:
    name, tag = change.entry.url.name, change.entry.ref
    return f"Bump {name} from {_before(change.replaced)} to {tag}" if change.replaced else f"Add {name} {tag}"


def _before(entry: ListEntry) -> str:
    return entry.commit or entry.ref


def _step(change: ListChange) -> str:
    said = f"{_before(change.replaced)} → {change.entry.ref}" if change.replaced else f"new: {change.entry.ref}"
    link = _comparison(change)
    return f"[{said}]({link})" if link else said


def _page(change: ListChange, sizes: Sizes) -> str:
    locked = change.locked
    rows = [("release", _step(change))]
    if locked:
        rows += [
            ("display name", _plain(locked.display_name)),
            ("commit", _commit(change, locked)),
            ("image", f"`{locked.image}`"),
            ("digest", f"`{locked.digest}`"),
        ]
        rows += [("start files", escape_markdown(locked.traffic_light))] if locked.traffic_light else []
    rows += [("compressed size", size)] if (size := _size(change, sizes)) else []
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {said} |" for name, said in rows)]) + f"\n{_FOOT}"


def _made_of(change: ListChange) -> str:
    locked = change.locked
    return f"{_commit(change, locked)}, `{locked.image}@{locked.digest}`" if locked else ""


def _commit(change: ListChange, locked: LockEntry) -> str:
    address = _web(change.entry)
    return f"[{locked.commit[:7]}]({address}/commit/{locked.commit})" if address else f"`{locked.commit}`"


def _comparison(change: ListChange) -> str:
    address = _web(change.entry)
    return f"{address}/compare/{_before(change.replaced)}...{change.entry.ref}" if address and change.replaced else ""


def _web(entry: ListEntry) -> str:
    """Return the address of a repository's pages, where it has any."""
    text = str(entry.url)
    return text.removesuffix("/").removesuffix(".git") if text.startswith("https://") else ""


def _size(change: ListChange, sizes: Sizes) -> str:
    mine = sizes.get(change.image) if change.image else None
    if mine is None:
        return ""
    before = sizes.get(change.image_before) if change.image_before else None
    said = f"{mine / _MEGABYTE:.1f} MB"
    more = f"{(mine - (before or 0)) / _MEGABYTE:+.1f}"
    return said if before is None or float(more) == 0 else f"{said} ({more} MB)"
