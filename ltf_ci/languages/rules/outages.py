"""What could not be asked: many findings of one host, for one reason, are one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain

from ltf_ci.languages.rules.lines import FEW
from ltf_ci.model.finding import Finding

_WORDS = {
    "list-unreachable": "{} repositories of {} could not be asked",
    "list-image-unknown": "{} images of {} could not be asked for",
}


def by_cause(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Return findings, those of what could not be asked by host and reason."""
    alike: defaultdict[object, list[Finding]] = defaultdict(list)
    for number, found in enumerate(findings):
        alike[_cause(found) if found.rule in _WORDS else number].append(found)
    for group in alike.values():
        yield from [_all_of(group)] if len(group) > FEW else group


def _cause(found: Finding) -> tuple[str, ...]:
    """Return what findings of one cause share: their hosts, and their words without what each is about."""
    text = found.found
    for name in _subjects(found):
        text = text.replace(name, "")
    return found.rule, *_hosts(found), text, found.cure


def _subjects(found: Finding) -> Iterator[str]:
    for image in found.images:
        yield from (str(image), str(image.untagged), image.path)
    yield from map(str, found.repositories)


def _hosts(found: Finding) -> list[str]:
    return [*(image.registry for image in found.images), *(url.host for url in found.repositories)]


def _all_of(alike: list[Finding]) -> Finding:
    first, (host, *_) = alike[0], _hosts(alike[0])
    return first._replace(
        path="",
        images=tuple(chain.from_iterable(each.images for each in alike)),
        repositories=tuple(chain.from_iterable(each.repositories for each in alike)),
        found=f"{_WORDS[first.rule].format(len(alike), host)}, all for one reason; the first: {first.found}",
    )
