"""What a page does not know: the same each time, so that it changes only where the fleet does."""

from __future__ import annotations

from collections.abc import Iterator

from ltf_ci.languages.languages_list import Unreadable
from ltf_ci.watch.files import Files
from ltf_ci.watch.report import Watched


def notes(found: Files, paths: tuple[str, str], watched: Watched | None, *, is_asked: bool) -> Iterator[str]:
    """Return each as a sentence; `paths` are the list's and that of dependents.json."""
    listed, lock, graph = found.listed, found.lock, found.dependents
    if listed is None:
        yield f"There is no {paths[0]}: the releases are those of the lock."
    elif unreadable := sum(isinstance(line, Unreadable) for line in listed.every_line()):
        yield f"Lines of {listed.path} that cannot be read: {unreadable}. `ltf-ci list check` shows why."
    if lock is None:
        yield "There is no lock: what the releases are made of is not known."
    if graph is None:
        yield f"There is no {paths[1]}: images that are not listed are not known."
    elif graph.faults:
        yield f"Entries of {graph.path} that cannot be read: {len(graph.faults)}. `ltf-ci dependents check` shows why."
    if not is_asked:
        yield "The registries were not asked: sizes and days are not known."
    if watched is None:
        yield "What ltf-ci watch found was not given: what is not known to wait may wait all the same."
    elif not watched.is_whole:
        yield "ltf-ci watch ended before it had looked at all: what is not known to wait may wait all the same."
