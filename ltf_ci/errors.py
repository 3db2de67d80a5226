"""Every error that ltf-ci raises on purpose, and the exit code of each.

LtfError
├── Disagreement         1  something is not as it should be: the findings list it
├── UsageError           2  words of the command line or the environment are wrong, or an option is missing
├── BadInput             3  a file, folder, tag or image is not there, or cannot be read as what it should be
├── Refused              4  it could be done, and must not be
│   └── TagTaken            the image's tag holds other content
├── RegistryUnavailable  5  a registry could not be asked, or answered what cannot be understood
│   └── NotInRegistry       it answered that it has no such thing
├── AccessDenied         6  a registry, git host or GitHub does not let these credentials in
├── BuildFailed          7  the image could not be built
├── GitFailed            8  git failed
│   └── NoRepository        no repository, or one without a commit
├── GithubFailed         9  GitHub refused, or did not answer
│   └── HeadMoved           another commit was faster: look again, and decide again
├── MissingTool         10  a program that is needed is not on this machine
├── DockerFailed        11  the docker daemon refused, or did not answer
├── MachineFailed       12  the machine refused: the disk is full, a folder is gone, no memory is left
└── OwnMistake          70  anything else that escapes: a bug of ltf-ci

Interrupted by a signal: 128 and its number (130 by Ctrl-C, 143 by SIGTERM).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Protocol, Self


class FilePlace(Protocol):
    """A place in a file: its path, line and column from 1; 0 where there is none."""

    @property
    def path(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


class LtfError(Exception):
    """What was found, what was expected and what to do about it: each one sentence or less.

    `again_after` are the seconds after which the same call may succeed; None where it would fail again. `was_retried`:
    it was made again as often as it is to be.
    """

    exit_code: ClassVar[int] = 1
    usual: ClassVar[str] = ""  # what is expected where nothing more is said
    place: FilePlace | None = None  # where in a file it is, if that is known
    others: tuple[LtfError, ...] = ()  # found at once with this one, each at its place
    about: str = ""  # the value that names what is not there, as its option was given it

    def __init__(self, found: str, *, expected: str = "", cure: str = "", again_after: float | None = None) -> None:
        super().__init__(found)
        self.found = found
        self.expected = expected or self.usual
        self.cure = cure
        self.again_after = again_after
        self.was_retried = False

    @classmethod
    def at(
        cls, place: FilePlace, found: str, *, expected: str = "", cure: str = "", again_after: float | None = None
    ) -> Self:
        """Return an error that begins with its place, and by which GitHub shows it at its line."""
        return cls(found, expected=expected, cure=cure, again_after=again_after).found_at(place)

    def of(self, value: object) -> Self:
        """Return the error itself, as one about what this value names; the option that has it is named later."""
        self.about = str(value)
        return self

    def found_at(self, place: FilePlace) -> Self:
        """Return the error itself, which begins with its place from here on."""
        self.found, self.place = f"{place}: {self.found}", place
        return self

    @property
    def in_a_row(self) -> str:
        """What was found, and what to do about it, as a row of a table has it."""
        return f"{self.found}: {self.cure}" if self.cure else self.found

    def __str__(self) -> str:
        """Return all that is known, on one line a part."""
        parts = [self.found]
        if self.expected:
            parts.append(f"expected: {self.expected}")
        if self.cure:
            parts.append(f"what to do: {self.cure}")
        return "\n".join(parts)


class Disagreement(LtfError):
    exit_code = 1


class UsageError(LtfError):
    exit_code = 2


class BadInput(LtfError, ValueError):
    exit_code = 3


class Refused(LtfError):
    exit_code = 4


class TagTaken(Refused):
    pass


class RegistryUnavailable(LtfError):
    exit_code = 5
    usual = "a registry that answers"


class NotInRegistry(RegistryUnavailable):
    pass


class AccessDenied(LtfError):
    exit_code = 6
    usual = "a login that may do it"


class BuildFailed(LtfError):
    exit_code = 7
    usual = "a Dockerfile that docker builds"


class GitFailed(LtfError):
    exit_code = 8


class NoRepository(GitFailed):
    pass


class GithubFailed(LtfError):
    exit_code = 9
    usual = "a GitHub that answers, and allows it"


class HeadMoved(GithubFailed):
    usual = "a branch that is as it was read"


class MissingTool(LtfError):
    exit_code = 10


class DockerFailed(LtfError):
    exit_code = 11


class MachineFailed(LtfError):
    exit_code = 12


class OwnMistake(LtfError):
    exit_code = 70


def all_at_once(errors: Sequence[BadInput]) -> BadInput:
    """Return the first of a file's errors, which has the others with it."""
    first, *others = sorted(errors, key=lambda error: (error.place.line, error.place.column) if error.place else (0, 0))
    first.others = tuple(others)
    return first


def first_outage(answers: Iterable[object]) -> RegistryUnavailable | None:
    """Return the first of many answers that is a registry's outage; None where every registry answered."""
    return next((answer for answer in answers if isinstance(answer, RegistryUnavailable)), None)
