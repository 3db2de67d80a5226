"""When a registry is asked again: on 429 and 5xx, as Retry-After says, but for a wait that nobody would sit through."""

from __future__ import annotations

from typing import Any

from urllib3 import Retry  # noqa: TID251 - this is the door

from ltf_ci.clients.retry_after import asked_wait
from ltf_ci.errors import RegistryUnavailable

LONGEST_WAIT = 120  # seconds: a Retry-After beyond it is an outage, not a pause
_BUSY = (429, 500, 502, 503, 504)


class RegistryRetry(Retry):
    """Waits as the registry says, and raises RegistryUnavailable at once where that is longer than LONGEST_WAIT."""

    @classmethod
    def with_pause(cls, tries: int, pause: float) -> RegistryRetry:
        """Try again so many times, and wait `pause` seconds at first."""
        return cls(
            total=tries,
            status_forcelist=_BUSY,
            allowed_methods=None,  # every call may be made twice: content is named by its digest
            backoff_factor=pause,
            backoff_jitter=pause,
            backoff_max=LONGEST_WAIT,
            raise_on_status=False,
        )

    def increment(self, method: Any = None, url: Any = None, response: Any = None, *rest: Any, **more: Any) -> Any:
        """Count a try that failed."""
        wait = asked_wait(response)
        if wait > LONGEST_WAIT:
            raise RegistryUnavailable(
                f"the registry is busy for {wait} seconds (status {response.status})", cure="run it again then"
            )
        return super().increment(method, url, response, *rest, **more)
