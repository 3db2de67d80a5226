"""What git's refusals mean, by words of git, ssh and the servers that it asks; all are in English (LC_ALL=C)."""

from __future__ import annotations

import re

DENIED = (
    "Authentication failed",
    "could not read Username",
    "could not read Password",
    "unable to get password from user",  # git 2.47 and newer
    "Permission denied",
    "error: 403",
    "Repository not found",  # GitHub's, also for a login that may not see it
    "denied to ",  # GitHub's, by ssh: Permission to OWNER/NAME.git denied to SOMEBODY
    "marked as read only",
    "SAML SSO",
    "Host key verification failed",
    "agent refused operation",
    "RSA key with SHA-1",
)
NO_REPOSITORY = (
    "not a git repository",
    "Needed a single revision",
    "malformed object name HEAD",
    "malformed object name 'HEAD'",
    "bad revision 'HEAD'",
    "ambiguous argument 'HEAD'",
)
DAMAGED = (
    *("bad object HEAD", "no such commit HEAD", "unable to normalize alternate object path", "unable to read tree"),
    *("loose object", "object file", "index file corrupt", "index file smaller"),
)
_SAFE_DIRECTORY = r"(?s)dubious ownership[^\n]*\n.*?(git config --global --add safe\.directory [^\n]+)"
_SIGNING = "see that `git commit -S` and `git tag -s` work here: gpg.format, gpg.program, user.signingKey"
_CONFIG = "correct git's configuration where git says; `git config --list --show-origin` shows where each line is from"
_CERTIFICATE = "have the authority of the server's certificate trusted: http.sslCAInfo in git's configuration"
_NEWER = "install a newer git: this one cannot read the repository"
_CURES = {
    "failed to sign the data": _SIGNING,
    "unable to sign the tag": _SIGNING,
    "load public key": _SIGNING,
    "gpg.ssh.defaultKeyCommand": _SIGNING,
    "agent refused operation": _SIGNING,
    "tell me who you are": "git config user.name NAME && git config user.email ADDRESS",
    "--signed push": "git config push.gpgSign if-asked: the server takes no signed push",
    "support push options": "remove push.pushOption from git's configuration: the server takes none",
    "--mirror can't be combined": "git config --unset remote.origin.mirror",
    "Host key verification failed": "have the host's key in ~/.ssh/known_hosts: `ssh -T git@HOST` shows it and asks",
    "bad config line": _CONFIG,
    "bad boolean config": _CONFIG,
    "bad numeric config": _CONFIG,
    "unable to parse command-line config": "correct GIT_CONFIG_COUNT, and each number's GIT_CONFIG_KEY_ and _VALUE_",
    "repository extension": _NEWER,
    "Expected git repo version": _NEWER,
    "would be replaced by": "git add --renormalize . and commit; or git config core.safecrlf warn",
    ".lock': File exists": "wait until the other git has ended; remove that file where there is none",
    "SSL certificate problem": _CERTIFICATE,
    "certificate verification failed": _CERTIFICATE,
    "fatal: transport '": "look at protocol.allow in git's configuration, and at GIT_ALLOW_PROTOCOL",
}


def safe_directory(printed: str) -> str:
    """Return git's own command that has a folder of another user trusted; empty where that is not the matter."""
    found = re.search(_SAFE_DIRECTORY, printed)
    return found[1] if found else ""


def is_any(texts: tuple[str, ...], printed: str) -> bool:
    """Whether git has printed one of these texts."""
    return any(text in printed for text in texts)


def cure_for(printed: str) -> str:
    """Return what to do about a refusal that stays until somebody changes something; empty where git's words say it."""
    return next((cure for text, cure in _CURES.items() if text in printed), "")
