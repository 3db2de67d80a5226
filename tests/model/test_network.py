"""Which proxy an address is reached through, by the variables that curl, git and docker read."""

from __future__ import annotations

from pathlib import Path

import pytest

from ltf_ci.errors import BadInput
from ltf_ci.model.network import Network, is_within

PROXY = "http://proxy:3128"


def network(**environ: str) -> Network:
    return Network.of_environment(environ, Path("/nowhere"))


@pytest.mark.parametrize(
    ("no_proxy", "address", "is_proxied"),
    [
        ("", "https://ghcr.io/v2/", True),
        ("", "http://registry:5000/v2/", True),
        ("", "http://127.0.0.1:5000/v2/", False),
        ("", "http://localhost:5000/v2/", False),
        ("", "https://[::1]:5000/v2/", False),
        ("ghcr.io", "https://ghcr.io/v2/", False),
        ("ghcr.io", "https://pkg.ghcr.io/v2/", False),
        ("ghcr.io", "https://notghcr.io/v2/", True),
        (".corp, *.example.org", "https://a.corp/", False),
        (".corp, *.example.org", "https://x.example.org/", False),
        ("GHCR.IO", "https://ghcr.io/", False),
        ("reg:5000", "https://reg:5000/", False),
        ("reg:5000", "https://reg/", True),
        ("10.0.0.0/8", "https://10.1.2.3/", False),
        ("10.0.0.0/8", "https://11.1.2.3/", True),
        ("10.1.2.3", "https://10.1.2.3:5000/", False),
        ("*", "https://ghcr.io/", False),
        ("[2001:db8::1]:5000", "https://[2001:db8::1]:5000/", False),
        ("[2001:db8::1]:5000", "https://[2001:db8::1]/", True),
        ("[2001:db8::1]", "https://[2001:db8::1]:5000/", False),
    ],
)
def test_a_proxy_is_used_but_for_hosts_that_are_named(no_proxy: str, address: str, *, is_proxied: bool) -> None:
    proxied = network(HTTPS_PROXY=PROXY, http_proxy=PROXY, NO_PROXY=no_proxy).proxy_of(address)
    assert proxied == (PROXY if is_proxied else "")


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"https_proxy": "proxy:3128"}, PROXY),
        ({"HTTPS_PROXY": PROXY, "https_proxy": "http://other"}, "http://other"),
        ({"ALL_PROXY": PROXY}, PROXY),
        ({"HTTP_PROXY": PROXY}, ""),
        ({"HTTPS_PROXY": " "}, ""),
        ({}, ""),
    ],
)
def test_the_proxy_of_https(environ: dict[str, str], expected: str) -> None:
    assert network(**environ).proxy_of("https://ghcr.io/") == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("vm:5000", True),
        ("VM:5000", True),
        ("vm", False),
        ("other", True),
        ("other:1", True),
        ("10.2.3.4:5", True),
        ("1.1.1.1", False),
    ],
)
def test_hosts_that_docker_reaches_without_tls(host: str, *, expected: bool) -> None:
    assert is_within(("vm:5000", "other", "10.0.0.0/8"), host) is expected


@pytest.mark.parametrize("proxy", ["http://[bad", "http://user:secret@h:99999", "://", "http://", "http://h:x"])
def test_a_proxy_that_cannot_be_read_is_told_without_its_password(proxy: str) -> None:
    with pytest.raises(BadInput, match="the proxy's address cannot be read") as told:
        network(HTTPS_PROXY=proxy).proxy_of("https://ghcr.io/")
    assert "secret" not in str(told.value)
    assert network(HTTPS_PROXY=proxy, NO_PROXY="ghcr.io").proxy_of("https://ghcr.io/") == ""
