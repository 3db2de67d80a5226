"""One version line's re-tag: its newest release, built again as the next revision, in a clone of its own.

The image is built and tested first. Then git's branch and tag are pushed, both or neither: that decides who is first.
Then the image. Who was not first looks again; a re-tag's tag that was left without its image gets it.
"""

from __future__ import annotations

from dataclasses import replace

from ltf_ci.clients.run import Run
from ltf_ci.clients.temporary import temporary_folder
from ltf_ci.errors import GitFailed, LtfError
from ltf_ci.model.release_tag import LanguageVersion
from ltf_ci.retag.clone import Clone
from ltf_ci.retag.newest import known_releases, look
from ltf_ci.retag.release import release, revise
from ltf_ci.retag.request import Asked
from ltf_ci.retag.retagged import GitTag, Retagged
from ltf_ci.retag.rules import retagging
from ltf_ci.retag.rules.retagging import TRAILER, Method
from ltf_ci.retag.stale_bases import stale_bases

ROUNDS = 10  # far more than there are re-tags of one line at the same moment


def retag_line(version: LanguageVersion, asked: Asked, run: Run) -> Retagged:
    """Re-tag a line; an error is its own, and stops no other line."""
    try:
        for _ in range(ROUNDS):
            name = str(version)
            with run.timed(name), run.part(name), temporary_folder("retag") as folder:
                clone = Clone.of_origin(run.git(asked.directory), folder)
                done = _retagged(version, asked, clone, run)
            if done:
                return replace(done, stale=tuple(stale_bases(done.labels, run.registry, run.log)))
    except LtfError as error:
        return Retagged(version=version, error=error)
    crowded = GitFailed(
        f"{version} is re-tagged by other runs all the time",
        expected="no other run at the same moment",
        cure="run it again when they have ended",
    )
    return Retagged(version=version, error=crowded)


def _retagged(version: LanguageVersion, asked: Asked, clone: Clone, run: Run) -> Retagged | None:
    """Look, decide, act; None where another run was faster."""
    requests = clone.git.tag_trailers(TRAILER)
    mine = retagging.made_by(asked.request, version, requests)
    if mine and asked.is_named:
        clone.switch(mine)
        return release(GitTag(tag=mine, method=Method.RESUME), clone, asked, known_releases(clone, asked), run)
    newest = retagging.newest(version, requests)
    line = look(newest, requests[str(newest)], clone, asked, run)
    method = retagging.method_for(line.facts)
    git_tag = GitTag(tag=newest, method=method)
    if method is Method.KEEP:
        return Retagged(version=version, before=line.before, git_tag=git_tag, unmatched=line.unmatched)
    if method is Method.REVISE:
        revised = revise(line, clone, asked, run)
        return revised and replace(revised, before=line.before, unmatched=line.unmatched)
    done = release(git_tag, clone, asked, line.known, run)
    return None if method is Method.COMPLETE and done.is_anothers else done
