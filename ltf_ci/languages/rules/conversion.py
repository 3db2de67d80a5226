"""Lines of the older form `SHA7@URL`, turned into `URL?tag=TAG`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from ltf_ci.errors import LtfError
from ltf_ci.images.rules import tags as image_tags
from ltf_ci.languages.languages_list import LanguagesList, Line
from ltf_ci.languages.rules import lines as list_rules
from ltf_ci.model.commit import Commit
from ltf_ci.model.file_text import TextEdit, apply_edits
from ltf_ci.model.finding import Finding
from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.model.repository_url import RepositoryUrl

HOW = "release each repository by a tag, then list them together: `ltf-ci bump --group NAME --release URL?tag=TAG …`"


class Why(Enum):
    """Why a line stays as it is."""

    NO_TAG = auto()
    AMBIGUOUS = auto()
    TAKEN = auto()
    NOT_ASKED = auto()


@dataclass(frozen=True, slots=True)
class Conversion:
    """The list's text with the lines that could be turned, those lines' new entries by number, and the others.

    `has_unreleased` says that the commit of one of the others has no release tag.
    """

    text: str
    entries: Mapping[int, str]
    findings: tuple[Finding, ...]
    has_unreleased: bool = False


def converted(listed: LanguagesList, refs: Mapping[RepositoryUrl, Mapping[str, Commit] | LtfError]) -> Conversion:
    """Turn the lines whose commit a release tag names, and touch no other byte; `refs` by the lines' addresses."""
    entries, left = dict[int, str](), defaultdict[Why, list[Finding]](list)
    lines = [line for line in listed.every_line() if isinstance(line, Line)]
    by_tag = [line.entry for line in lines if not line.entry.commit]
    taken = {(entry.url.key, str(entry.tag.version)) for entry in by_tag if entry.tag}
    for line in (line for line in lines if line.entry.commit and line.entry.url in refs):
        tag = _tag_of(line, refs[line.entry.url])
        key = line.entry.url.key, str(tag.version) if isinstance(tag, ReleaseTag) else ""
        if not isinstance(tag, ReleaseTag):
            left[tag[0]].append(_left(listed, line, tag[1]))
        elif key in taken:
            why = f"{tag} names it, but another line is of that version already"
            left[Why.TAKEN].append(_left(listed, line, why))
        else:
            taken.add(key)
            entries[line.number] = str(line.entry.tagged(tag))
    edits = (TextEdit(line.start, line.end, entries[line.number]) for line in lines if line.number in entries)
    return Conversion(apply_edits(listed.text, edits), entries, _together(left), Why.NO_TAG in left)


def _together(left: Mapping[Why, Sequence[Finding]]) -> tuple[Finding, ...]:
    """Return the findings; many of one cause as one, which has the first's words."""
    return tuple(each for why in left for each in _of_cause(left[why]))


def _of_cause(findings: Sequence[Finding]) -> Sequence[Finding]:
    if len(findings) <= list_rules.FEW:
        return findings
    first = findings[0]
    return [first._replace(found=f"{len(findings)} lines stay, as this one does: {first.found}")]


def _tag_of(line: Line, refs: Mapping[str, Commit] | LtfError) -> ReleaseTag | tuple[Why, str]:
    """Return the newest release tag at a line's commit, or why there is none, in a word and in a sentence."""
    if isinstance(refs, LtfError):
        return Why.NOT_ASKED, f"its repository could not be asked: {refs.found}"
    short, tags = line.entry.commit, list_rules.tags_of(refs)
    commits = {commit for commit in tags.values() if commit.sha.startswith(short)}
    if len(commits) > 1:
        return Why.AMBIGUOUS, f"{len(commits)} tagged commits begin with {short}"
    there = image_tags.release_tags(name for name, commit in tags.items() if commit in commits)
    return there[0] if there else (Why.NO_TAG, f"no release tag names {short}")


def _left(listed: LanguagesList, line: Line, why: str) -> Finding:
    return Finding(
        rule="list-not-converted",
        place=listed.place(line),
        found=f"{line.entry} stays: {why}",
        expected="a release tag at that commit",
        cure=HOW,
    )
