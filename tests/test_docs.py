"""The examples in the README are run, and say what they show."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from generators.files import FILES, stale
from ltf_ci import settings
from ltf_ci.cli import main
from ltf_ci.command_line import parse
from ltf_ci.given import Given
from ltf_ci.images.labels import ImageLabels
from ltf_ci.languages.rules.branch_contents import TRAILER
from ltf_ci.languages.rules.wanted_changes import REASON
from ltf_ci.model.commit import Commit
from ltf_ci.model.release_tag import ReleaseTag
from ltf_ci.pull_requests.rules.seal import CHANGE, SEAL
from ltf_ci.verbs import COMMANDS
from tests.support import ROOT
from tests.support.printing import printed
from tests.support.repositories import LtfRepository
from tests.support.settled import Settled
from tests.test_architecture import RANK

README = (ROOT / "README.md").read_text()


def test_the_readme_shows_what_check_says(
    ltf: LtfRepository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    example = re.search(r"\$ ltf-ci (check .*)\n([^`]*)```", README)
    assert example
    monkeypatch.chdir(ltf.directory)
    assert main(example[1].split(), {}) == 1
    assert printed(capsys) == example[2]


def test_the_readme_lists_the_exit_codes_of_errors_that_can_happen() -> None:
    listed = {
        int(number) for number in re.findall(r"(?:^|· )(\d+) ", README.partition("## Exit codes")[2], re.MULTILINE)
    }
    assert {*range(13), 70, 130} == listed


@pytest.mark.parametrize("path", FILES)
def test_what_is_made_from_the_code_is_up_to_date(path: str) -> None:
    assert path not in stale(), "write it: bin/generate"


@pytest.mark.parametrize(
    "page",
    sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md"), *(ROOT / "tests").rglob("*.md")]),
    ids=lambda page: page.name,
)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_the_page_of_worlds_names_every_fixture() -> None:
    page = (ROOT / "tests/support/README.md").read_text()
    files = [*(ROOT / "tests/support").rglob("*.py"), ROOT / "tests/conftest.py"]
    pattern = re.compile(r"^@pytest\.fixture(?:\(scope=\"session\"\))?\ndef (\w+)", re.MULTILINE)
    fixtures = {name for file in files if "test_" not in file.name for name in pattern.findall(file.read_text())}
    assert "publisher" in fixtures
    assert [name for name in sorted(fixtures) if f"`{name}`" not in page] == []


def test_the_map_of_the_house_has_every_room_in_the_order_of_imports() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text()
    shown = re.findall(r"^  (\w+)(?:\.py|/) ", page, re.MULTILINE)
    assert sorted(shown) == sorted(RANK)
    assert [RANK[room] for room in shown] == sorted(RANK[room] for room in shown)


def test_every_decision_is_in_the_index() -> None:
    index = ROOT / "docs/decisions/README.md"
    pages = sorted(page.name for page in index.parent.glob("*.md") if page != index)
    assert sorted(re.findall(r"^\| \[[^]]+\]\(([^)]+)\) \|", index.read_text(), re.MULTILINE)) == pages, "a row each"


def test_the_documented_manifest_is_a_whole_one(tmp_path: Path) -> None:
    text = re.search(r"```json\n(.*?)```", (ROOT / "docs/manifest.md").read_text(), re.DOTALL)
    assert text
    for name, content in {
        "manifest.json": text[1],
        "hiker.py": "6 * 9\n",
        "cyber-dojo.sh": "python hiker.py\n",
    }.items():
        (tmp_path / name).write_text(content)
    assert main(["check", "--only", "manifest", str(tmp_path)], {}) == 0


def test_the_documented_rehearsal_is_typed_right() -> None:
    block = next(each for each in re.findall(r"```console\n(.*?)```", README, re.DOTALL) if "rehearsal" in each)
    lines = [line.removeprefix("$ ltf-ci ").split() for line in block.splitlines() if line.startswith("$ ltf-ci ")]
    assert [line[0] for line in lines] == ["next", "publish", "status"]
    for line in lines:
        arguments = parse(line)
        Given(arguments, {}, Settled()).request(COMMANDS[arguments.command].verb.Request)


def test_the_documented_settings_are_read(tmp_path: Path) -> None:
    example = re.search(
        r"```yaml\n(# \.github/ltf-ci\.yml\n.*?)```", (ROOT / "docs/releasing.md").read_text(), re.DOTALL
    )
    assert example
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github/ltf-ci.yml").write_text(example[1])
    assert settings.read(tmp_path) == {"image-from": "ghcr.io/cyber-dojo-languages/python_unittest:8f1a2b3"}


def test_the_documented_labels_are_those_of_an_image() -> None:
    page = (ROOT / "docs/releasing.md").read_text().replace("`.", "`org.opencontainers.image.")
    every = ImageLabels(
        revision=Commit.parse("a" * 40),
        version=ReleaseTag.parse("1-1"),
        **dict.fromkeys(("source", "title", "created", "base_name", "base_digest", "origin", "inputs"), "x"),
    )
    assert [name for name in every.to_labels() if f"`{name}`" not in page] == []


def test_the_documented_trailers_are_the_commits() -> None:
    page = (ROOT / "docs/decisions/pull-request-is-ours.md").read_text()
    for form in (f"`{TRAILER}URL?tag=TAG`", f"`{SEAL}SHA256`", f"`{CHANGE}SHA256`", f"`{REASON.removesuffix(': ')}`"):
        assert form in page


def test_the_action_in_the_pages_takes_what_it_is_given() -> None:
    pages = "".join(page.read_text() for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
    shown = re.findall(r"uses: cyber-dojo-tools/ltf-ci@v1\n(?: +continue.*\n)?( +)with:\n((?:\1  .*\n)+)", pages)
    assert len(shown) == pages.count("uses: cyber-dojo-tools/ltf-ci@v1\n")
    inputs = (ROOT / "action.yml").read_text().partition("outputs:")[0]
    for _, given in shown:
        for name in re.findall(r"^ +([a-z-]+):", given, re.MULTILINE):
            assert f"\n  {name}:\n" in inputs


def test_every_rule_is_explained_by_a_page() -> None:
    sources = "".join(file.read_text() for file in (ROOT / "ltf_ci").rglob("*.py"))
    pages = "".join(page.read_text() for page in (ROOT / "docs").glob("*.md"))
    rules = set(re.findall(r"\b(?:rule=|_finding\()\"([a-z-]+)\"", sources))
    assert len(rules) > 40  # all but a few that are put together
    assert sorted(rule for rule in rules if f"`{rule}`" not in pages) == []


@pytest.mark.parametrize(
    ("printed", "colour"),
    [("1..2\nok 1 a\nnot ok 2 b\n", "red"), ("1..1\nok 1 a\n", "green"), ("syntax error\n", "amber"), ("", "amber")],
)
def test_the_rag_lambda_gives_its_colours(printed: str, colour: str) -> None:
    (text,) = re.findall(r"```ruby\n(.*?)```", (ROOT / "docs/releasing.md").read_text(), re.DOTALL)
    words = ["ruby", "--disable=all", "-e", "print eval(ARGV[0]).call(ARGV[1], '', '0')", text, printed]
    assert subprocess.run(words, capture_output=True, text=True, check=True).stdout == colour
