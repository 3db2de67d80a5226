"""`start-point create` and `list check` of 82 repositories beside git's own commands, one after another, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from benchmarks import repository
from benchmarks.measure import Run, environ_with_bytecode, interleaved, ltf_ci, measured
from embedded.git_http import git_over_http

TIMES = 5
REPOSITORIES = 82  # as many as the real list has
LATENCY = 0.05  # seconds for each request
TAG = "3.7.4-1"

# A list's addresses are https; git asks for these by http.
_AS_HTTP = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "url.http://.insteadOf", "GIT_CONFIG_VALUE_0": "https://"}


@dataclass
class Bench:
    """Addresses of repositories, and a folder that each run makes others in."""

    folder: Path
    urls: list[str]
    numbers: Iterator[int] = field(default_factory=count)

    def by_hand(self) -> Run:
        """Do it by git's own commands, as the design notes have them."""
        place = self._place()
        lines = [
            f"git ls-remote --tags {url} {TAG}\n"
            f"git clone --single-branch --depth 1 --branch {TAG} {url} {place}/{number}"
            for number, url in enumerate(self.urls)
        ]
        return measured(["/bin/sh", "-ec", "\n".join(lines)], environ_with_bytecode(self.folder))

    def create(self) -> Run:
        """Do it by ltf-ci, which checks what it fetched too."""
        words = [f"{url}?tag={TAG}" for url in self.urls]
        told = [ltf_ci(), "start-point", "create", "languages", "--out", str(self._place()), "--repository", *words]
        return measured(told, environ_with_bytecode(self.folder))

    def check(self) -> Run:
        """Check the list of them, whose images are asked for nowhere."""
        return self._check("--no-images")

    def check_again(self) -> Run:
        """Check it where another check has kept what it fetched."""
        return self._check("--no-images", "--cache", str(self.folder / "kept"))

    def _check(self, *words: str) -> Run:
        file = self.folder / "git_repo_urls.tagged"
        file.write_text("".join(f"{url.replace('http:', 'https:')}?tag={TAG}\n" for url in self.urls))
        environ = {**environ_with_bytecode(self.folder), **_AS_HTTP}
        return measured([ltf_ci(), "list", "check", str(file), *words], environ)

    def _place(self) -> Path:
        return self.folder / f"made-{next(self.numbers)}"


def rows(folder: Path) -> list[list[str]]:
    """Measure, and return the table's rows."""
    hosted = folder / "repositories"
    for number in range(REPOSITORIES):
        repository.begin(hosted / f"ltf-{number}")
        (hosted / f"ltf-{number}/docker/Dockerfile").write_text("FROM scratch\n")
        repository.tag(hosted / f"ltf-{number}", f"cyberdojofoundation/ltf_{number}", 1, language=f"Language{number}")
    with git_over_http(hosted, latency=LATENCY) as server:
        bench = Bench(folder, [f"http://{server.host}/ltf-{number}/.git" for number in range(REPOSITORIES)])
        hand, *ours = interleaved(TIMES, bench.by_hand, bench.create, bench.check, bench.check_again)
    names = ("start-point create`", "list check`", "list check --cache`, again")
    return [
        ["`git ls-remote`, `git clone` by hand", f"{hand.seconds:.2f} s", "", ""],
        *(_row(f"`ltf-ci {name}", run, hand) for name, run in zip(names, ours, strict=True)),
    ]


def _row(name: str, run: Run, hand: Run) -> list[str]:
    times = f"1/{hand.seconds / run.seconds:.1f} of by hand"
    return [name, f"{run.seconds:.2f} s", f"{run.megabytes:.0f} MB", times]
