"""Why a build failed: read from what docker printed last."""

from __future__ import annotations

import re

from ltf_ci.clients.docker.pull_errors import DENIED
from ltf_ci.errors import AccessDenied, BuildFailed, LtfError, RegistryUnavailable
from ltf_ci.model.build_spec import BuildSpec
from ltf_ci.model.finding import Place

_TEMPORARY = ("blob unknown to registry", "502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout")
_OTHER_DRIVER = ("different driver", "not supported for the current", "not implemented for docker driver")
_AT_LINE = re.compile(r"^\S*Dockerfile\S*:(\d+)$|parse error (?:on )?line (\d+)", re.MULTILINE)
_BEFORE_REASON = re.compile(
    r"^(?:ERROR: )?(?:failed to (?:build|solve(?: with frontend \S+)?|create LLB definition): )*"
)
_PUSH = re.compile(r"failed to push (\S+): (.*)")
_BOOTING = " > [internal] booting buildkit:"
_STARTED = "one that `docker buildx inspect --bootstrap` starts"
_OTHER = "see docker's messages in the log, then run it again, or name another one (BUILDX_BUILDER). Nothing was pushed"
_NOT_EMULATED = "exec format error"
_GONE = ("failed to connect to the docker API", "Cannot connect to the Docker daemon", "error reading from server: EOF")
_NOT_UTF_8 = "invalid UTF-8"
OTHER_BUILDER = "name a builder that can do it by --builder (on GitHub: docker/setup-buildx-action)"
EMULATE = "have its platform emulated (docker/setup-qemu-action; at the desk: tonistiigi/binfmt --install all)"


def build_error(spec: BuildSpec, errors: str) -> LtfError:
    """Return the error for a build of which docker printed this in the end: the build's own, or the registry's."""
    again_after = 0 if any(text in errors for text in _TEMPORARY) else None
    if pushed := _PUSH.search(errors):
        return _push_error(pushed[1], pushed[2], again_after)
    if _BOOTING in errors:
        reason = f"docker's builder could not be started: {_reason(errors)}"
        return BuildFailed(reason, expected=_STARTED, cure=_OTHER, again_after=again_after)
    found = f"docker build failed: {_reason(errors)}"
    return BuildFailed.at(_place(spec, errors), found, cure=_cure(errors), again_after=again_after)


def _push_error(image: str, reason: str, again_after: float | None) -> LtfError:
    if any(word in reason.lower() for word in DENIED):
        found, expected = f"the builder may not push {image}: {reason}", "a login that may push it"
        return AccessDenied(found, expected=expected, cure="look at the username, password and rights for its registry")
    return RegistryUnavailable(
        f"the builder could not push {image}: {reason}",
        expected="a registry that takes the image",
        cure="look at what the registry says; the image itself was built",
        again_after=again_after,
    )


def _place(spec: BuildSpec, errors: str) -> Place:
    """Return the line that docker names; without it where lines were added to the Dockerfile."""
    line = _AT_LINE.search(errors)
    path = f"{spec.context.name}/Dockerfile"
    return Place(path, int(line[1] or line[2])) if line and not spec.completed_for else Place(path)


def _reason(errors: str) -> str:
    """Return what docker printed last, which is why it failed; all else is in the log."""
    return _BEFORE_REASON.sub("", errors.rpartition("\n")[2]) or "without a word"


def _cure(errors: str) -> str:
    if any(text in errors for text in _OTHER_DRIVER):
        return OTHER_BUILDER
    if _NOT_EMULATED in errors:
        return f"{EMULATE}, or leave that platform out. Nothing was pushed"
    if any(text in errors for text in _GONE):
        return "see why docker has ended, in its own log, then run it again. Nothing was pushed"
    if _NOT_UTF_8 in errors:
        return "give each file of the context a name in UTF-8: git mv. Nothing was pushed"
    return "correct the Dockerfile; docker's messages are in the log. Nothing was pushed"
