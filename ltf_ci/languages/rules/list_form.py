"""How the languages repository wants its lines written, and where else: what its settings say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ltf_ci.errors import BadInput, UsageError, all_at_once
from ltf_ci.languages.languages_list import LanguagesList, ListEntry
from ltf_ci.languages.rules.list_edits import ListEdit
from ltf_ci.model.file_text import TextEdit, apply_edits
from ltf_ci.model.layout import LIST_FORM, LIST_PLACES, SETTINGS
from ltf_ci.model.located_json import Located
from ltf_ci.model.nearest import did_you_mean
from ltf_ci.model.remote_repository import Files
from ltf_ci.model.repository_place import list_path

_NAME = "{name}"


class ListForm(StrEnum):
    """How a line names a release: `URL?tag=TAG`, or `SHA7@URL` with the commit of the tag."""

    TAG = "tag"
    COMMIT = "commit"


@dataclass(frozen=True, slots=True)
class ListSettings:
    """The form of the list's lines, and the files that repeat a repository's line, with `{name}` for its name."""

    form: ListForm = ListForm.TAG
    places: tuple[str, ...] = ()

    @classmethod
    def of(cls, root: Located) -> ListSettings:
        """Return what a languages repository's file says of its list; raise BadInput for what it cannot mean."""
        if not isinstance(root.value, dict):
            return cls()  # all of it is comments
        faults: list[BadInput] = [*_unknown(root)]
        form = _form(root.member(LIST_FORM), faults)
        places = tuple(_places(root.member(LIST_PLACES), faults))
        if faults:
            raise all_at_once(faults)
        return cls(form, places)

    def paths(self, entries: Iterable[ListEntry]) -> tuple[str, ...]:
        """Return the paths of the files that repeat the lines of these entries' repositories."""
        names = dict.fromkeys(entry.url.name for entry in entries)
        return tuple(list_path(place.replace(_NAME, name)) for name in names for place in self.places)


def repeated(places: Files, edits: Iterable[ListEdit]) -> Files:
    """Return the files that repeat lines of the list, with the same edits of the same lines; no other byte changes."""
    edited = dict(places)
    for edit in edits:
        for path, text in edited.items():
            edited[path] = text and _replaced(LanguagesList(path, text), edit)
    return edited


def _replaced(listed: LanguagesList, edit: ListEdit) -> str:
    old = str(edit.replaced)
    there = listed.of((edit.replaced or edit.written).url)
    lines = [line for line in there if listed.text[line.start : line.end] == old]
    return apply_edits(listed.text, [TextEdit(line.start, line.end, str(edit.written)) for line in lines])


def _unknown(root: Located) -> Iterable[BadInput]:
    expected = f"{LIST_FORM} or {LIST_PLACES}, in a languages repository"
    for key, place in root.keys:
        if key.startswith("list-") and key not in (LIST_FORM, LIST_PLACES):
            cure = did_you_mean(key, (LIST_FORM, LIST_PLACES)) or "remove it, or correct its name"
            yield BadInput.at(place, f"unknown key {key[:80]!r}", expected=expected, cure=cure)


def _form(located: Located | None, faults: list[BadInput]) -> ListForm:
    words = tuple(str(form) for form in ListForm)
    if located is None:
        return ListForm.TAG
    if located.value in words:
        return ListForm(located.value)
    found = f"{LIST_FORM} is {str(located.value)[:80]!r}"
    cure = did_you_mean(str(located.value), words) or "write one of these, or remove the line"
    faults.append(BadInput.at(located.place, found, expected=" or ".join(words), cure=cure))
    return ListForm.TAG


def _places(located: Located | None, faults: list[BadInput]) -> Iterable[str]:
    for item in (located.items if isinstance(located.value, tuple) else (located,)) if located else ():
        text = item.value if isinstance(item.value, str) and _NAME in item.value else ""
        try:
            yield list_path(text.replace(_NAME, "name")) and text
        except UsageError:
            expected = f"paths with {_NAME}: data/{_NAME}/git_repo.url, in {SETTINGS}"
            found = f"{LIST_PLACES} has {str(item.value)[:80]!r}"
            faults.append(BadInput.at(item.place, found, expected=expected, cure="correct it, or remove it"))
