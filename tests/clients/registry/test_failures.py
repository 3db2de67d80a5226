"""How soon a call is made again that no registry answered."""

from __future__ import annotations

import pytest

from ltf_ci.clients.registry.failures import unreachable
from ltf_ci.errors import RegistryUnavailable


def failed(reason: Exception) -> Exception:
    """Return the error of a library that was raised for another one."""
    error = OSError("no connection")
    error.__cause__ = reason
    return error


@pytest.mark.parametrize(
    ("reason", "again_after"),
    [
        (ConnectionRefusedError(111, "Connection refused"), 0.25),
        (type("NameResolutionError", (OSError,), {})("no such host"), 0.25),
        (type("ProxyError", (OSError,), {})("it refuses"), 0.25),
        (TimeoutError("the answer takes too long"), 0),  # then the waits grow, from the run's pause on
    ],
)
def test_a_host_that_refuses_at_once_is_asked_again_as_soon_as_the_run_says(
    reason: Exception, again_after: float
) -> None:
    error = unreachable("https://registry.example/v2/", "GET", failed(reason), 0.25, "proxy:3128")
    assert (type(error), error.again_after) == (RegistryUnavailable, again_after)
