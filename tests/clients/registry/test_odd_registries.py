"""Registries that differ from Debian's, each as public reports have them: what docker takes is taken."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from embedded.programs import free_port
from ltf_ci.clients.registry.media_types import MANIFESTS
from ltf_ci.clients.registry.registry import Registry
from ltf_ci.errors import AccessDenied, BadInput, NotInRegistry, RegistryUnavailable
from ltf_ci.model.credentials import Credentials
from ltf_ci.model.image import ImageName
from ltf_ci.model.network import Network
from ltf_ci.model.registry import Absent, Present, digest_of
from ltf_ci.model.secret import Secret
from tests.support.proxy import Answered, Asked, Pass, proxy_before
from tests.support.scripted import DIGEST, FINE, Script, Seen, noted, says

pytestmark = pytest.mark.machine
Scripted = Callable[..., str]
MANIFEST = json.dumps({"schemaVersion": 2, "mediaType": MANIFESTS[0], "config": {}, "layers": []}).encode()
LAYER = b"a layer " * 100_000
DIGESTED = digest_of(LAYER)


def client(credentials: Credentials | None = None, **more: object) -> Registry:
    return Registry(**{"credentials": lambda _: credentials, "tries": 2, "seconds": 5, "pause": 0, **more})  # type: ignore[arg-type]


def image(host: str, name: str = "a:1-1") -> ImageName:
    return ImageName.parse(f"{host}/{name}")


def says_digest(status: int) -> Script:
    return says(status, Docker_Content_Digest=DIGEST)


HEADS = [says(405), says(400), says(501), says(200), says(200, Docker_Content_Digest="x")]


@pytest.mark.parametrize("head", [*HEADS, says_digest(202), says_digest(204), says_digest(206)])
def test_a_digest_is_that_of_the_bytes_where_head_says_none(scripted: Scripted, head: Script) -> None:
    host = scripted(head, says(200, MANIFEST))
    assert client().resolve(image(host)) == Present(digest_of(MANIFEST), MANIFESTS[0])


def test_where_head_says_none_a_get_may_say_absent(scripted: Scripted) -> None:
    assert client().resolve(image(scripted(says(405), says(404)))) == Absent()


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_a_manifest_is_taken_by_any_status_of_success(scripted: Scripted, status: int) -> None:
    assert client().put_manifest(image(scripted(says(status))), MANIFEST, MANIFESTS[0]) == digest_of(MANIFEST)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 416, 500, 501])
def test_a_layer_is_sent_where_it_is_not_mounted(open_registry: str, status: int) -> None:
    def no_mount(asked: Asked, pass_on: Pass) -> Answered:
        return Answered(status) if "mount=" in asked.path else pass_on(asked)

    with proxy_before(open_registry, no_mount) as proxy:
        source, target = image(proxy.host, f"mount/from-{status}:1"), image(proxy.host, f"mount/to-{status}:1")
        digest = client().put_blob(source, LAYER)
        client().bring_blob(source, target, digest)
        assert client().blob(target, digest) == LAYER


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_an_upload_that_the_registry_lost_is_begun_again(open_registry: str, basic_registry: str, method: str) -> None:
    lost: list[str] = []

    def lose_one(asked: Asked, pass_on: Pass) -> Answered:
        if asked.method == method and not lost:
            lost.append(asked.path)
            return Answered(404, {}, b'{"errors": [{"code": "BLOB_UPLOAD_INVALID"}]}')
        return pass_on(asked)

    source = image(open_registry, "lost/from:1")
    digest = client().put_blob(source, LAYER)
    with proxy_before(open_registry, lose_one) as proxy:
        target = image(proxy.host, f"lost/to-{method.lower()}:1")
        client().bring_blob(source, target, digest)
        assert lost
        assert client().blob(target, digest) == LAYER


def test_a_download_that_breaks_is_gone_on_with(open_registry: str) -> None:
    broken: list[str | None] = []

    def break_two(asked: Asked, pass_on: Pass) -> Answered:
        answered = pass_on(asked)
        if asked.method == "GET" and "/blobs/" in asked.path and len(broken) < 2:
            broken.append(asked.headers.get("Range"))
            return Answered(answered.status, answered.headers, answered.body, cut=300_000)
        return answered

    digest = client().put_blob(image(open_registry, "breaks/from:1"), LAYER)
    with proxy_before(open_registry, break_two) as proxy:
        source, target = image(proxy.host, "breaks/from:1"), image(open_registry, "breaks/to:1")
        client().bring_blob(source, target, digest)
        assert broken[0] is None
        assert str(broken[1]).startswith("bytes=")
        assert client().blob(target, digest) == LAYER


def test_a_layer_that_is_another_is_not_put(open_registry: str, scripted: Scripted) -> None:
    source = image(scripted(says(200, b"other bytes")), "wrong/from:1")
    target = image(open_registry, "wrong/to:1")
    digest = digest_of(b"a layer that no registry has")
    with pytest.raises(RegistryUnavailable, match="other bytes"):
        client().bring_blob(source, target, digest)
    with pytest.raises(NotInRegistry):
        client().look_for_blob(target, digest)


TOKEN = says(200, b'{"access_token": "of-the-server"}')


@pytest.mark.parametrize(
    "odd",
    [
        {"token": "of-the-server", "access_token": "another"},
        {"token": "", "access_token": "of-the-server"},
        {"token": 7, "access_token": "of-the-server"},
        {"token": None, "access_token": "of-the-server"},
        {"token": "of-the-server", "expires_in": 0},
        {"token": "of-the-server", "expires_in": -1},
        {"token": "of-the-server", "expires_in": "60"},
        {"token": "of-the-server", "expires_in": [1e300]},
        {"token": "of-the-server", "issued_at": "never", "scope": "nothing"},
    ],
)
def test_a_token_is_read_in_each_form_and_fetched_again_when_it_ends(scripted: Scripted, odd: object) -> None:
    seen: Seen = []
    challenge = says(401, WWW_Authenticate=f'Bearer realm="http://{scripted(says(200, json.dumps(odd).encode()))}/t"')
    host = scripted(noted(seen, challenge), FINE, noted(seen, challenge), noted(seen, FINE))
    registry = client()
    assert isinstance(registry.resolve(image(host)), Present)
    assert isinstance(registry.resolve(image(host)), Present)
    assert [given for _, _, given in seen] == [None, "Bearer of-the-server", "Bearer of-the-server"]


@pytest.mark.parametrize("answer", [says(200, b'{"token": "t"}'), says(403), says(400)])
def test_a_scope_that_is_refused_is_no_absence(scripted: Scripted, answer: Script) -> None:
    challenge = says(401, WWW_Authenticate=f'Bearer realm="http://{scripted(answer)}/t",error="insufficient_scope"')
    with pytest.raises((AccessDenied, RegistryUnavailable)):
        client().resolve(image(scripted(challenge)))


@pytest.mark.parametrize("status", [201, 202, 204, 205, 206, 300])
def test_nothing_is_there_by_a_status_that_says_something_else(scripted: Scripted, status: int) -> None:
    body = b'{"tags": ["1-1"]}' if status not in (204, 205) else b""
    host = image(scripted(says(status, body, Docker_Content_Digest=DIGEST)))
    for ask in (
        client().resolve,
        client().tags,
        client().manifest,
        lambda name: client().look_for_blob(name, DIGESTED),
    ):
        with pytest.raises(RegistryUnavailable) as told:
            ask(host)
        assert not isinstance(told.value, NotInRegistry)


@pytest.mark.parametrize(
    "body", [b"{}", b'{"tags": "1-1"}', b'{"tags": {}}', b'{"tags": 7}', b'{"status": "ok"}', b'{"errors": []}']
)
def test_tags_that_are_no_list_are_not_none(scripted: Scripted, body: bytes) -> None:
    with pytest.raises(RegistryUnavailable, match="sent no list for the tags"):
        client().tags(image(scripted(says(200, body))))
    assert client().tags(image(scripted(says(200, b'{"tags": null}')))) == ()


def test_json_of_something_before_the_registry_is_no_manifest(scripted: Scripted) -> None:
    gateway = says(200, b'{"status": "ok"}', Content_Type="application/json")
    with pytest.raises(RegistryUnavailable, match="sent no manifest"):
        client().resolve(image(scripted(gateway)))


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 520, 524])
def test_what_passes_is_asked_again(scripted: Scripted, status: int) -> None:
    assert isinstance(client().resolve(image(scripted(says(status), FINE))), Present)


def test_a_download_that_breaks_at_its_very_end_is_whole(open_registry: str) -> None:
    layer, ranges = b"ab" * 1024**2, list[str | None]()  # of whole pieces, all of which were read

    def end_badly(asked: Asked, pass_on: Pass) -> Answered:
        if asked.method != "GET" or "/blobs/" not in asked.path:
            return pass_on(asked)
        ranges.append(asked.headers.get("Range"))
        return Answered(200, {}, layer + b"more", cut=4)

    digest = client().put_blob(image(open_registry, "ends/from:1"), layer)
    with proxy_before(open_registry, end_badly) as proxy:
        client().bring_blob(image(proxy.host, "ends/from:1"), image(open_registry, "ends/to:1"), digest)
    assert ranges == [None]
    assert client().blob(image(open_registry, "ends/to:1"), digest) == layer


@pytest.mark.parametrize("realm", ["/token", "/token?account=x&service=first"])
def test_a_token_is_fetched_where_several_logins_are_offered(scripted: Scripted, realm: str) -> None:
    seen: Seen = []
    tokens = scripted(noted(seen, TOKEN))
    offered = f'Basic realm="R", Bearer realm="http://{tokens}{realm}",scope=ignored,Service="s"', "Negotiate"
    host = scripted(says(401, WWW_Authenticate=offered), noted(seen, FINE))
    assert client().resolve(image(host)) != Absent()
    asked = parse_qs(urlsplit(seen[0][1]).query)
    assert (asked["scope"], "s" in asked["service"]) == (["repository:a:pull"], True)
    assert seen[1][2] == "Bearer of-the-server"


def test_an_identity_token_is_exchanged_for_an_access_token(scripted: Scripted) -> None:
    seen: list[tuple[str, str]] = []

    def exchange(handler: object) -> None:
        seen.append((handler.command, handler.given.decode()))  # type: ignore[attr-defined]
        TOKEN(handler)  # type: ignore[arg-type]

    challenge = says(401, WWW_Authenticate=f'Bearer realm="http://{scripted(exchange)}/token",service="s"')
    logins: Seen = []
    given = Credentials("00000000-0000-0000-0000-000000000000", Secret(""), identity_token=Secret("who-i-am"))
    client(given).resolve(image(scripted(challenge, noted(logins, FINE))))
    form = parse_qs(seen[0][1])
    assert (seen[0][0], form["grant_type"], form["refresh_token"], form["scope"]) == (
        "POST",
        ["refresh_token"],
        ["who-i-am"],
        ["repository:a:pull"],
    )
    assert logins[0][2] == "Bearer of-the-server"


def test_a_registry_token_is_sent_as_it_is(scripted: Scripted) -> None:
    seen: Seen = []
    challenge = says(401, WWW_Authenticate='Bearer realm="https://nowhere.invalid/token"')
    given = Credentials("", Secret(""), registry_token=Secret("of-docker"))
    client(given).resolve(image(scripted(challenge, noted(seen, FINE))))
    assert seen == [("HEAD", "/v2/a/manifests/1-1", "Bearer of-docker")]


def test_a_redirect_is_followed_and_a_login_stays(scripted: Scripted) -> None:
    seen: Seen = []
    tokens: Seen = []
    challenge = says(401, WWW_Authenticate=f'Bearer realm="http://{scripted(noted(tokens, TOKEN))}/token"')
    elsewhere = scripted(noted(seen, challenge), noted(seen, FINE))
    host = scripted(says(307, Location=f"http://{elsewhere}/v2/b/manifests/1-1"))
    assert isinstance(client(Credentials("me", Secret("secret"))).resolve(image(host)), Present)
    assert [each[2] for each in (*seen, *tokens)] == [None, "Bearer of-the-server", None]


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (says(404, b'{"errors": [{"code": "NAME_UNKNOWN"}]}'), NotInRegistry, "has no repository for"),
        (says(404), NotInRegistry, "has no repository for"),
        (says(403), AccessDenied, "needs a login"),
        (says(401), AccessDenied, "needs a login"),
        (says(413), RegistryUnavailable, "has no room for"),
        (says(400, b'{"errors": [{"message": "storage quota exceeded"}]}'), RegistryUnavailable, "has no room for"),
        (says(400, b'{"errors": [{"code": "NAME_INVALID"}]}'), RegistryUnavailable, "does not take the name of"),
        (says(202), RegistryUnavailable, "takes an upload of"),
        (says(202, Location="http://[bad/x"), RegistryUnavailable, "takes an upload of"),
    ],
)
def test_a_refused_upload_says_what_to_do(
    scripted: Scripted, answer: Script, kind: type[RegistryUnavailable], words: str
) -> None:
    host = scripted(says(404), answer)
    with pytest.raises(kind) as refused:
        client().put_blob(image(host), b"config")
    assert words in refused.value.found
    assert host in refused.value.found
    assert refused.value.cure or refused.value.expected


def test_a_rate_limit_says_until_when(scripted: Scripted) -> None:
    with pytest.raises(RegistryUnavailable, match=r"for 7200 seconds, until \d{4}-.* UTC") as limited:
        client().manifest(image(scripted(says(429, Retry_After="7200"))))
    assert "login" in limited.value.cure


def test_a_password_that_is_rejected_is_named_by_its_user(scripted: Scripted) -> None:
    challenge = says(401, WWW_Authenticate="Basic realm=x")
    with pytest.raises(AccessDenied, match="rejects the login of 'me'") as denied:
        client(Credentials("me", Secret("wrong-pass")), login_cure=lambda host: f"look at {host}").manifest(
            image(scripted(challenge))
        )
    assert "wrong-pass" not in str(denied.value)
    assert denied.value.cure.startswith("look at 127.0.0.1:")


def no_helper(host: str) -> Credentials | None:
    raise BadInput(f"docker's login for {host} cannot be read")


def test_a_login_that_cannot_be_read_is_told_where_one_is_needed(scripted: Scripted) -> None:
    tokens = scripted(TOKEN)
    challenge = says(401, WWW_Authenticate=f'Bearer realm="http://{tokens}/token"')
    for public in (scripted(FINE), scripted(challenge, FINE)):
        assert isinstance(Registry(credentials=no_helper, tries=0).resolve(image(public)), Present)
    for private in (scripted(challenge, says(401)), scripted(says(401, WWW_Authenticate="Basic realm=x"))):
        with pytest.raises(BadInput, match="cannot be read"):
            Registry(credentials=no_helper, tries=0).resolve(image(private))


def test_a_host_that_is_not_known_is_told_soon() -> None:
    with pytest.raises(RegistryUnavailable, match="no host of this name"):
        client(tries=0).resolve(image("registry.invalid"))


def test_a_registry_is_asked_through_the_proxy(scripted: Scripted) -> None:
    seen: Seen = []
    proxy = scripted(noted(seen, says(403)))
    network = Network(https_proxy=f"http://me:secret@{proxy}", no_proxy=("other.invalid",))
    with pytest.raises(RegistryUnavailable, match="does not lead to registry") as told:
        client(tries=0, network=network).resolve(image("registry.invalid"))
    assert seen == [("CONNECT", "registry.invalid:443", None)]
    assert f"the proxy {proxy} does" in told.value.found
    assert "NO_PROXY" in told.value.cure
    assert "secret" not in str(told.value)
    with pytest.raises(RegistryUnavailable, match="no host of this name"):
        client(tries=0, network=network).resolve(image("other.invalid"))


def test_a_mirror_is_asked_where_docker_hub_cannot_be(scripted: Scripted, tmp_path: Path) -> None:
    def only_one(handler: object) -> None:
        known = "/library/python/" in handler.path  # type: ignore[attr-defined]
        (FINE if known else says(404))(handler)  # type: ignore[arg-type]

    (tmp_path / "daemon.json").write_text(json.dumps({"registry-mirrors": [f"http://{scripted(only_one)}/"]}))
    network = Network(https_proxy=f"http://127.0.0.1:{free_port()}", docker_folders=(tmp_path,))
    registry = client(tries=0, network=network)
    found = registry.resolve(ImageName.parse("python:3.13"))
    assert isinstance(found, Present)
    assert str(found.digest) == DIGEST
    with pytest.raises(RegistryUnavailable, match=r"registry-1\.docker\.io"):  # a mirror's 404 says nothing
        registry.resolve(ImageName.parse("o/other:1-1"))
