"""The lock next to the languages list: what each of its releases was made of, one sorted line an entry."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

from ltf_ci.errors import BadInput
from ltf_ci.images.rules.trust import KnownReleases, LockedRelease
from ltf_ci.languages.languages_list import SHORT, LanguagesList, ListEntry
from ltf_ci.languages.release import Release
from ltf_ci.model.bounds import expect_bounded, expect_few_parts
from ltf_ci.model.commit import Commit
from ltf_ci.model.file_text import text_of
from ltf_ci.model.finding import Place
from ltf_ci.model.image import Digest, ImageName
from ltf_ci.model.repository_url import RepositoryUrl, likely_name

NAME = "languages.lock.json"
RESTORED = "restore it from git (git log -p FILE): what was released is written nowhere else"
_ALGORITHM = "sha256:"


def lock_path(list_path: str) -> str:
    """Return the path of the lock that belongs to a list."""
    return str(PurePosixPath(list_path).with_name(NAME))


@dataclass(frozen=True, slots=True)
class LockEntry:
    """What a release was made of: the full commit, and the image's name and manifest digest.

    `traffic_light` has the colours that its start files gave before the push: `red, amber, green`; it is empty, and not
    written, where that was not tried or is not known.
    """

    commit: str
    image: str
    digest: str
    display_name: str
    traffic_light: str = ""

    @classmethod
    def of(cls, release: Release) -> LockEntry:
        """Return a release's entry."""
        light = ", ".join(release.colours)
        return cls(str(release.commit), str(release.image), str(release.digest), release.display_name, light)

    def locked(self, source: RepositoryUrl) -> LockedRelease:
        """Return it as what commands trust first; `source` is the repository that it is of."""
        image, digest = ImageName.parse(self.image), Digest.parse(self.digest)
        return LockedRelease(source, Commit.parse(self.commit), image, digest)

    def knowing(self, other: LockEntry) -> LockEntry:
        """Return the entry with the colours that only another entry of the same image knows."""
        is_same = (self.commit, self.digest) == (other.commit, other.digest)
        return replace(self, traffic_light=self.traffic_light or other.traffic_light) if is_same else self

    def as_data(self) -> dict[str, str]:
        """Return it as JSON data, without what is not known."""
        return {name: value for name, value in asdict(self).items() if value or name != "traffic_light"}


@dataclass(frozen=True)
class Lock:
    """A lock's entries by the list's line, `URL?tag=TAG`; what other versions of ltf-ci keep there stays.

    `lines` are the entries' own, where the text had one each: they stay to the byte.
    """

    entries: Mapping[str, Mapping[str, Any]]
    lines: Mapping[str, str] = field(default_factory=dict, compare=False)

    @classmethod
    def parse(cls, raw: bytes, path: str) -> Lock:
        """Read a lock, or raise BadInput."""
        expected = 'an object: {"URL?tag=TAG": {"commit": "…", "image": "…", "digest": "…", "display_name": "…"}}'
        expect_bounded(path, len(raw))
        expect_few_parts(path, raw)
        text = text_of(raw, path)
        try:
            data = json.loads(text, object_pairs_hook=_once, parse_constant=_never)
            lines = _lines(text, data)
            if not lines or "\\u" in text:
                _json(data).encode()  # half a surrogate pair can be read, and not be written
        except (ValueError, RecursionError) as error:
            raise BadInput.at(_place(path, error), _why(error), expected=expected, cure=RESTORED) from error
        if not isinstance(data, dict) or not all(isinstance(entry, dict) for entry in data.values()):
            raise BadInput(
                f"{path} is no lock",
                expected=expected,
                cure=RESTORED,
            )
        return cls(data, lines)

    def __str__(self) -> str:
        lines = [self.lines.get(key) or _line(key, self.entries[key]) for key in sorted(self.entries)]
        return "{\n" + ",\n".join(lines) + "\n}\n" if lines else "{}\n"

    def entry(self, key: str) -> LockEntry | None:
        """Return the entry of a list's line; None where there is none, or where it cannot be read."""
        found = self.entries.get(key, {})
        commit, image, digest, name, light = (str(found.get(field) or "") for field in LockEntry.__slots__)
        try:
            parsed = str(Commit.parse(commit)), str(ImageName.parse(image)), str(Digest.parse(digest))
            if not digest.startswith(_ALGORITHM):  # no image that was released could have it
                return None
            return LockEntry(*parsed, name, light)
        except BadInput:
            return None

    def known(self) -> KnownReleases:
        """Return the releases; raise BadInput where one's entry cannot be read: as if unlocked, any image would do."""
        found = ((key, self.entry(key)) for key in self.entries if "?tag=" in key)
        return KnownReleases.of(_readable(key, entry).locked(RepositoryUrl(_address(key))) for key, entry in found)

    def find(self, wanted: ListEntry) -> str | None:
        """Return the key of a release's entry: as it is spelled here, else the first, however it is spelled there."""
        as_spelled = f"{wanted.url}?tag={wanted.ref}"
        if as_spelled in self.entries:
            return as_spelled
        if wanted.ref not in self._refs:
            return None
        alike = self._alike.get((likely_name(wanted.url.text), wanted.ref), ())
        return next((key for key in alike if RepositoryUrl(key.partition("?tag=")[0]).key == wanted.url.key), None)

    @cached_property
    def _refs(self) -> frozenset[str]:
        """The entries' tags: next to nothing compared with `_alike`, which a bump seldom needs."""
        return frozenset(key.rpartition("?tag=")[2] for key in self.entries)

    @cached_property
    def _alike(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """The entries' keys by what is cheap to compare."""
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for key in self.entries:
            address, mark, ref = key.partition("?tag=")
            if mark:
                loosely = likely_name(address), ref
                found[loosely] = (*found.get(loosely, ()), key)
        return found

    def known_in(self, listed: LanguagesList) -> LanguagesList:
        """Return a list whose lines `SHA7@URL` are known as the releases that the lock has of these commits."""
        if not listed.has_commits:
            return listed
        found = {}
        for key in self.entries:
            address, mark, ref = key.partition("?tag=")
            entry = self.entry(key) if mark else None
            if entry:
                found[RepositoryUrl(address).key, entry.commit[:SHORT]] = ref
        return replace(listed, releases=found)

    def edited(self, gone: ListEntry | None, written: ListEntry, entry: LockEntry) -> Lock:
        """Return the lock without that release's entry and with this one."""
        dropped = {self.find(each) for each in (gone, written) if each}
        kept = {name: found for name, found in self.entries.items() if name not in dropped}
        key, new = str(written.release), entry.as_data()
        return Lock({**kept, key: new}, {**self.lines, key: _line(key, new)})

    def moved(self, older: ListEntry, written: ListEntry) -> Lock:
        """Return the lock with a release's entry, whatever is in it, by another address."""
        found = self.find(older)
        if found is None:
            return self
        key, entry = str(written.release), self.entries[found]
        kept = {name: each for name, each in self.entries.items() if name != found}
        return Lock({**kept, key: entry}, {**self.lines, key: _line(key, entry)})


def _readable(key: str, entry: LockEntry | None) -> LockEntry:
    if entry is None:
        raise BadInput(
            f"the lock's entry of {key[:200]!r} cannot be read",
            expected="its commit, image and digest, as they were released",
            cure=RESTORED,
        )
    return entry


def _address(key: str) -> str:
    return key.partition("?tag=")[0]


def _place(path: str, error: Exception) -> Place:
    if isinstance(error, json.JSONDecodeError):
        return Place(path, error.lineno, error.colno)
    return Place(path)


def _why(error: Exception) -> str:
    """Return what is wrong with a lock's text, without Python's words for it."""
    if isinstance(error, json.JSONDecodeError):
        return "it is no JSON here"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    is_odd = isinstance(error, UnicodeError)
    return "it has half of a surrogate pair, which is no letter" if is_odd else str(error)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is repeated")
    return found


def _never(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _lines(text: str, data: object) -> Mapping[str, str]:
    """Return each entry's line; none where the text does not have one an entry, as we write it."""
    lines = text[2:-3].split(",\n")
    if not isinstance(data, dict) or len(lines) != len(data) or text[:2] + text[-3:] != "{\n\n}\n":
        return {}
    found = dict(zip(data, lines, strict=True))
    return found if all(line.startswith(f'"{key}": ') for key, line in found.items()) else {}


def _line(key: str, entry: object) -> str:
    return f"{_json(key)}: {_json(entry)}"


_json = json.JSONEncoder(ensure_ascii=False).encode
