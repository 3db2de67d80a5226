"""Things that are asked for many at a time, each once; what has answered is known at any moment."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Generic, TypeAlias, TypeVar

from ltf_ci.clients.concurrency import concurrently
from ltf_ci.errors import LtfError
from ltf_ci.model.finding import Place
from ltf_ci.model.image import ImageName
from ltf_ci.model.repository_url import RepositoryUrl
from ltf_ci.watch.watched import Unreachable

A = TypeVar("A", bound=Hashable)
B = TypeVar("B")
Named: TypeAlias = tuple[ImageName | RepositoryUrl, Place]  # what is asked for, and the place that names it


class Asked(Generic[A, B]):
    """Things of one kind that are asked for: where each is named, and what has answered by now."""

    def __init__(self) -> None:
        self._named: dict[A, Named] = {}
        self._answers: dict[A, B | LtfError] = {}

    def ask(self, look: Callable[[A], B], each: Mapping[A, Named]) -> None:
        """Look at each that has not answered, many at a time."""
        self._named |= each
        concurrently(look, [one for one in each if one not in self._answers], heard=self._answers)

    def known(self) -> dict[A, B]:
        """Return what has answered, in the order in which it was asked for."""
        answers = dict(self._answers)
        found = ((one, answers[one]) for one in dict(self._named) if one in answers)
        return {one: answer for one, answer in found if not isinstance(answer, LtfError)}

    def unreachable(self) -> Iterator[Unreachable]:
        """Return what could not be asked."""
        answers = dict(self._answers)
        for one, (what, place) in dict(self._named).items():
            answer = answers.get(one)
            if isinstance(answer, LtfError):
                yield Unreachable(what, what.registry if isinstance(what, ImageName) else what.host, place, answer)
