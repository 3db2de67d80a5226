"""Many servers asked concurrently, each one's error being its own answer."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from ltf_ci.clients import process
from ltf_ci.errors import LtfError
from ltf_ci.model.finding import Finding

MOST_AT_ONCE = 32  # threads: each waits for its server most of the time
_SLEEP = 0.5  # seconds
A = TypeVar("A", bound=Hashable)
B = TypeVar("B")


class Interrupted(KeyboardInterrupt):
    """An interrupt, with what had answered before it; who knows what that means adds it as findings."""

    def __init__(self, answers: Mapping[Any, Any]) -> None:
        super().__init__()
        self.answers = answers
        self.findings: tuple[Finding, ...] = ()


def concurrently(
    ask: Callable[[A], B], each: Iterable[A], progress: Callable[[int, int], None] = lambda _done, _of: None
) -> Mapping[A, B | LtfError]:
    """Return what `ask` returns for each, or the LtfError that it raises, in the order of `each`.

    `progress` is called with how many have answered, and of how many. Raise Interrupted on Ctrl-C.
    """

    def answer(asked: A) -> B | LtfError:
        try:
            return ask(asked)
        except LtfError as error:
            return error

    different = tuple(dict.fromkeys(each))
    with workers(MOST_AT_ONCE) as pool:
        answers = {asked: pool.submit(answer, asked) for asked in different}
        try:
            for done, _ in enumerate(_as_ended(answers.values()), 1):
                progress(done, len(answers))
        except KeyboardInterrupt as interrupt:
            ended = {asked: each for asked, each in answers.items() if each.done() and not each.exception()}
            raise Interrupted({asked: each.result() for asked, each in ended.items()}) from interrupt
        return {asked: future.result() for asked, future in answers.items()}


@contextmanager
def workers(number: int) -> Iterator[ThreadPoolExecutor]:
    """Return threads; on Ctrl-C the programs that they started are ended, and no silent server is waited for."""
    pool, waits = ThreadPoolExecutor(number), True
    try:
        yield pool
    except KeyboardInterrupt:
        waits = False
        process.end_all()
        raise
    finally:
        pool.shutdown(wait=waits, cancel_futures=True)


def _as_ended(asked: Iterable[Future[Any]]) -> Iterator[Future[Any]]:
    """Return each when it has ended; wake now and then, as Python misses a signal that comes while a wait begins."""
    left = set(asked)
    while left:
        with suppress(TimeoutError):
            for each in as_completed(tuple(left), _SLEEP):
                left.remove(each)
                yield each
