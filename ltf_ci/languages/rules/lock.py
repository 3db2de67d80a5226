"""Is the lock of the languages list true: an entry for each release, and none of what is not listed?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ltf_ci.errors import LtfError
from ltf_ci.images.rules.tags import Found, TaggedImage
from ltf_ci.languages.languages_list import LanguagesList, Unreadable
from ltf_ci.languages.listed import Listed
from ltf_ci.languages.lock import RESTORED, Lock, LockEntry
from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.image import Digest
from ltf_ci.traffic_light.colour import Colour

_CURE = "`ltf-ci list lock --write` adds it, and `ltf-ci bump` with the line"


def untrue(lock: Lock, path: str, lines: Iterable[Listed], digests: Mapping[str, Digest]) -> Iterator[Finding]:
    """Find releases whose entry is missing, or differs from git, manifest and registry; digests by image."""
    for line in lines:
        if line.tag is None:
            continue
        key = lock.find(line.entry)
        entry = lock.entry(key) if key else None
        if entry is None:
            found = f"{path} has no entry" if key is None else f"{path} has an entry that cannot be read"
            yield Finding(
                rule="lock-entry",
                place=line.place,
                found=f"{found} for {line.entry}",
                expected="an entry for each release of the list",
                cure=_CURE if key is None else RESTORED,
            )
        else:
            yield from _differing(entry, line, digests.get(str(line.image)), path)
            yield from _colours(entry, line, path)


def unreadable(lock: Lock, path: str) -> Iterator[Finding]:
    """Find releases whose entry cannot be read: nothing can be compared with it."""
    for key in sorted(lock.entries):
        if "?tag=" in key and lock.entry(key) is None:
            yield Finding(
                rule="lock-entry",
                place=Place(path),
                found=f"{path} has an entry that cannot be read for {key[:200]}",
                expected="its commit, image and digest, as they were released",
                cure=RESTORED,
            )


def begun(lock: Lock, made: Iterable[tuple[Listed, Found | LtfError]]) -> Lock:
    """Return the lock with an entry for each release that it lacks and whose image is made of its tag's commit."""
    for line, found in made:
        if not isinstance(found, TaggedImage) or lock.find(line.entry):
            continue
        if line.tag and str(found.labels.revision) == line.commit:
            entry = LockEntry(line.commit, str(line.image), str(found.digest), line.display_name)
            lock = lock.edited(None, line.entry, entry)
    return lock


def unlisted(lock: Lock, text: str, path: str, listed: LanguagesList) -> Iterator[Finding]:
    """Find entries without a line in the list, at the lock's own line."""
    lines = [line.entry for line in listed.every_line() if not isinstance(line, Unreadable)]
    known = {lock.find(entry) for entry in lines}
    numbers = {line.partition('": ')[0]: number for number, line in enumerate(text.split("\n"), 1)}
    for key in lock.entries:
        if key not in known:
            yield Finding(
                rule="lock-unlisted",
                place=Place(path, numbers.get(f'"{key}', 0)),
                found=f"{key} is in the lock, and not in {listed.path}",
                expected="an entry for each release of the list, and no other",
                cure="remove the entry, or add the line",
            )


def _colours(entry: LockEntry, line: Listed, path: str) -> Iterator[Finding]:
    """Find colours that no start files give."""
    named = entry.traffic_light.split(", ") if entry.traffic_light else []
    if not set(named) <= set(Colour):
        yield Finding(
            rule="lock-entry",
            place=line.place,
            path="traffic_light",
            found=f"{line.entry}: {path} has the colours {entry.traffic_light[:80]!r}",
            expected=f"{', '.join(Colour)}, or none",
            cure=RESTORED,
        )


def _differing(entry: LockEntry, line: Listed, digest: Digest | None, path: str) -> Iterator[Finding]:
    """Find where something differs now from what was released: the lock is trusted first, and never the one to mend."""
    now = {
        "commit": ("the git tag is at", line.commit),
        "image": ("the manifest has the image", str(line.image or "")),
        "digest": ("the registry has the digest", str(digest or entry.digest)),
        "display_name": ("the manifest has the display name", line.display_name),
    }
    for field, (where, value) in now.items():
        locked = getattr(entry, field)
        if locked != value:
            yield Finding(
                rule=f"lock-{field.replace('_', '-')}",
                place=line.place,
                path=field,
                found=f"{line.entry}: {where} {value!r}",
                expected=f"{locked!r}, as it was released and {path} has it",
                cure="find out who changed it, and release the next revision: the lock stays as it is",
            )
