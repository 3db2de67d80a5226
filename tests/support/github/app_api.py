"""What a GitHub App asks as itself: where it is installed, and for tokens; and how such a token is ended."""

from __future__ import annotations

import re
from typing import Any

from tests.support.github.app import CLIENT_ID, NUMBER, App, Installation, NotAdmitted
from tests.support.github.openapi import Operation
from tests.support.github.rest import DOCUMENTATION, REPOSITORY, Answer
from tests.support.github.rest_bodies import Body, Urls, filled, user

INSTALLATION = f"{REPOSITORY}/installation"
TOKENS = "/app/installations/{installation_id}/access_tokens"
OWN_TOKEN = "/installation/token"
OPERATIONS = (("GET", INSTALLATION), ("POST", TOKENS), ("DELETE", OWN_TOKEN))


def app_answer(app: App, urls: Urls, method: str, target: str, token: str, body: Any) -> Answer | None:
    """Return GitHub's answer, or raise Violation; None where this is nothing that an App asks."""
    for known, template in OPERATIONS:
        path = re.fullmatch(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", template), target)
        if path and known == method:
            operation = Operation(method, template)
            operation.check_request(path.groupdict(), {}, body)
            answer = _answered(app, urls, template, path.groupdict(), token, body)
            operation.check_answer(answer.status, answer.body)
            return answer
    return None


def _answered(app: App, urls: Urls, template: str, path: dict[str, str], token: str, body: Any) -> Answer:
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
    return given(app, there, (body or {}).get("permissions") or {}) if there else refusal(404, "Not Found")


def given(app: App, installation: Installation, wanted: dict[str, str]) -> Answer:
    """Return a token with the permissions that are wanted: all that there are where none is named."""
    if installation.suspended:
        return refusal(403, "This installation has been suspended")
    if not set(wanted) <= set(installation.permissions):
        return refusal(422, "The permissions requested are not granted to this installation.")
    token, grant = app.give(installation, wanted)
    told = {"token": token, "expires_at": grant.expires_at, "permissions": dict(grant.permissions)}
    return Answer(201, {**told, "repository_selection": "selected" if installation.without else "all"})


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
