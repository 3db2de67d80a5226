"""The container that start files run in, as cyber-dojo's runner has it, and its results."""

from __future__ import annotations

from dataclasses import dataclass

USER, UID, GID, HOME = "sandbox", 41966, 51966, "/home/sandbox"
PROGRAMS = ("bash", "file", "find", "grep", "gzip", "mktemp", "stat", "truncate", "xargs")
TAR = "GNU tar"  # so it names itself; another tar does not know the runner's options
LONGEST = 50 * 1024  # bytes, then characters, of what is kept of a stream


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerSpec:
    """A container's image, name and time limit. `traces`: it may trace processes, and its data have no limit.

    `is_first`: the program is the container's first process, which no other one there can stop or kill; else docker's
    own is, which collects what has ended.
    """

    image: str
    name: str
    seconds: float
    traces: bool = False
    is_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerResult:
    """The result of a container; without a status where it was killed, as its time was up or it printed too much."""

    stdout: bytes
    stderr: bytes
    status: int | None
    seconds: float
    timed_out: bool = False


@dataclass(frozen=True, slots=True)
class Printed:
    """One stream's text, and whether it was cut."""

    text: str = ""
    cut: bool = False

    @classmethod
    def of(cls, raw: bytes) -> Printed:
        """Read a stream as cyber-dojo does: as UTF-8 without invalid bytes, cut at LONGEST."""
        return cls(raw.decode("utf-8", "ignore")[:LONGEST], len(raw) > LONGEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartFilesRun:
    """What cyber-dojo.sh printed, and its status; where it did not end by itself, `timed_out` or a `fault`."""

    stdout: Printed = Printed()
    stderr: Printed = Printed()
    status: int = 0
    seconds: float = 0
    timed_out: bool = False
    fault: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether cyber-dojo.sh ended by itself, and all that it printed is here."""
        return not (self.timed_out or self.fault)
