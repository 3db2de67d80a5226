"""What cyber-dojo asks of the files that a manifest names, and of the texts that Ruby reads."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import PurePosixPath

from ltf_ci.manifest.facts import ManifestFacts
from ltf_ci.manifest.keys import MAIN_SCRIPT
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.manifest.rules.values import Value, repeated, texts_of, value_of
from ltf_ci.model.finding import Finding, Place, Severity
from ltf_ci.model.named_file import LARGEST_LAMBDA, LARGEST_VISIBLE, FileKind, NamedFile

_PORTABLE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-")
_SHOWN = 20  # characters of a name that a message lists
_A_FILE = "a file "
FURTHER = "further-manifest"
_VISIBLE, _HIGHLIGHTED, _LAMBDA = "visible_filenames", "highlight_filenames", "rag_lambda"


def faults(manifest: Manifest, facts: ManifestFacts) -> Iterator[Finding]:
    """Find all that is wrong with the files that a manifest names, and with its regular expressions."""
    yield from _further(manifest, facts)
    visible = texts_of(manifest, _VISIBLE)
    yield from _main_script(manifest, visible)
    for value in visible:
        yield from _spelling(value) if _misspelt(value) else _visible_file(value, facts)
    yield from _same_file(visible)
    yield from _highlighted(manifest, visible)
    yield from _regexes(manifest, facts)
    yield from _lambda(manifest, facts)


def _further(manifest: Manifest, facts: ManifestFacts) -> Iterator[Finding]:
    expected = f"one manifest, {manifest.path}"
    if facts.further is None:
        found = "whether there is a further manifest was not looked for: the repository has too many folders"
        yield Finding(
            rule=FURTHER,
            severity=Severity.NOTICE,
            place=Place(manifest.path),
            found=found,
            expected=expected,
            cure="remove it, if it is none of a start point",
        )
    for path in facts.further or ():
        found = f"{path} is a further manifest, which cyber-dojo serves too: it is neither checked nor released here"
        cure = "remove it, or move it into a repository of its own"
        yield Finding(rule=FURTHER, place=Place(path), found=found, expected=expected, cure=cure)


def named(manifest: Manifest) -> frozenset[str]:
    """Return the names of the files that are to be looked at."""
    visible = {value.text or "" for value in texts_of(manifest, _VISIBLE) if not _misspelt(value)}
    return frozenset({*visible, manifest.string(_LAMBDA) or ""} - {""})


def paths(manifest: Manifest) -> frozenset[str]:
    """Return the paths of the manifest and of the files that it names."""
    folder = PurePosixPath(manifest.path).parent
    return frozenset({manifest.path, *(str(folder / name.lstrip("/")) for name in named(manifest))})


def regexes(manifest: Manifest) -> tuple[Value, ...]:
    """Return the regular expressions that Ruby is to judge."""
    return texts_of(manifest, "hidden_filenames", "progress_regexs")


def _main_script(manifest: Manifest, visible: tuple[Value, ...]) -> Iterator[Finding]:
    value = value_of(manifest, _VISIBLE)
    if value and value.items and MAIN_SCRIPT not in [each.text for each in visible]:
        expected = "the script that cyber-dojo runs"
        yield value.fault("cyber-dojo-sh", f"has no {MAIN_SCRIPT!r}", expected, "write it, and add its name")


def _misspelt(value: Value) -> bool:
    text = value.text or ""
    return text.startswith("-") or not _PORTABLE.issuperset(text)


def _spelling(value: Value) -> Iterator[Finding]:
    strange = [character for character in dict.fromkeys(value.text or "") if character not in _PORTABLE]
    bad = ", ".join([*map(repr, strange[:_SHOWN]), *(["…"] if strange[_SHOWN:] else [])])
    found = f"is {value.in_words}, with {bad}" if bad else f"is {value.in_words}, which begins with '-'"
    expected = "letters and digits of ASCII, and / . _ - (no - at its front)"
    yield value.fault("filename-characters", found, expected, "rename the file")


def _visible_file(value: Value, facts: ManifestFacts) -> Iterator[Finding]:
    yield from _file(value, facts.files.get(value.text or ""), "file-size", LARGEST_VISIBLE)


def _file(value: Value, file: NamedFile | None, rule_of_size: str, largest: int) -> Iterator[Finding]:
    if file is None:
        return
    if file.kind is not FileKind.FILE:
        yield _no_file(value, file)
    elif file.size > largest:
        expected = f"at most {largest} bytes ({largest // 1024} KiB)"
        yield value.fault(
            rule_of_size, f"is {value.in_words}, which has {file.size} bytes", expected, "make it smaller"
        )
    elif file.text is None:
        found = f"is {value.in_words}, which is no text"
        yield value.fault("file-text", found, "UTF-8 without NUL", "save it as UTF-8")


def _no_file(value: Value, file: NamedFile) -> Finding:
    folder = PurePosixPath(value.located.place.path).parent
    if file.kind is FileKind.ABSENT:
        expected = f"{_A_FILE}{folder / (value.text or '').lstrip('/')}"
        meant = f"did you mean {file.similar}? Else write" if file.similar else "write"
        others = "" if value.text == MAIN_SCRIPT else ", or remove its name here"
        cure = f"{meant} the file, and commit it{others}"
        return value.fault("file-missing", f"is {value.in_words}, and there is no such file", expected, cure)
    if file.kind is FileKind.OUTSIDE:
        expected = f"a file of the repository, named from {folder} downwards, without '..'"
        cure = "copy the file into the repository, and name that"
        return value.fault("file-outside", f"is {value.in_words}, which leads out of the repository", expected, cure)
    return value.fault("file-kind", f"is {value.in_words}, which is {file.kind}", "a regular file", "name a file")


def to_restore(finding: Finding, committed: Collection[str]) -> Finding:
    """Return the finding of a missing file with the way to it, where the commit has it; any other as it is."""
    path = finding.expected.removeprefix(_A_FILE)
    if finding.rule != "file-missing" or path not in committed:
        return finding
    cure = f"git sparse-checkout disable; or git update-index --no-skip-worktree {path} && git checkout HEAD -- {path}"
    return finding._replace(found=f"{finding.found} here, though the commit has it", cure=cure)


def _same_file(visible: tuple[Value, ...]) -> Iterator[Finding]:
    first: dict[tuple[str, ...], Value] = {}
    by_name = {value.path for value, _ in repeated(visible)}
    for value in visible:
        parts = tuple(part for part in PurePosixPath(value.text or "").parts if part.strip("/"))
        before = first.setdefault(parts, value)
        if before is not value and value.path not in by_name:
            found = f"is {value.in_words}, the same file as {before.path}, {before.in_words}"
            yield value.fault("same-file", found, "each file once", "take one of them out")


def _highlighted(manifest: Manifest, visible: tuple[Value, ...]) -> Iterator[Finding]:
    names = {value.text for value in visible}
    for value in texts_of(manifest, _HIGHLIGHTED):
        if value.text not in names:
            found = f"is {value.in_words}, which is not in visible_filenames"
            cure = "add it to visible_filenames, or take it out here"
            yield value.fault("highlight-filenames-visible", found, "a visible filename, spelled the same", cure)


def _regexes(manifest: Manifest, facts: ManifestFacts) -> Iterator[Finding]:
    every = regexes(manifest)
    for value in every:
        complaint = facts.regexes.get(value.text or "")
        if complaint:
            found = f"is {value.in_words}, and Ruby answers: {complaint}"
            cure = "correct what Ruby names; in JSON a backslash is written twice"
            yield value.fault("regex", found, "a regular expression as Ruby reads it", cure)
    unjudged = [value for value in every if value.text not in facts.regexes]
    if unjudged:
        others = f", nor were the other {len(unjudged) - 1}" if unjudged[1:] else ""
        yield _not_judged(unjudged[0], "regex-not-judged", Severity.WARNING, facts.unjudged, others)


def _lambda(manifest: Manifest, facts: ManifestFacts) -> Iterator[Finding]:
    value = value_of(manifest, _LAMBDA)
    file = facts.files.get(value.text or "") if value else None
    if value is None or file is None:
        return
    wrong = tuple(_file(value, file, "rag-lambda-size", LARGEST_LAMBDA))
    yield from wrong
    if wrong:
        return
    if facts.rag_lambda:
        found = f"is {value.in_words}, and Ruby answers: {facts.rag_lambda}"
        cure = f"correct the line that Ruby names: ruby -c {value.text}"
        yield value.fault("rag-lambda-ruby", found, "Ruby: lambda { |stdout, stderr, status| … }", cure)
    elif facts.rag_lambda is None:
        yield _not_judged(value, "rag-lambda-ruby", Severity.NOTICE, facts.unjudged)


def _not_judged(value: Value, rule: str, severity: Severity, why: str, others: str = "") -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        place=value.located.place,
        path=value.path,
        found=f"{value.path} was not judged{others}: {why}",
        expected="ruby, for it is Ruby that reads it",
        cure="install ruby",
    )
