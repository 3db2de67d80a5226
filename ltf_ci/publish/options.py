"""The values of a build's options, as users write them."""

from __future__ import annotations

from collections.abc import Iterable

from ltf_ci.errors import UsageError
from ltf_ci.model.platform import normalized


def platform(text: str) -> str:
    """Return the usual name, `OS/ARCH` or `OS/ARCH/VARIANT`, of a platform that docker reads; or raise UsageError."""
    if not (name := normalized(text)):
        cure = "give each for itself: --platform A --platform B" if "," in text else ""
        raise UsageError(f"platform is {text[:80]!r}", expected="OS/ARCH, such as linux/arm64", cure=cure)
    return name


def build_arg(text: str) -> str:
    """Read `NAME=VALUE`, or raise UsageError."""
    name, equals, _ = text.partition("=")
    if not equals or not name.isidentifier():
        raise UsageError(f"build-arg is {name[:80]!r}", expected="NAME=VALUE")
    return text


def build_args(texts: Iterable[str]) -> dict[str, str]:
    """Return the values of `NAME=VALUE`s by their names."""
    return dict(text.split("=", 1) for text in texts)


def build_secret(text: str) -> str:
    """Read `id=NAME,env=VARIABLE` or `id=NAME,src=FILE`, or raise UsageError without printing the value."""
    parts = dict(part.partition("=")[::2] for part in text.split(","))
    if not parts.get("id") or set(parts) not in ({"id", "env"}, {"id", "src"}):
        raise UsageError("a secret is not written as docker does", expected="id=NAME,env=VARIABLE or id=NAME,src=FILE")
    return text
