from __future__ import annotations

from ltf_ci.clients.github.pacing import LIMITS, Pace


class Clock:
    """A clock that goes on while one sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_no_minute_and_no_hour_has_more_calls_than_github_allows() -> None:
    clock, calls = Clock(), list[float]()
    pace = Pace(clock.sleep, lambda: clock.now)
    for _ in range(1200):
        pace.wait()
        calls.append(clock.now)
        clock.now += 0.125
    for most, seconds in LIMITS:
        assert all(later - earlier >= seconds for earlier, later in zip(calls, calls[most:], strict=False))


def test_a_few_calls_go_at_once_and_eighty_in_as_many_seconds() -> None:
    clock, calls = Clock(), list[float]()
    pace = Pace(clock.sleep, lambda: clock.now)
    for _ in range(80):
        pace.wait()
        calls.append(clock.now)
    assert (calls[9], calls[10], calls[79]) == (0, 10, 70)


def test_after_a_rest_a_few_go_at_once_again() -> None:
    clock = Clock()
    pace = Pace(clock.sleep, lambda: clock.now)
    for _ in range(10):
        pace.wait()
    clock.now = 10
    for _ in range(10):
        pace.wait()
    assert clock.now == 10
