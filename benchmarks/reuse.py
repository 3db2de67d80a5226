"""A release of which only start files changed, beside the same with a build and push: of the images of `publish`."""

from __future__ import annotations

from pathlib import Path

from benchmarks.measure import Run, interleaved
from benchmarks.publish import KINDS, TIMES, Bench, Kind

KEEPS_CACHE = ("--build-arg", "BUILDKIT_INLINE_CACHE=1")


def rows(folder: Path) -> list[list[str]]:
    """Measure, and give the table's rows."""
    return [row for name, kind in KINDS.items() for row in _rows(name, folder / kind.__name__, kind)]


def _rows(name: str, folder: Path, kind: Kind) -> list[list[str]]:
    with kind(folder) as made:
        releases = Releases(made)
        cold, hand, fetched, warm, reused, tested = interleaved(
            TIMES,
            releases.cold,
            releases.by_hand,
            releases.by_hand_elsewhere,
            releases.warm,
            releases.reused,
            releases.tested,
        )
    slower = {"cold": cold, "warm by hand": hand, "warm": warm, "the registry's cache": fetched}
    return [
        _row(f"{name}: `ltf-ci publish --rebuild`, cold", cold),
        _row("`docker build`, `docker push`, `docker push` by hand, warm", hand),
        _row("`ltf-ci publish --rebuild`, warm", warm),
        _row("the same by hand on a new runner, with the registry's cache: `--cache-from`", fetched),
        _row("`ltf-ci publish`: the layers of the revision before", reused, **slower),
        _row("the same, the image pulled to look for a traffic light", tested, **slower),
    ]


class Releases:
    """Kinds of releases, all of one content, but for the cold one, which begins anew."""

    def __init__(self, made: Bench) -> None:
        self._bench = made

    def cold(self) -> Run:
        """Build and push what neither docker nor the registry has."""
        self._bench.renew()
        return self._bench.again("--rebuild", "--no-test")

    def by_hand(self) -> Run:
        """Do it by docker's own commands; docker has all layers in its cache, and the registry has them too."""
        return self._bench.docker(self._bench.tag(), *KEEPS_CACHE)

    def by_hand_elsewhere(self) -> Run:
        """Do it by docker's own commands; the registry alone has the layers, with what BuildKit needs to know them."""
        named = self._bench.tag()
        self._bench.forget()
        return self._bench.docker(named, *KEEPS_CACHE, "--cache-from", f"{self._bench.image}:latest")

    def warm(self) -> Run:
        """Build what docker has in its cache."""
        self._bench.tag()
        return self._bench.again("--rebuild", "--no-test")

    def reused(self) -> Run:
        """Build nothing."""
        self._bench.tag()
        return self._bench.again("--no-test")

    def tested(self) -> Run:
        """Build nothing, and bring the image into the daemon, which has its layers."""
        self._bench.tag()
        return self._bench.again()


def _row(what: str, run: Run, **slower: Run) -> list[str]:
    beside = ", ".join(f"{each.seconds / run.seconds:.1f} x {name}" for name, each in slower.items())
    return [what, f"{run.seconds:.2f} s", "", beside]
