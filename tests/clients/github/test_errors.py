"""What GitHub's refusals mean: which error, which cure, and whether and when the same call is made again."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from ltf_ci.clients.github.call import Call
from ltf_ci.clients.github.errors import error_of, graphql_refusal, refusal, unreachable
from ltf_ci.errors import AccessDenied, GithubFailed, HeadMoved, LtfError

CALL = Call(repository="o/r", method="POST", url="https://api.github.com/repos/o/r/pulls", given={})
SPENT = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 30)}


def rest(status: int, message: str = "", headers: Mapping[str, str] | None = None, call: Call = CALL) -> LtfError:
    data = {"message": message} if message else None
    return error_of(refusal(call, status, headers or {}, data), writes=call.given is not None, pause=1)


def graphql(message: str, kind: str | None = None, headers: Mapping[str, str] | None = None, **more: Any) -> LtfError:
    data = {"data": None, "errors": [{"type": kind, "message": message, **more}]}
    found = graphql_refusal(CALL, headers or {}, data)
    assert found
    return error_of(found, writes=True, pause=1)


@pytest.mark.parametrize(
    ("error", "kind", "cure"),
    [
        (rest(401, "Bad credentials"), AccessDenied, "valid"),
        (rest(403, "Resource not accessible by integration"), AccessDenied, "that right"),
        (rest(404, "Not Found", call=replace(CALL, given=None)), AccessDenied, "check the name"),
        (rest(403, "Repository was archived so is read-only."), AccessDenied, "unarchive"),
        (rest(410, "Issues has been disabled in this repository."), GithubFailed, "turn issues on"),
        (rest(403, "Although you appear to have the correct authorization credentials, the `o` organization has an IP "
              "allow list enabled, and your IP address is not permitted to access this resource."), AccessDenied, "IP"),
        (rest(422, "Draft pull requests are not supported in this repository."), GithubFailed, "leave --draft out"),
        (rest(422, "Reference cannot be updated"), HeadMoved, "GitHub's words"),
        (rest(409, "sha conflict"), HeadMoved, "run it again"),
        (rest(418), GithubFailed, "GITHUB_API_URL"),
        (rest(418, "x"), GithubFailed, "GitHub's words"),
        (rest(403, "Repository has been locked for migration"), AccessDenied, "has been moved"),
        (rest(451, "Repository access blocked"), GithubFailed, "the repository's page"),
        (rest(403, "Sorry. Your account was suspended."), AccessDenied, "restored"),
        (rest(403, "This installation has been suspended"), AccessDenied, "restored"),
        (rest(403, "Actions has been disabled for this repository."), AccessDenied, "turn Actions on"),
        (graphql("Resource not accessible by personal access token", "FORBIDDEN"), AccessDenied, "that right"),
        (graphql("Resource protected by organization SAML enforcement.", "FORBIDDEN"), AccessDenied, "single sign-on"),
        (graphql("Could not resolve to a Repository", "NOT_FOUND", path=["repository"]), AccessDenied, "name"),
        (graphql("Could not resolve to a Repository", "NOT_FOUND", path=["repository7"]), AccessDenied, "name"),
        (graphql("Could not resolve to a node", "NOT_FOUND", path=["updateRefs"]), HeadMoved, "GitHub's words"),
        (graphql("GitHub Actions is not permitted to create or approve pull requests", "FORBIDDEN"), AccessDenied,
         "Allow GitHub Actions to create and approve"),
        (graphql("`o` forbids access via a personal access token (classic).", "FORBIDDEN"), AccessDenied, "GitHub App"),
        (graphql("The 'o' organization forbids access via a fine-grained personal access token if its lifetime is "
                 "greater than 366 days.", "FORBIDDEN"), AccessDenied, "lifetime"),
        (graphql("must be a collaborator", "FORBIDDEN"), AccessDenied, "write access"),
        (graphql("A pull request for this branch has been added to a merge queue. Branches that are queued for merging "
                 "cannot be updated.", "UNPROCESSABLE"), HeadMoved, "wait until the pull request is merged"),
        (graphql("Pull requests are disabled for this repository", "UNPROCESSABLE"), GithubFailed, "turn pull"),
        (graphql("Interactions on this repository have been restricted to prior contributors only.", "UNPROCESSABLE"),
         GithubFailed, "lift the limit"),
        (graphql("Cannot change this locked branch", "UNPROCESSABLE"), GithubFailed, "push to the branches"),
        (graphql("Commits must have verified signatures.", "UNPROCESSABLE"), GithubFailed, "rulesets"),
        (graphql("Changes must be made through the merge queue", "UNPROCESSABLE"), GithubFailed, "rulesets"),
        (graphql('Required status check "x" is expected.', "UNPROCESSABLE"), GithubFailed, "rulesets"),
        (graphql("refusing to allow a GitHub App to create or update workflow `.github/workflows/x.yml` without "
                 "`workflows` permission", "UNPROCESSABLE"), GithubFailed, "right to write workflows"),
        (graphql("A new refusal of a new rule", "UNPROCESSABLE"), HeadMoved, "GitHub's words"),
        (graphql("Expected branch to point to x", "STALE_DATA"), HeadMoved, "run it again"),
        (graphql("Repository rule violations found\n\nCannot create ref due to creations being restricted.",
                 "UNPROCESSABLE"), GithubFailed, "rulesets"),
        (graphql("GH006: Protected branch update failed", "UNPROCESSABLE"), GithubFailed, "push to the branches"),
        (graphql("Field 'updateRefs' doesn't exist on type 'Mutation'"), GithubFailed, "newer GitHub Enterprise"),
        (graphql("UpdateRefsInput isn't a defined input type (on $refs)"), GithubFailed, "newer GitHub Enterprise"),
        (graphql("Field 'refs' doesn't accept argument 'query'"), GithubFailed, "newer GitHub Enterprise"),
        (graphql("Resource limits for this query exceeded.", "RESOURCE_LIMITS_EXCEEDED"), GithubFailed, "too large"),
        (graphql("Some new refusal"), GithubFailed, "GitHub's words"),
        (graphql(""), GithubFailed, "GITHUB_API_URL"),
    ],
)  # fmt: skip
def test_what_stays_is_told_with_its_own_cure(error: LtfError, kind: type[LtfError], cure: str) -> None:
    assert isinstance(error, kind)
    assert cure in error.cure
    assert "run it again" not in error.cure or error.found.endswith(("Expected branch to point to x", "sha conflict"))
    assert error.again_after is None


@pytest.mark.parametrize(
    ("error", "least", "most"),
    [
        (rest(502), 0, 0),
        (rest(500, "x"), 0, 0),
        (rest(503, "x", call=replace(CALL, method="GET", given=None)), 0, 0),
        (rest(403, "You have exceeded a secondary rate limit.", {"Retry-After": "7"}), 7, 7),
        (rest(403, "You have exceeded a secondary rate limit."), 60, 60),
        (rest(403, "API rate limit exceeded for x", SPENT), 20, 32),
        (rest(429, "x"), 60, 60),
        (rest(429, "x", {"Retry-After": "0"}), 0, 0),
        (graphql("API rate limit exceeded for installation ID 1.", "RATE_LIMITED", SPENT), 20, 32),
        (graphql("API rate limit already exceeded for user ID 1.", "RATE_LIMIT"), 60, 60),
        (graphql("was submitted too quickly", "UNPROCESSABLE"), 60, 60),
        (rest(422, "Validation Failed: was submitted too quickly"), 60, 60),
        (rest(408), 0, 0),
        (rest(520), 0, 0),
        (graphql("We couldn't respond to your request in time. Sorry about that."), 0, 0),
        (graphql("Service temporarily unavailable", "SERVICE_UNAVAILABLE"), 0, 0),
        (graphql("x", "TIMEOUT"), 0, 0),
        (graphql("Something went wrong while executing your query. Please include `AB12` when reporting"), 0, 0),
        (graphql("Something went wrong while executing your query on 2026-11-27", "INTERNAL"), 0, 0),
    ],
)
def test_what_passes_says_after_how_many_seconds(error: LtfError, least: int, most: int) -> None:
    assert isinstance(error, GithubFailed)
    assert error.again_after is not None
    assert least <= error.again_after <= most
    assert "run it again" in error.cure


@pytest.mark.parametrize("path", ["/actions/workflows/x.yml/dispatches", "/issues", "/issues/1/comments"])
def test_what_may_have_made_one_more_is_not_made_again(path: str) -> None:
    call = replace(CALL, url=f"https://api.github.com/repos/o/r{path}")
    assert rest(502, call=call).again_after is None


def test_an_organizations_single_sign_on_is_told_by_its_address() -> None:
    headers = {"X-GitHub-SSO": "required; url=https://github.com/orgs/o/sso?authorization_request=A"}
    error = rest(403, "Resource protected by organization SAML enforcement.", headers)
    assert error.cure.endswith(": https://github.com/orgs/o/sso?authorization_request=A")


@pytest.mark.parametrize("data", [None, [], "x", {}, {"errors": None}, {"errors": "x"}, {"errors": [1, None]}])
def test_an_answer_without_errors_is_no_refusal(data: Any) -> None:
    assert graphql_refusal(CALL, {}, data) is None


@pytest.mark.parametrize(
    ("name", "text", "cure", "again"),
    [
        ("ConnectionError", "", "run it again", 0),
        ("ReadTimeout", "", "run it again", 0),
        ("ProxyError", "refused", "HTTPS_PROXY", 0),
        ("SSLError", "EOF occurred in violation of protocol", "SSL_CERT_FILE", 0),
        ("SSLError", "[SSL: CERTIFICATE_VERIFY_FAILED] self-signed", "SSL_CERT_FILE", None),
        ("OSError", "invalid path: /x", "REQUESTS_CA_BUNDLE", None),
        ("InvalidSchema", "Missing dependencies for SOCKS support.", "HTTPS_PROXY", None),
        ("InvalidURL", "Failed to parse", "GITHUB_API_URL", None),
    ],
)
def test_why_no_answer_comes_is_told_with_its_own_cure(name: str, text: str, cure: str, again: int | None) -> None:
    error = unreachable(CALL, OSError(text) if name == "OSError" else type(name, (OSError,), {})(text))
    assert (cure in error.cure, text in error.found, error.again_after) == (True, True, again)
