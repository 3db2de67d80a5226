"""The values of a build's options, as users write them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ltf_ci.clients.docker.platform import normalized
from ltf_ci.errors import UsageError

_SYSTEMS = ("linux", "windows", "freebsd", "darwin")
_PROCESSORS = (
    *("386", "amd64", "arm", "arm64", "loong64", "mips", "mipsle", "mips64", "mips64le"),
    *("ppc64", "ppc64le", "riscv64", "s390x"),
)


def platform(text: str) -> str:
    """Return the usual name, `OS/ARCH` or `OS/ARCH/VARIANT`, of a platform that docker knows; or raise UsageError."""
    name = normalized(text)
    system, _, processor = name.partition("/")
    if system in _SYSTEMS and processor.partition("/")[0] in _PROCESSORS:
        return name
    cure = "give each for itself: --platform A --platform B" if "," in text else _meant(text)
    expected = "OS/ARCH, such as linux/arm64, or OS/ARCH/VARIANT, such as linux/arm/v7"
    raise UsageError(f"platform is {text[:80]!r}, which docker does not know", expected=expected, cure=cure)


def _meant(text: str) -> str:
    from ltf_ci.model.nearest import did_you_mean  # seldom needed

    return did_you_mean(text.lower(), [f"{system}/{each}" for system in _SYSTEMS for each in _PROCESSORS])


def builder(text: str) -> str:
    """Read the name of a buildx builder, or raise UsageError."""
    if text and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.+-]*", text):
        raise UsageError(f"builder is {text[:80]!r}", expected="a name that `docker buildx ls` shows")
    return text


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
