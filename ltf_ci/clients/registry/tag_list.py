"""All tags of an image, page by page."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from ltf_ci.clients.registry.address import query_of
from ltf_ci.clients.registry.calls import Call, Calls
from ltf_ci.clients.registry.failures import refused
from ltf_ci.clients.registry.headers import next_link
from ltf_ci.clients.registry.http import Request, Response
from ltf_ci.errors import RegistryUnavailable
from ltf_ci.model.image import ImageName, is_tag
from ltf_ci.model.registry import json_object

_ALL = "tags/list"
_FIRST = f"{_ALL}?n=1000"  # without a number some registries send few, and no link to more
_LARGEST_PAGE = 8 * 1024 * 1024  # bytes
_PAGES = 1000
_TAGS = 500_000  # of one image, and parts of a page
_OF_NUMBER = frozenset(
    {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, HTTPStatus.UNPROCESSABLE_ENTITY}
)


def tags_of(image: ImageName, calls: Calls) -> tuple[str, ...]:
    """Return all tags of an image; none where the registry does not know it."""
    found: list[str] = []
    path, asked = _FIRST, set[str]()
    while path not in asked and len(asked) < _PAGES:
        asked.add(path)
        answer = _page(image, path, calls)
        if answer.status in _OF_NUMBER and path == _FIRST:
            answer = _page(image, _ALL, calls)
        if answer.is_not_found and not found:
            return ()
        found += filter(is_tag, _names(image, answer))
        if len(found) > _TAGS:
            break
        link = next_link(answer.fields("Link"))
        if link is None:
            return tuple(found)
        path = f"{_ALL}?{query_of(link)}"
    raise RegistryUnavailable(
        f"{image.registry} lists the tags of {image.untagged} without an end",
        expected="pages that end",
        cure="look at the registry, or at a proxy between",
    )


def _names(image: ImageName, answer: Response) -> list[Any]:
    """Return the tags of a page, `null` where there are none; raise RegistryUnavailable for any other answer."""
    what = f"the tags of {image.untagged}"
    if not answer.is_there:
        raise refused(image.registry, what, answer.status, answer.body)
    names = json_object(answer.body, what, _TAGS).get("tags", "")
    if not isinstance(names, list | None):
        raise RegistryUnavailable(
            f"{image.registry} sent no list for {what}",
            expected="a list of tags",
            cure="look at the registry, or at a proxy between",
        )
    return names or []


def _page(image: ImageName, path: str, calls: Calls) -> Response:
    return calls.ask(Call(request=Request("GET", limit=_LARGEST_PAGE), image=image, path=path))
