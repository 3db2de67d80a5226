"""When GitHub is asked again: as PyGithub does it, but for a wait that is too long for a run."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from github import GithubRetry  # noqa: TID251 - this is the door

from ltf_ci.clients.retry import asked_wait
from ltf_ci.errors import GithubFailed

LONGEST_WAIT = 300  # seconds
TRIES = 5
_BUSY = [
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
]
_MAKES_ONE_MORE = ("/dispatches", "/issues", "/comments")  # how the paths of such calls end
_SECONDARY_LIMIT = 60  # seconds to wait at a secondary limit that does not say how long, as GitHub's documentation asks


class PatientRetry(GithubRetry):
    """Waits as GitHub says, and raises GithubFailed at once where that is longer than LONGEST_WAIT.

    A call that may have been carried out, and would make one more, is not made again.
    """

    @classmethod
    def with_pause(cls, pause: float) -> PatientRetry:
        """Wait `pause` seconds at first."""
        return cls(
            total=TRIES,
            backoff_factor=pause,
            status_forcelist=_BUSY,
            secondary_rate_wait=_SECONDARY_LIMIT * min(pause, 1),
            max_rate_limit_wait=LONGEST_WAIT,
        )

    def get_retry_after(self, response: Any) -> float | None:
        """Return the seconds that an answer asks for: the very number that is held against LONGEST_WAIT."""
        return asked_wait(response.headers) or None

    def increment(self, method: Any = None, url: Any = None, response: Any = None, *rest: Any, **more: Any) -> Any:
        """Count a try that failed."""
        wait = asked_wait(response.headers) if response else 0
        if wait > LONGEST_WAIT:
            raise GithubFailed(f"GitHub's rate limit ends in {wait} seconds", cure="run it again then")
        may_be_done = response is None or response.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        last = may_be_done and method == "POST" and str(url).endswith(_MAKES_ONE_MORE)
        return super(PatientRetry, self.new(total=0) if last else self).increment(method, url, response, *rest, **more)
