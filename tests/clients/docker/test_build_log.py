"""Which lines of docker's builds a person is shown."""

from __future__ import annotations

import pytest

from ltf_ci.clients.docker.build import is_about_bytes

DIGEST = f"sha256:{'a' * 64}"


@pytest.mark.parametrize(
    ("line", "is_so"),
    [
        (f"#3 {DIGEST}", True),
        (f"#5 {DIGEST} 2.14MB / 2.14MB 0.0s done", True),
        (f"#5 extracting {DIGEST} 0.2s done", True),
        (f"#12 extracting {DIGEST}", True),
        (f"#5 [1/2] FROM python:3.7.4@{DIGEST}", False),
        (f"#8 writing image {DIGEST} done", False),
        (f"#6 0.2 {DIGEST}", False),  # what a RUN printed
        (f"#6 ERROR: {DIGEST}: not found", False),
        ("#3 DONE 0.1s", False),
        ("sha256:", False),
        ("", False),
    ],
)
def test_a_digest_and_its_bytes_are_no_news(line: str, *, is_so: bool) -> None:
    assert is_about_bytes(line) is is_so
