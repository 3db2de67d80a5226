"""What a GitHub App asks as itself: where it is installed, and for tokens; and how such a token is ended."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tests.support.github.app import CLIENT_ID, NUMBER, Installation, NotAdmitted
from tests.support.github.openapi import Operation
from tests.support.github.rest import DOCUMENTATION, REPOSITORY, Answer
from tests.support.github.rest_bodies import Body, Urls, filled, user
from tests.support.github.site import Site

INSTALLATION = f"{REPOSITORY}/installation"
TOKENS = "/app/installations/{installation_id}/access_tokens"
OWN_TOKEN = "/installation/token"
OPERATIONS = (("GET", INSTALLATION), ("POST", TOKENS), ("DELETE", OWN_TOKEN))


def app_answer(site: Site, urls: Urls, method: str, target: str, token: str, body: Any) -> Answer | None:
    """Return GitHub's answer, or raise Violation; None where this is nothing that an App asks."""
    for known, template in OPERATIONS:
        path = re.fullmatch(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", template), target)
        if path and known == method:
            operation = Operation(method, template)
            operation.check_request(path.groupdict(), {}, body)
            answer = _answered(site, urls, template, path.groupdict(), token, body)
            operation.check_answer(answer.status, answer.body)
            return answer
    return None


def _answered(site: Site, urls: Urls, template: str, path: dict[str, str], token: str, body: Any) -> Answer:
    app = site.app
    if template == OWN_TOKEN:
        return Answer(204) if app.live.pop(token, None) else refusal(401, "Bad credentials")
    try:
        app.admit(token)
    except NotAdmitted as refused:
        return refusal(refused.status, refused.message)
    if template == INSTALLATION:
        found = app.covering(f"{path['owner']}/{path['repo']}")
        return Answer(200, installation_body(urls, found)) if found else refusal(404, "Not Found")
    there = next((each for each in app.installations if each.number == int(path["installation_id"])), None)
    return given(site, there, body or {}) if there else refusal(404, "Not Found")


def given(site: Site, installation: Installation, body: Mapping[str, Any]) -> Answer:
    """Return a token with the permissions that are wanted, for the repositories that are named: all where none is."""
    app, wanted = site.app, body.get("permissions") or {}
    names, numbers = body.get("repositories") or (), body.get("repository_ids") or ()
    if installation.suspended:
        return refusal(403, "This installation has been suspended")
    if not set(wanted) <= set(installation.permissions):
        return refusal(422, "The permissions requested are not granted to this installation.")
    known = {each.name.partition("/")[2] for each in site.repositories.values()}
    if not set(names) <= known or not set(numbers) <= {each.number for each in site.repositories.values()}:
        return refusal(422, "There is at least one repository that does not exist or is not accessible to the parent")
    token, grant = app.give(installation, wanted, names, numbers)
    told = {"token": token, "expires_at": grant.expires_at, "permissions": dict(grant.permissions)}
    is_selected = names or numbers or installation.without
    return Answer(201, {**told, "repository_selection": "selected" if is_selected else "all"})


def installation_body(urls: Urls, installation: Installation) -> Body:
    known = {
        "id": installation.number,
        "app_id": NUMBER,
        "client_id": CLIENT_ID,
        "account": user(urls, installation.owner),
        "permissions": dict.fromkeys(installation.permissions, "write"),
    }
    return filled("installation", f"{urls.api}/app/installations/{installation.number}", known)


def refusal(status: int, message: str) -> Answer:
    return Answer(status, {"message": message, "documentation_url": DOCUMENTATION, "status": str(status)})
