"""Which newer versions the images have upstream that ours are made FROM."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.image import LATEST, ImageName
from ltf_ci.watch.rules.versions import Version, is_above, language_version, line_of, newer, of_version, read


@dataclass(frozen=True, slots=True)
class Upstream:
    """An image that is not ours: its tags upstream, and those of them that our images are made FROM.

    `latest` and `stable` are the versions that have the digests of these; empty where none that was looked at has it;
    None where there is no such name, or it was not asked for. `floating` are tags that name no version, such as `slim`,
    each with a language version of ours that was made FROM it.
    """

    image: ImageName
    place: Place
    tags: Sequence[str]
    ours: Sequence[str]
    latest: str | None = None
    stable: str | None = None
    floating: Sequence[tuple[str, str]] = ()

    @property
    def compared(self) -> tuple[str, ...]:
        """The tags of ours that may be compared with others; of a floating one that of its version."""
        return (*self.ours, *(of_version(tag, version) for tag, version in self.floating))

    def newer(self) -> Iterator[tuple[Version, Version]]:
        """Return each of ours that has something newer, and that.

        Nothing for development, but for patches of what is made FROM that.
        """
        limit = self.limit
        above = [tag for tag in self.ours if is_above(tag, limit)]
        own = {line_of(tag) for tag in above}
        yield from newer({*self.ours} - {*above}, (tag for tag in self.tags if not is_above(tag, limit)))
        yield from newer(above, (tag for tag in self.tags if line_of(tag) in own))

    @property
    def limit(self) -> str:
        """The version above which all are for development, as perl 5.43.1 while `latest` is 5.42.0; empty if not known.

        Where nothing of ours is above `stable`, it is that: the `latest` of swipl is for development itself.
        """
        is_kept_to = self.stable and not any(is_above(ours, self.stable) for ours in self.ours)
        return (self.stable if is_kept_to else self.latest) or ""


def findings(upstream: Upstream) -> Iterator[Finding]:
    """Find newer versions that nothing of ours is made FROM yet, and a `latest` that is none that is known."""
    reported = []
    for mine, there in upstream.newer():
        reported.append(there.tag)
        rule = "upstream-patch" if mine.line == there.line else "upstream-version"
        is_latest = f", which is {LATEST}" if there.tag == upstream.latest else ""
        found = f"{upstream.image.tagged(mine.tag)} has a newer one: {there.tag}{is_latest}"
        yield _finding(rule, upstream, found, [mine.tag])
    yield from _latest(upstream, reported)
    yield from _behind_floating(upstream)


def _behind_floating(upstream: Upstream) -> Iterator[Finding]:
    """Find newer versions in the flavour of a floating tag, where upstream has the version of ours in that flavour."""
    versions: defaultdict[str, set[str]] = defaultdict(set)
    for floating, version in upstream.floating:
        versions[floating].add(of_version(floating, version))
    known = {*upstream.tags}
    wanted = [tag for tag in upstream.tags if not is_above(tag, upstream.limit)]
    for floating, mine in sorted(versions.items()):
        for ours, there in newer(mine & known, wanted):
            begun = language_version(there.tag)
            yield Finding(
                rule="upstream-patch" if ours.line == there.line else "upstream-version",
                place=upstream.place,
                images=(upstream.image.tagged(floating),),
                found=f"{upstream.image.tagged(floating)} was {ours.tag} for ours, and {there.tag} is newer",
                expected="the newest version upstream",
                cure=f"begin it: `ltf-ci next --language-version {begun}`",
            )


def _latest(upstream: Upstream, reported: Collection[str]) -> Iterator[Finding]:
    latest, named = upstream.latest, upstream.image.tagged(LATEST)
    versions = [found for found in map(read, upstream.ours) if found]
    if latest is None or latest in (*reported, *upstream.ours) or all(flavour.suffix for flavour, _ in versions):
        return
    ours = ", ".join(sorted(upstream.ours))
    if latest:
        there = read(latest)
        is_newer = there and all(there[1] > mine for _, mine in versions)
        if is_newer and not is_above(latest, upstream.limit):
            found = f"{named} is {latest}, and nothing is made FROM it: {ours} is"
            yield _finding("upstream-latest", upstream, found, upstream.ours)
    elif not reported:
        found = f"{named} is not {ours}, and none of the newest versions"
        yield _finding("upstream-latest", upstream, found, upstream.ours)


def _finding(rule: str, upstream: Upstream, found: str, ours: Iterable[str]) -> Finding:
    return Finding(
        rule=rule,
        place=upstream.place,
        images=tuple(map(upstream.image.tagged, ours)),
        found=found,
        expected="the newest version upstream",
        cure="`ltf-ci watch --open-pull-requests` proposes it; or change the FROM, and begin the version at revision 1",
    )
