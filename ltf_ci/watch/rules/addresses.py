"""Addresses of repositories: one repository may have several, by its spelling, and by the names that it had."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ltf_ci.model.finding import Place
from ltf_ci.model.remote_refs import RemoteRefs
from ltf_ci.model.repository_url import RepositoryUrl


def older(refs: Mapping[RepositoryUrl, RemoteRefs]) -> Mapping[str, tuple[RepositoryUrl, ...]]:
    """Return the addresses that led on to another one, by the key of that."""
    found: dict[str, tuple[RepositoryUrl, ...]] = {}
    for url, there in refs.items():
        if there.today:
            found[there.today.key] = (*found.get(there.today.key, ()), url)
    return found


def of_today(urls: Iterable[RepositoryUrl], today: Mapping[str, RepositoryUrl]) -> tuple[RepositoryUrl, ...]:
    """Return repositories by the addresses of today, each once."""
    return tuple({url.key: url for url in (today.get(url.key, url) for url in urls)}.values())


def merged(urls: Iterable[RepositoryUrl], more: Iterable[RepositoryUrl]) -> tuple[RepositoryUrl, ...]:
    """Return both, each repository once, spelled as the first has it."""
    return tuple({url.key: url for url in (*more, *urls)}.values())


def places(named: Iterable[tuple[Place, Iterable[RepositoryUrl]]]) -> dict[RepositoryUrl, Place]:
    """Return each repository once, however often it is spelled, and where it is named first."""
    found: dict[str, tuple[RepositoryUrl, Place]] = {}
    for place, urls in named:
        for url in urls:
            found.setdefault(url.key, (url, place))
    return dict(found.values())
