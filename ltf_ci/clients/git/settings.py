"""What git is configured with, besides what the user configured: for every call, and for a throw-away clone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

_ALWAYS = {
    "protocol.ext.allow": "never",  # runs a program
    "core.fsmonitor": "false",  # the same: a folder that was unpacked may name one
    "clone.defaultRemoteName": "origin",
    "log.showSignature": "false",
    "advice.detachedHead": "false",
    "http.lowSpeedLimit": "1",  # bytes a second,
    "http.lowSpeedTime": "120",  # for so many seconds
    "core.bigFileThreshold": "8m",  # larger files are not read into memory as a whole
}
_NO_QUESTIONS = {"core.askPass": "", "credential.interactive": "false"}
_NO_PLAIN_REDIRECT = {"protocol.http.allow": "user"}  # plain http where it is configured, and never by a redirect
_THROW_AWAY = {"core.hooksPath": "/dev/null", "core.fsync": "none"}  # no wait for the disk
_OFF = {  # each of these programs, by the sections that name them
    "filter": {"smudge": "", "clean": "", "process": "", "required": "false"},
    "hook": {"enabled": "false"},  # of git 2.54 and newer
}
_CARRIED = (
    r"(user|author|committer|gpg|credential|https?|ssh|url|protocol)\..*"
    r"|commit\.gpgsign|tag\.(gpgsign|forcesignannotated)|push\.gpgsign|core\.(sshcommand|gitproxy|askpass)"
    r"|remote\.origin\.(pushurl|proxy.*|uploadpack|receivepack)"
)
_HEADER = r"http\.(.*\.)?extraheader"
_PATH = (
    r"user\.signingkey|gpg\.(.*\.)?(program|allowedsignersfile|revocationfile)"
    r"|http\.(.*\.)?(sslcert|sslkey|sslcainfo|sslcapath|cookiefile)"
)
HELPERS = r"^credential\.(.*\.)?helper$"
_OWN_MEMORY = 'ulimit -Sd "$(ulimit -Hd)"'
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\b": "\\b"})


def every_call(*, asks: bool, is_plain: bool) -> list[str]:
    """Return the options of every call: `asks` lets git ask the user's askpass program, `is_plain` is of plain http."""
    settings = {**_ALWAYS, **({} if asks else _NO_QUESTIONS), **({} if is_plain else _NO_PLAIN_REDIRECT)}
    return [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]


def unbound_helpers(listed: str) -> list[str]:
    """Return the options by which credential helpers have no bound on memory from git's, if any were listed.

    They are programs of the user's; `listed` is what `git config -z --get-regexp` prints of HELPERS.
    """
    entries = [entry.partition("\n")[::2] for entry in filter(None, listed.split("\0"))]
    if not entries or any("=" in key for key, _ in entries):  # which -c cannot say
        return []
    helpers = ["credential.helper=", *(f"{key}={_unbound(value)}" for key, value in entries)]
    return [word for helper in helpers for word in ("-c", helper)]


def _unbound(helper: str) -> str:
    """Return a helper that lifts its bound, and is then run as git runs it."""
    if not helper:
        return ""
    command = helper[1:] if helper.startswith("!") else helper if helper.startswith("/") else f"git credential-{helper}"
    return f"!{_OWN_MEMORY}; {command}"


def throw_away() -> list[str]:
    """Return the options of `git clone` for a clone that is thrown away: it has no hooks in files."""
    return ["--template=", *(f"--config={key}={value}" for key, value in _THROW_AWAY.items())]


def carried(listed: str, top: Callable[[], Path]) -> str:
    """Return, as a file of git's, what a clone takes over of `git config --list -z`: identity, signing, access.

    Lists begin with an empty value, which drops what the clone reads of them elsewhere: else they would be there twice.
    A path below the folder `top` is taken over as an absolute one. The user's filters and hooks are off.
    """
    lines = ['[credential]\n\thelper = ""\n', *_off(listed)]
    headers = set[str]()
    for key, value in _entries(listed):
        if re.fullmatch(_HEADER, key.lower()) and key not in headers:
            headers.add(key)
            lines.append(_line(key, ""))
        is_below = re.fullmatch(_PATH, key) and value[:1] not in ("", "/", "~") and (top() / value).exists()
        lines.append(_line(key, str(top() / value) if is_below else value))
    return "".join(lines)


def _off(listed: str) -> Iterator[str]:
    """Return the lines that turn off each filter and hook that `git config --list -z` names."""
    keys = [entry.partition("\n")[0] for entry in listed.split("\0")]
    for section, values in _OFF.items():
        named = (key.partition(".")[2].rpartition(".")[0] for key in keys if key.startswith(f"{section}."))
        for name in dict.fromkeys(filter(None, named)):
            yield from (_line(f"{section}.{name}.{key}", value) for key, value in values.items())


def _entries(listed: str) -> Iterator[tuple[str, str]]:
    for entry in filter(None, listed.split("\0")):
        key, has_value, value = entry.partition("\n")
        if re.fullmatch(_CARRIED, key):
            yield key, value if has_value else "true"


def _line(key: str, value: str) -> str:
    section, _, name = key.rpartition(".")
    head, dot, rest = section.partition(".")
    escaped = rest.replace("\\", "\\\\").replace('"', '\\"')
    title = f'{head} "{escaped}"' if dot else head
    return f'[{title}]\n\t{name} = "{value.translate(_ESCAPES)}"\n'
