"""The edits of start files that make red, amber and green: of options.json, or else of `6 * 9`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.located_json import Located
from ltf_ci.traffic_light.colour import Colour, StartFileEdit

_MARK = "6 * 9"
_NEW = {Colour.RED: _MARK, Colour.AMBER: "6 * 9sd", Colour.GREEN: "6 * 7"}
_KEYS = ("filename", "from", "to")
_OPTION = '{"filename": …, "from": …, "to": …}'
Edits = tuple[tuple[StartFileEdit, ...], tuple[Finding, ...]]


def edits_of(files: Mapping[str, str], manifest: Place, options: Located | None) -> Edits:
    """Return the three edits, from `options.json` or else of `6 * 9`, and a finding for each that cannot be made."""
    if options and not isinstance(options.value, dict):
        return (), (_no_object(options.place),)
    found = [_from_options(colour, files, options) for colour in Colour] if options else _from_mark(files, manifest)
    return tuple(f for f in found if isinstance(f, StartFileEdit)), tuple(f for f in found if isinstance(f, Finding))


def _from_mark(files: Mapping[str, str], manifest: Place) -> list[StartFileEdit | Finding]:
    name = next((name for name, text in files.items() if _MARK in text), None)
    if name is None:
        return [_no_mark(files, manifest)]
    place = Place(str(PurePosixPath(manifest.path).parent / name))
    return [StartFileEdit(colour=c, filename=name, old=_MARK, new=new, place=place) for c, new in _NEW.items()]


def _no_mark(files: Mapping[str, str], manifest: Place) -> Finding:
    """Return the finding that no file can be edited; where one has the solution, it is of that file."""
    solved = next((name for name, text in files.items() if _NEW[Colour.GREEN] in text), None)
    place = Place(str(PurePosixPath(manifest.path).parent / solved)) if solved else manifest
    has = f"; {solved} has {_NEW[Colour.GREEN]!r}, the solution" if solved else ""
    return Finding(
        rule="traffic-light-edit",
        place=place,
        found=f"no start file has {_MARK!r}, so they cannot be run for red, amber and green{has}",
        expected=f"{_MARK!r} in the start file that learners correct",
        cure=f"write {_MARK!r} there, or say by options.json next to the manifest what is to be edited",
    )


def _from_options(colour: Colour, files: Mapping[str, str], options: Located) -> StartFileEdit | Finding:
    given = options.member(str(colour))
    if given is None or not isinstance(given.value, dict):
        return _lacking(colour, options, f"options.json has no edit that makes {colour}", set(map(str, Colour)))
    texts = {key: member.value for key in _KEYS if (member := given.member(key)) and isinstance(member.value, str)}
    for key in _KEYS:
        if key not in texts or (key == "from" and not texts[key]):
            return _lacking(key, given, f"{colour} has no text {key!r}", {*_KEYS})
    name, old, new = (texts[key] for key in _KEYS)
    place = given.place
    if name not in files:
        from ltf_ci.model.nearest import did_you_mean  # seldom needed

        cure = did_you_mean(name, files) or "write its name"
        return fault("options", place, f"{colour} edits {name[:80]!r}", "one of visible_filenames", cure)
    if old not in files[name]:
        found = f"{name} has no {old!r}, so it cannot be made {colour}"
        return fault("edit", place, found, "a text that is in the file", "write another `from`")
    return StartFileEdit(colour=colour, filename=name, old=old, new=new, place=place)


def _no_object(place: Place) -> Finding:
    expected = f'{{"red": {_OPTION}, "amber": …, "green": …}}'
    return fault("options", place, "options.json is no object", expected, "write an edit for each of the three colours")


def _lacking(wanted: str, of: Located, found: str, known: set[str]) -> Finding:
    """Return the finding that a key is missing; where another one was meant to be it, that is named at its place."""
    from ltf_ci.model.nearest import nearest  # seldom needed

    strange = {key: place for key, place in of.keys if key not in known}
    meant = nearest(wanted, strange)
    if meant:
        found = f"{found}, but {meant[:80]!r}, which is not known"
        return fault("options", strange[meant], found, _OPTION, f"did you mean {wanted}?")
    return fault("options", of.place, found, _OPTION, f"write {wanted}: each colour has a filename, from and to")


def edited(files: Mapping[str, str], edit: StartFileEdit) -> Mapping[str, str]:
    """Return the start files with an edit made."""
    return {**files, edit.filename: files[edit.filename].replace(edit.old, edit.new, 1)}


def fault(rule: str, place: Place, found: str, expected: str, cure: str) -> Finding:
    """Return a finding of one of the traffic light's rules."""
    return Finding(rule=f"traffic-light-{rule}", place=place, found=found, expected=expected, cure=cure)
