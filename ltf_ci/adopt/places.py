"""Which repositories are adopted: those of lists, and those of owners at GitHub."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ltf_ci.clients.github.api import GithubApi
from ltf_ci.clients.github.owners import repositories_of
from ltf_ci.languages.languages_list import LanguagesList
from ltf_ci.languages.listed_repositories import address
from ltf_ci.languages.rules import lines as list_rules
from ltf_ci.model.github_host import GithubHost
from ltf_ci.model.repository_place import LanguagesPlace


def listed(lists: Sequence[LanguagesList], github: GithubHost, *, local: bool) -> tuple[LanguagesPlace, ...]:
    """Return the repositories of all lists, each once, in their order."""
    urls = (address(each, line) for each in lists for line in list_rules.followed(each, local=local))
    named = ((url, github.name_of(url)) for url in urls)
    return each_once(LanguagesPlace(github=name) if name else LanguagesPlace(url=url) for url, name in named)


def each_once(places: Iterable[LanguagesPlace]) -> tuple[LanguagesPlace, ...]:
    """Return each repository once, spelled as it is named first."""
    found: dict[str, LanguagesPlace] = {}
    for place in places:
        found.setdefault(place.key, place)
    return tuple(found.values())


def of_owners(owners: Sequence[str], languages: LanguagesPlace | None, github: GithubApi) -> Iterator[LanguagesPlace]:
    """Return the repositories of the owners that are named."""
    for owner in owners:
        seen_from = languages.github if languages else ""
        names = repositories_of(owner, github, seen_from or owner)
        yield from (LanguagesPlace(github=name) for name in names)
