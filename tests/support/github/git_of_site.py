"""What github.com answers git: repositories by name, led on from an older name, and a login asked for any other."""

from __future__ import annotations

import re
from dataclasses import replace

from embedded.git_http import Answered, Asked, by_git
from tests.support.github.site import Site

_LOGIN = Answered(401, (("WWW-Authenticate", 'Basic realm="GitHub"'),), b"Repository not found.")


def answer_git(site: Site, asked: Asked) -> Answered:
    """Return GitHub's answer to a request of git's."""
    match = re.fullmatch(r"/([^/]+/[^/]+?)(?:\.git)?(/.*)", asked.target)
    if match is None:
        return _LOGIN
    name, rest = match[1].lower(), match[2]
    if name in site.repositories:
        there = site.repositories[name].directory.relative_to(site.folder)
        return by_git(site.folder, replace(asked, target=f"/{there}{rest}"), REMOTE_USER="a maintainer")
    if name in site.renamed:
        return Answered(301, (("Location", f"https://github.com/{site.renamed[name]}.git{rest}"),), b"")
    return _LOGIN
