"""Every rule of the manifest: what it accepts, what it refuses, and the very words of its finding."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import jsonschema
import pytest

from ltf_ci.errors import UsageError
from ltf_ci.manifest.facts import ManifestFacts
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.manifest.rule_names import ALLOWED, allowed_rule
from ltf_ci.manifest.rules import files as manifest_files
from ltf_ci.manifest.rules import manifest_rules, schema
from ltf_ci.model.finding import Finding, Severity
from ltf_ci.model.rules_table import SECTIONS
from tests.manifest.rules.manifest_cases import ABSENT, CASES, COMPLETE, FILES, THERE

OF_MANIFEST = [section for section in SECTIONS if section.page == "manifest.md"][:2]
OTHERS = {
    "manifest-object",
    "repeated-key",
    "regex-not-judged",
    "rag-lambda-ruby",
    "further-manifest",
}  # their tests stand below


def parsed(changes: dict[str, Any]) -> Manifest:
    members = {key: value for key, value in {**COMPLETE, **changes}.items() if value is not ABSENT}
    return Manifest.parse(json.dumps(members).encode(), "manifest.json")


def facts(manifest: Manifest, rag_lambda: str | None = "") -> ManifestFacts:
    files = {name: FILES.get(name, THERE) for name in manifest_files.named(manifest)}
    texts = [value.text or "" for value in manifest_files.regexes(manifest)]
    return ManifestFacts(
        files=files, regexes={text: "no end" if text == "(" else "" for text in texts}, rag_lambda=rag_lambda
    )


def faults(changes: dict[str, Any], *allow: str) -> tuple[Finding, ...]:
    manifest = parsed(changes)
    return manifest_rules.faults(manifest, facts(manifest), allow)


def words(finding: Finding) -> str:
    return " | ".join(part for part in (finding.found, finding.expected, finding.cure) if part)


@pytest.mark.parametrize(("rule", "accepted", "refused", "says"), CASES)
def test_what_a_rule_accepts_and_refuses(
    rule: str, accepted: dict[str, Any], refused: dict[str, Any], says: str
) -> None:
    assert faults(accepted) == ()
    (finding,) = (
        found for found in faults(refused) if found.rule != "highlight-filenames-visible" or found.rule == rule
    )
    found, *parts = says.split(" | ", 2)
    assert (finding.rule, finding.found) == (rule, found)
    assert [finding.expected, finding.cure][: len(parts)] == parts
    assert finding.cure, "each finding says what to do"
    assert finding.path
    assert finding.found.startswith((finding.path, f"the key '{finding.path}'"))


@pytest.mark.parametrize(
    ("key", "value", "cure"),
    [
        ("language", ["Python", 3.7], 'write "3.7", in quotes'),
        ("visible_filenames", "cyber-dojo.sh", 'write ["cyber-dojo.sh"]'),
        ("progress_regexs", ["a"], "write a list of 2 texts"),
        ("image_name", "", "write a text that is not empty"),
        ("hidden_filenames", None, "write a list of texts"),
    ],
)
def test_what_to_write_in_place_of_a_value_of_another_kind(key: str, value: object, cure: str) -> None:
    assert cure in [finding.cure for finding in faults({key: value})]


def test_every_rule_is_in_the_table() -> None:
    assert {case[0] for case in CASES} | OTHERS == {rule.name for section in OF_MANIFEST for rule in section.rules}


def test_exactly_the_stricter_rules_can_be_switched_off() -> None:
    for rule, _, refused, _ in CASES:
        if rule in ALLOWED:
            assert allowed_rule(rule) == rule
            assert rule not in {finding.rule for finding in faults(refused, rule)}
    for rule in ["x", *(rule.name for rule in OF_MANIFEST[0].rules)]:
        with pytest.raises(UsageError) as told:
            allowed_rule(rule)
        assert told.value.expected == "one of " + ", ".join(ALLOWED)


@pytest.mark.parametrize(("text", "said"), [("[1]", "a list of 1"), ("null", "null"), ('"x"', "'x'"), ("3", "3")])
def test_a_manifest_that_is_no_object(text: str, said: str) -> None:
    (finding,) = manifest_rules.faults(Manifest.parse(f"\n {text}".encode(), "m.json"), ManifestFacts())
    assert (finding.rule, str(finding.place)) == ("manifest-object", "m.json:2:2")
    assert words(finding) == f"the manifest is {said} | an object: {{ … }} | put the keys into braces"


def test_a_key_that_is_there_twice() -> None:
    text = json.dumps(COMPLETE, indent=1).replace('"tab_size"', '"tab_\\u0073ize": 4,\n "tab_size"')
    manifest = Manifest.parse(text.encode(), "m.json")
    (finding,) = manifest_rules.faults(manifest, facts(manifest))
    assert (finding.rule, finding.path, words(finding)) == (
        "repeated-key",
        "tab_size",
        "the key 'tab_size' again | each key once | remove all but one",
    )
    assert text.splitlines()[finding.place.line - 1] == ' "tab_size": 4,'


def test_without_ruby_it_is_said_what_was_not_judged() -> None:
    manifest = parsed({})
    files = facts(manifest).files
    warning, notice = manifest_rules.faults(manifest, ManifestFacts(files=files, unjudged="there is no ruby"))
    assert (warning.rule, warning.severity) == ("regex-not-judged", Severity.WARNING)
    assert words(warning) == (
        "hidden_filenames[0] was not judged, nor were the other 3: there is no ruby"
        " | ruby, for it is Ruby that reads it | install ruby"
    )
    assert (notice.rule, notice.severity) == ("rag-lambda-ruby", Severity.NOTICE)
    assert (
        words(notice)
        == "rag_lambda was not judged: there is no ruby | ruby, for it is Ruby that reads it | install ruby"
    )


def test_a_lambda_that_is_no_ruby() -> None:
    manifest = parsed({})
    (finding,) = manifest_rules.faults(manifest, facts(manifest, "no end"))
    assert (finding.rule, finding.severity) == ("rag-lambda-ruby", Severity.ERROR)
    assert words(finding) == (
        "rag_lambda is 'red_amber_green.rb', and Ruby answers: no end | Ruby: lambda { |stdout, stderr, status| … }"
        " | correct the line that Ruby names: ruby -c red_amber_green.rb"
    )
    assert manifest_rules.faults(manifest, facts(manifest, "no end"), ["rag-lambda-ruby"]) == ()


def test_further_manifests_are_told_each_at_its_own_file() -> None:
    manifest = parsed({})
    further = facts(manifest)._replace(further=("a/manifest.json", "docs/manifest.json"))
    found = manifest_rules.faults(manifest, further)
    assert [(f.rule, f.severity, str(f.place)) for f in found] == [
        ("further-manifest", Severity.ERROR, "a/manifest.json"),
        ("further-manifest", Severity.ERROR, "docs/manifest.json"),
    ]
    assert words(found[0]) == (
        "a/manifest.json is a further manifest, which cyber-dojo serves too: it is neither checked nor released here"
        " | one manifest, manifest.json | remove it, or move it into a repository of its own"
    )
    assert manifest_rules.faults(manifest, further, [allowed_rule("further-manifest")]) == ()


def test_further_manifests_that_were_not_looked_for_are_unknown_and_not_absent() -> None:
    manifest = parsed({})
    (notice,) = manifest_rules.faults(manifest, facts(manifest)._replace(further=None))
    assert (notice.rule, notice.severity, str(notice.place)) == ("further-manifest", Severity.NOTICE, "manifest.json")
    assert "was not looked for" in notice.found


def test_a_name_with_all_of_an_alphabet_is_told_in_short() -> None:
    (finding,) = faults({"visible_filenames": ["cyber-dojo.sh", "hiker.py", "".join(map(chr, range(0x3400, 0x9FFF)))]})
    assert finding.found.endswith("'㐒', '㐓', …")
    assert len(finding.found) < 1000


def test_a_name_that_is_there_very_often_is_told_as_often() -> None:
    found = faults({"visible_filenames": ["cyber-dojo.sh", "hiker.py", *["./hiker.py"] * 10_000]})
    assert Counter(finding.rule for finding in found) == {"visible-filenames-repeated": 9_999, "same-file": 1}


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema.schema())


def test_the_schema_takes_what_is_accepted_and_refuses_what_json_alone_tells() -> None:
    validator = jsonschema.Draft202012Validator(schema.schema())

    def valid(changes: dict[str, Any]) -> bool:
        return validator.is_valid(json.loads(parsed(changes).text))

    assert [accepted for _, accepted, _, _ in CASES if not valid(accepted)] == []
    beyond = {rule for rule, _, refused, _ in CASES if valid(refused)}
    assert beyond == {
        *("file-missing", "file-size", "file-outside", "file-kind", "file-text", "same-file", "rag-lambda-size"),
        "display-name-letters",
        *("highlight-filenames-visible", "regex", "image-name", "tab-size"),  # a/B; 4.0 is an integer to a schema
    }
