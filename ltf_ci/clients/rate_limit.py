"""How long a server asks to be left alone, in whichever of the forms that servers have for it."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Iterator, Mapping

from ltf_ci.model.printable import amount

PASSING = frozenset({408, 425, 429, 500, 502, 503, 504, *range(520, 528)})  # statuses; from 520 on: those of a proxy
_LONGEST = 10**11  # seconds: an end that a calendar has
_EPOCH = 10**9  # a larger number is no wait, but a moment: in seconds since 1970, or milliseconds
_MILLISECONDS = 10**11
_PARTS = re.compile(r"[A-Za-z]+, *\d+[ -][^,]+|[^,]+")  # of a header that was sent twice; a date has a comma
_NUMBER = re.compile(r"\d{1,15}(?:\.\d*)?", re.ASCII)
_POLICY = re.compile(r"\b(r|t|remaining|reset|w)\s*=\s*(\d{1,15})", re.ASCII)
_RESETS = ("ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset")


def asked_wait(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that an answer asks its client to wait, never less than 0; None where it asks for none.

    By Retry-After, else until what is left of a rate limit is more than nothing again.
    """
    known = {name.lower(): headers[name] for name in headers}
    waits = list(_waits(known.get("retry-after", ""))) or list(_until_more(known))
    return min(_LONGEST, max(0, *waits)) if waits else None


def until(wait: float) -> str:
    """Return a wait in words, with the time at its end."""
    end = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=wait)
    return f"{amount(round(wait), 'second')}, until {end:%Y-%m-%d %H:%M} UTC"


def _waits(text: str) -> Iterator[float]:
    for part in _PARTS.findall(text):
        wait = _wait(part.strip())
        if wait is not None:
            yield wait


def _wait(text: str) -> float | None:
    """Return the seconds that a text is, or those until the moment that it is."""
    if text.isascii() and text.isdecimal() and len(text) > len(str(_LONGEST)) + 1:
        return _LONGEST
    if not _NUMBER.fullmatch(text):
        return _until_date(text)
    number = float(text)
    if number < _EPOCH:
        return number
    return max(0, number / (1000 if number > _MILLISECONDS else 1) - time.time() + 1)


def _until_date(text: str) -> float | None:
    from email.utils import parsedate_to_datetime  # slow to import, and seldom needed

    try:
        return max(0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


def _until_more(headers: Mapping[str, str]) -> Iterator[float]:
    """Yield the seconds until the ends of limits of which nothing is left, as the headers of each kind say."""
    for name in _RESETS:
        left = headers.get(name.replace("reset", "remaining"), "0")
        if left.partition(";")[0].strip() == "0":
            yield from _waits(headers.get(name, ""))
    yield from _of_policies(headers.get("ratelimit", ""))
    yield from _of_policies(f"remaining={headers.get('ratelimit-remaining', '')}")  # Docker Hub: `0;w=21600`


def _of_policies(text: str) -> Iterator[float]:
    """Yield the waits of `"one";r=0;t=5, "other";r=3;t=9`, or of `limit=9, remaining=0, reset=5`."""
    for policy in re.split(r',\s*(?=")', text):
        found = dict(_POLICY.findall(policy))
        if found.get("r", found.get("remaining")) == "0":
            yield from (float(found[name]) for name in ("t", "reset", "w") if name in found)
