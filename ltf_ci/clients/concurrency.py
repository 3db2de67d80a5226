"""Many servers asked concurrently, each one's error being its own answer."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from ltf_ci.clients.program_group import ProgramGroup
from ltf_ci.errors import LtfError
from ltf_ci.model.finding import Finding
from ltf_ci.model.outcome import Step

MOST_AT_ONCE = 32  # threads: each waits for its server most of the time
_SLEEP = 0.5  # seconds
A = TypeVar("A", bound=Hashable)
B = TypeVar("B")


class Interrupted(KeyboardInterrupt):
    """An interrupt, with the findings and the steps that are known by then."""

    def __init__(self, findings: Iterable[Finding] = (), steps: Iterable[Step] = ()) -> None:
        super().__init__()
        self.findings = tuple(findings)
        self.steps = tuple(steps)


@contextmanager
def reported_at_an_interrupt(
    findings: Callable[[], Iterable[Finding]] = tuple, steps: Callable[[], Iterable[Step]] = tuple
) -> Iterator[None]:
    """Report what is known by then where the block is interrupted: what was true whatever had come later."""
    try:
        yield
    except KeyboardInterrupt as interrupt:
        known = interrupt if isinstance(interrupt, Interrupted) else Interrupted()
        raise Interrupted((*findings(), *known.findings), (*steps(), *known.steps)) from interrupt


def concurrently(
    ask: Callable[[A], B],
    each: Iterable[A],
    progress: Callable[[int, int], None] = lambda _done, _of: None,
    heard: dict[A, B | LtfError] | None = None,
) -> Mapping[A, B | LtfError]:
    """Return what `ask` returns for each, or the LtfError that it raises, in the order of `each`.

    `progress` is called with how many have answered, and of how many. `heard` gets each answer when it comes: whoever
    is interrupted has those that came.
    """
    answers: dict[A, B | LtfError] = {} if heard is None else heard

    def hear(asked: A) -> None:
        try:
            answers[asked] = ask(asked)
        except LtfError as error:
            answers[asked] = error

    different = tuple(dict.fromkeys(each))
    with workers(MOST_AT_ONCE) as pool:
        asked = [pool.submit(hear, one) for one in different]
        for done, _ in enumerate(_as_ended(asked), 1):
            progress(done, len(asked))
        for one in asked:
            one.result()  # raises what is no answer
    return {one: answers[one] for one in different}


@contextmanager
def workers(number: int) -> Iterator[ThreadPoolExecutor]:
    """Return threads; on Ctrl-C the programs that they started are ended, and no silent server is waited for."""
    group, waits = ProgramGroup.current(), True
    pool = ThreadPoolExecutor(number, initializer=group.join)
    try:
        yield pool
    except KeyboardInterrupt:
        waits = False
        group.end()
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
