"""A call that is made again: how often, and after which errors."""

from __future__ import annotations

import pytest

from ltf_ci.clients.retry import with_retries
from ltf_ci.errors import AccessDenied, LtfError, RegistryUnavailable


class Calls:
    """Raises each error in turn, and then returns how many calls there were."""

    def __init__(self, *errors: LtfError) -> None:
        self._errors = list(errors)
        self.made = 0

    def __call__(self) -> int:
        self.made += 1
        if self._errors:
            raise self._errors.pop(0)
        return self.made


def is_outage(error: LtfError) -> bool:
    return isinstance(error, RegistryUnavailable)


@pytest.mark.parametrize("outages", [0, 1, 2])
def test_a_call_is_made_again_after_an_outage(outages: int) -> None:
    calls = Calls(*[RegistryUnavailable("busy")] * outages)
    assert with_retries(calls, tries=3, is_temporary=is_outage) == outages + 1


@pytest.mark.parametrize(("error", "made"), [(RegistryUnavailable("busy"), 3), (AccessDenied("no"), 1)])
def test_an_error_that_stays_is_raised(error: LtfError, made: int) -> None:
    calls = Calls(*[error] * 3)
    with pytest.raises(type(error)):
        with_retries(calls, tries=3, is_temporary=is_outage)
    assert calls.made == made
