"""`ltf-ci dependents check | scan | graph | plan`, over real git repositories."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ltf_ci.cli import main
from tests.support import ROOT
from tests.support.dependents import NOTES, entry, text_of
from tests.support.printing import printed
from tests.support.publishing import RunCommand
from tests.support.repositories import LtfRepository, git
from tests.support.result import Result

PAGE = (ROOT / "docs/dependents.md").read_text()
JSON = {"LTF_CI_FORMAT": "json"}
SCANNED = {
    "base (3.7.4)": entry("python:3.7.4", "o/base:3.7.4-2", tests=False),
    "base (3.7.5)": entry("python:3.7.5", "o/base:3.7.5-1", tests=False),
    "python-assert (3.7.4)": entry(["golang:1.22", "o/base:3.7.4-2", "o/tool:1"], "o/python_assert:3.7.4-22"),
    "other": entry("scratch", "o/other", tests=False),
}


class Fleet:
    """A base with two version lines, a framework on it, and a folder without a tag."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.list = folder / "repositories"
        self.file = folder / "dependents.json"
        base = self.image_repository("base", "FROM --platform=$BUILDPLATFORM python:3.7.4\n")
        base.tag("3.7.4-2")
        base.write("docker/Dockerfile.base", "ARG VERSION=3.7.5\nFROM python:${VERSION} AS only\n")
        base.commit("3.7.5")
        base.tag("3.7.5-1")
        framework = LtfRepository(folder / "python-assert", "Python (3.7.4), assert", "o/python_assert:3.7.4-22")
        stages = "FROM golang:1.22 AS build\nRUN true\nFROM o/base:3.7.4-2\nCOPY --from=build /x /x\nFROM build\n"
        stages += "COPY --from=o/tool:1 /x /y\n"
        framework.write("docker/Dockerfile", stages)
        framework.commit("Stages")
        framework.tag("3.7.4-22")
        self.image_repository("other", "FROM scratch\n")
        self.write("base?tag=3.7.4-2", "base?tag=3.7.5-1", "python-assert?tag=3.7.4-22", "other")

    def image_repository(self, name: str, dockerfile: str) -> LtfRepository:
        """Make a repository of today's fleet: an image without start files."""
        made = LtfRepository(self.folder / name, "x", "x")
        for path in ("start_point/hiker.sh", "start_point/cyber-dojo.sh", "start_point/manifest.json"):
            (made.directory / path).unlink()
        (made.directory / "docker/Dockerfile").unlink()
        made.write("docker/Dockerfile.base", dockerfile)
        made.write("docker/image_name.json", json.dumps({"image_name": f"o/{name}"}))
        made.commit("An image's own repository")
        return made

    def write(self, *lines: str) -> None:
        self.list.write_text("".join(f"{line}\n" for line in lines))

    def words(self, *words: str) -> list[str]:
        return [*words, str(self.file), "--list", str(self.list), "--allow-local"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    return Fleet(tmp_path_factory.mktemp("fleet"))


@pytest.fixture
def fleet(made: Fleet) -> Fleet:
    made.file.unlink(missing_ok=True)
    made.write("base?tag=3.7.4-2", "base?tag=3.7.5-1", "python-assert?tag=3.7.4-22", "other")
    return made


def rules(result: Result) -> list[tuple[str, int]]:
    return [(finding.rule, finding.line) for finding in result.findings]


def test_scan_prints_the_file_and_nothing_else(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(fleet.words("dependents", "scan"), {}) == 0
    assert json.loads(capsys.readouterr().out) == SCANNED
    assert not fleet.file.exists()


def test_scan_prints_the_file_alone_where_a_line_is_of_the_older_form(
    fleet: Fleet, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet.write(f"{git(fleet.folder / 'other', 'rev-parse', 'HEAD')[:7]}@other")
    assert main(fleet.words("dependents", "scan"), {}) == 0
    assert json.loads(capsys.readouterr().out) == {"other": SCANNED["other"]}


def test_scan_writes_the_file_and_the_second_time_does_nothing(fleet: Fleet, run: RunCommand) -> None:
    result = run(*fleet.words("dependents", "scan"), "--write", environ=JSON)
    assert (result.code, result.conclusion, result.steps[0].detail) == (0, "done", "4 entries, 4 of them new")
    assert fleet.file.read_text() == json.dumps(SCANNED, indent=2) + "\n"
    assert run(*fleet.words("dependents", "scan"), "--write", environ=JSON).conclusion == "nothing-to-do"
    assert main(fleet.words("dependents", "check", "--scan"), {}) == 0


def test_scan_touches_nothing_else_in_a_file_that_is_there(fleet: Fleet, run: RunCommand) -> None:
    before = text_of(
        {**SCANNED, "other": {"more": [1], **entry("x", "o/other", tests=True)}, "old": entry("x", "o/old")}
    )
    fleet.file.write_text(before)
    fleet.file.chmod(0o600)
    assert run(*fleet.words("dependents", "scan"), "--write", environ=JSON).code == 0
    assert fleet.file.read_text() == before.replace('[1], "from": "x"', '[1], "from": "scratch"')
    assert fleet.file.stat().st_mode & 0o777 == 0o600


def test_check_says_where_file_and_dockerfiles_disagree(fleet: Fleet, run: RunCommand) -> None:
    entries = {**SCANNED, "base (3.7.5)": entry("python:3.7.4", "o/base:3.7.5-1"), "gone": entry("x", "o/gone")}
    del entries["other"]
    fleet.file.write_text(text_of(entries))
    result = run(*fleet.words("dependents", "check"), environ=JSON)
    assert (result.code, result.findings) == (0, [])
    result = run(*fleet.words("dependents", "check"), "--scan", environ=JSON)
    assert result.code == 1
    assert rules(result) == [("scan-from-differs", 3), ("scan-unlisted", 5), ("scan-entry-missing", 4)]


BROKEN = {
    "ARG NAME\nFROM $NAME\n": "FROM $NAME names no image",
    "FROM ../x\n": "is not an image name",
    "RUN true\n": "no line is FROM an image",
}


@pytest.mark.parametrize("dockerfile", BROKEN)
def test_a_from_that_cannot_be_resolved_is_a_finding(
    fleet: Fleet, run: RunCommand, tmp_path: Path, dockerfile: str
) -> None:
    broken = tmp_path / "broken/docker"
    broken.mkdir(parents=True)
    (broken / "Dockerfile.base").write_text(dockerfile)
    (broken / "image_name.json").write_text('{"image_name": "o/broken"}')
    fleet.write(str(broken.parent), "nowhere", "base?tag=9-9", "other")
    result = run(*fleet.words("dependents", "scan"), "--write", environ=JSON)
    assert result.code == 1
    assert rules(result) == [
        ("scan-name" if "../x" in dockerfile else "scan-files", 1),
        ("scan-files", 2),
        ("list-tag", 3),
    ]
    assert BROKEN[dockerfile] in result.findings[0].found
    assert json.loads(fleet.file.read_text()) == {"other": SCANNED["other"]}  # it stops its own repository alone


GENERATED = "# DO NOT EDIT THIS FILE. IT IS AUTO_GENERATED\nFROM cyberdojofoundation/python\n"


def test_a_generated_dockerfile_is_no_source(fleet: Fleet, run: RunCommand, tmp_path: Path) -> None:
    made = {
        "python": ("FROM python:slim\n", ""),
        "csharp": ("FROM sdk:10.0\n", GENERATED),
        "empty": ("FROM x:1\n", "\n"),
    }
    for name, (source, generated) in made.items():
        (tmp_path / name / "docker").mkdir(parents=True)
        (tmp_path / name / "docker/Dockerfile.base").write_text(source)
        (tmp_path / name / "docker/Dockerfile").write_text(generated)
        (tmp_path / name / "docker/image_name.json").write_text(f'{{"image_name": "o/{name}"}}')
    fleet.write(*(str(tmp_path / name) for name in made))
    result = run(*fleet.words("dependents", "scan"), environ=JSON)
    assert (result.code, {key: entry["from"] for key, entry in result.plan.items()}) == (
        0,
        {"python": "python:slim", "csharp": "sdk:10.0", "empty": "x:1"},
    )


@pytest.mark.parametrize("default", ["", "=3.7.4"])
def test_an_arg_is_as_the_repository_s_own_settings_have_it(
    fleet: Fleet, run: RunCommand, tmp_path: Path, default: str
) -> None:
    settled = LtfRepository(tmp_path / "settled", "Python (3.7.5), settled", "o/settled:3.7.5-1")
    settled.write("docker/Dockerfile", f"ARG V{default}\nFROM python:$V\n")
    (settled.directory / ".github").mkdir()
    settled.write(".github/ltf-ci.yml", "build-arg: [V=3.7.5]\n")
    settled.commit("Settled")
    settled.tag("3.7.5-1")
    for line in (f"{settled.directory}?tag=3.7.5-1", str(settled.directory)):
        fleet.write(line)
        result = run(*fleet.words("dependents", "scan"), environ=JSON)
        assert (result.code, result.plan["settled (3.7.5)"]["from"]) == (0, "python:3.7.5"), result


@pytest.mark.parametrize("path", ["docker/image_name.json", "docker/Dockerfile.base"])
def test_a_folder_that_makes_no_image_is_a_finding(fleet: Fleet, run: RunCommand, tmp_path: Path, path: str) -> None:
    (tmp_path / "part/docker").mkdir(parents=True)
    (tmp_path / "part" / path).write_text('{"image_name": "o/part"}')
    fleet.write(str(tmp_path / "part"))
    result = run(*fleet.words("dependents", "scan"), environ=JSON)
    assert (result.code, rules(result)) == (1, [("scan-files", 1)])


def test_a_repository_that_is_listed_twice_is_told_once(fleet: Fleet, run: RunCommand) -> None:
    fleet.write("other", "other")
    assert rules(run(*fleet.words("dependents", "scan"), environ=JSON)) == [("list-repeated", 2)]


def test_a_branch_that_is_named_is_cloned_and_not_the_folder(fleet: Fleet, run: RunCommand) -> None:
    branch = git(fleet.folder / "other", "branch", "--show-current")
    (fleet.folder / "other/docker/Dockerfile.base").write_text("FROM changed\n")
    for line, base in {"other": "changed", f"other?tag={branch}": "scratch"}.items():
        fleet.write(line)
        assert run(*fleet.words("dependents", "scan"), environ=JSON).plan["other"]["from"] == base
    (fleet.folder / "other/docker/Dockerfile.base").write_text("FROM scratch\n")


@pytest.fixture
def notes(tmp_path: Path) -> str:
    (tmp_path / "dependents.json").write_text(NOTES)
    return str(tmp_path / "dependents.json")


def test_check_finds_all_at_once(notes: str, run: RunCommand) -> None:
    Path(notes).write_text(NOTES.replace("python:3.7.4-", "python:").replace("assert:3.7.4-22", "assert:3.7.5-1"))
    result = run("dependents", "check", notes, environ=JSON)
    assert (result.code, rules(result)) == (1, [("dependents-version", 7)])


@pytest.mark.parametrize("verb", ["check", "graph", "plan"])
@pytest.mark.parametrize("text", [None, "[", "[]", '{"a": ' * 100, '{"a": 3}'])
def test_a_file_that_cannot_be_read(
    notes: str, capsys: pytest.CaptureFixture[str], text: str | None, verb: str
) -> None:
    Path(notes).unlink() if text is None else Path(notes).write_text(text)
    assert main(["dependents", verb, *(["x", "--dependents"] if verb == "plan" else []), notes], {}) in (1, 3)
    assert "dependents.json" in printed(capsys)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], "python:3.7.4\n  python (3.7.4)\n    python-assert (3.7.4)\n"),
        (["--draw", "mermaid"], 'flowchart LR\n  n0["python:3.7.4"]\n'),
        (["--draw", "dot"], "digraph dependents {\n"),
    ],
)
def test_graph_is_drawn(notes: str, capsys: pytest.CaptureFixture[str], words: list[str], expected: str) -> None:
    assert main(["dependents", "graph", notes, *words], {}) == 0
    assert printed(capsys).startswith(expected)


def test_graph_is_drawn_in_no_other_way(notes: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dependents", "graph", notes, "--draw", "png"], {}) == 2
    assert "text, mermaid or dot" in printed(capsys)


def test_plan_says_waves(notes: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dependents", "plan", "python:3.7.4", "--dependents", notes], {}) == 0
    assert printed(capsys).splitlines()[:4] == [
        "wave 1",
        "  python (3.7.4): cyberdojofoundation/python:3.7.4",
        "wave 2",
        "  python-assert (3.7.4): cyberdojofoundation/python_assert:3.7.4-22",
    ]


def test_plan_gives_matrices_that_have_no_two_waves(tmp_path: Path, run: RunCommand) -> None:
    file, outputs = tmp_path / "d.json", tmp_path / "outputs"
    leaves = {f"leaf{number} (1)": entry("o/base:1", f"o/leaf{number}:1-1") for number in range(300)}
    lines = {f"top ({number})": entry("o/leaf0:1", f"o/top:{number}-1") for number in (1, 2)}
    file.write_text(text_of({"base (1)": entry("x", "o/base:1"), **leaves, **lines}))
    environ = {**JSON, "GITHUB_OUTPUT": str(outputs)}
    result = run("dependents", "plan", "base (1)", "--dependents", str(file), environ=environ)
    matrices = json.loads(result.outputs["matrices"])
    assert result.code == 0
    assert [len(each["include"]) for each in matrices] == [256, 44, 2]
    assert json.loads(result.outputs["matrix"]) == matrices[0]
    assert [job["wave"] for job in matrices[2]["include"]] == [2, 2]
    assert matrices[2]["include"][1] == {
        "repository": "top",
        "version": "2",
        "image": "o/top:2-1",
        "from": "o/leaf0:1",
        "wave": 2,
    }
    assert sum(map(len, result.plan["waves"])) == 302
    assert "matrices<<" in outputs.read_text()


def test_plan_of_what_nothing_is_made_from(notes: str, run: RunCommand) -> None:
    result = run("dependents", "plan", "python-assert", "--dependents", notes, environ=JSON)
    assert (result.code, result.conclusion, result.outputs["matrices"]) == (0, "nothing-to-do", "[]")


@pytest.mark.parametrize("words", [[], ["nobody"], ["--", "--x"], ["A b"]])
def test_plan_of_nothing(notes: str, run: RunCommand, words: list[str]) -> None:
    result = run("dependents", "plan", "--dependents", notes, *words, environ=JSON)
    assert result.ended == (3 if words else 2, "failed")


def test_plan_names_a_cycle(tmp_path: Path, run: RunCommand) -> None:
    (tmp_path / "d.json").write_text(text_of({"a": entry(["x", "o/b"], "o/a"), "b": entry("o/a", "o/b")}))
    result = run("dependents", "plan", "x", "--dependents", str(tmp_path / "d.json"), environ=JSON)
    assert (result.code, result.error.found) == (3, "images are made FROM each other: a → b → a")


def test_the_page_shows_what_plan_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    example = re.search(r"```json\n([^`]*)```", PAGE)
    said = re.search(r"\$ ltf-ci (dependents plan .*)\n([^`]*)```", PAGE)
    assert example
    assert said
    (tmp_path / "dependents.json").write_text(example[1])
    monkeypatch.chdir(tmp_path)
    assert main(["dependents", "check"], {}) == 0
    capsys.readouterr()
    assert main(said[1].split(), {}) == 0
    assert printed(capsys) == said[2]


def test_the_page_names_every_rule() -> None:
    rules = ROOT / "ltf_ci/fleet/rules"
    text = "".join((rules / name).read_text() for name in ("entries.py", "scan.py", "pairs.py"))
    named = set(re.findall(r'rule="([a-z-]+)"', text)) - {"scan-name", "scan-repeated"}  # the list's faults
    assert [rule for rule in named if f"`{rule}`" not in PAGE] == []


def two_repositories(folder: Path, *, settled: bool = True) -> tuple[Path, Path]:
    """Make the lists of today's fleet: image repositories, and start points of the same short names."""
    images, start_points = folder / "images", folder / "start_points"
    (folder / "cyber-dojo-languages").mkdir()
    (folder / "cyber-dojo-start-points").mkdir()
    for name, base in {"python": "python:slim", "python-unittest": "ghcr.io/o/python:191902b"}.items():
        made = LtfRepository(folder / "cyber-dojo-languages" / name, "x", "x")
        for path in ("start_point/hiker.sh", "start_point/cyber-dojo.sh", "start_point/manifest.json"):
            (made.directory / path).unlink()
        made.write("docker/Dockerfile.base", f"FROM {base}\n")
        made.write("docker/image_name.json", json.dumps({"image_name": f"ghcr.io/o/{name.replace('-', '_')}"}))
        made.commit("An image's own repository")
    name, image = "Python 3.14.3, unittest", "ghcr.io/o/python_unittest"
    made = LtfRepository(folder / "cyber-dojo-start-points/python-unittest", name, f"{image}:9e3179c")
    (made.directory / "docker/Dockerfile").unlink()
    (made.directory / "docker").rmdir()
    if settled:
        (made.directory / ".github").mkdir()
        made.write(".github/ltf-ci.yml", f"image: {{from: '{image}:9e3179c'}}\n")
    made.commit("A start point's own repository")
    images.write_text("cyber-dojo-languages/python\ncyber-dojo-languages/python-unittest\n")
    start_points.write_text("cyber-dojo-start-points/python-unittest\n")
    return images, start_points


@pytest.mark.parametrize("settings", ["settled", "without settings"])
def test_start_points_are_in_the_graph(
    tmp_path: Path, run: RunCommand, capsys: pytest.CaptureFixture[str], settings: str
) -> None:
    images, start_points = two_repositories(tmp_path, settled=settings == "settled")
    file = str(tmp_path / "dependents.json")
    words = ("--list", str(images), "--list", str(start_points), "--allow-local")
    code, said = run("dependents", "scan", file, *words, "--write", environ=JSON)
    assert (code, said["conclusion"]) == (0, "done"), said
    assert json.loads(Path(file).read_text()) == {
        "python": entry("python:slim", "ghcr.io/o/python", tests=False),
        "python-unittest": entry("ghcr.io/o/python:191902b", "ghcr.io/o/python_unittest"),  # as its start point says
        "cyber-dojo-start-points/python-unittest": entry(
            "ghcr.io/o/python_unittest:9e3179c", "ghcr.io/o/python_unittest"
        ),
    }
    code, said = run("dependents", "check", file, *words, "--scan", environ=JSON)
    assert (code, said["findings"]) == (0, []), said
    assert main(["dependents", "plan", "python", "--dependents", file], {}) == 0
    out = capsys.readouterr().out
    assert out.index("python-unittest") < out.index("cyber-dojo-start-points/python-unittest")
    image = tmp_path / "cyber-dojo-languages/python-unittest/docker/image_name.json"
    image.write_text('{"image_name": "o/python_unittest"}')  # as it was called at Docker Hub
    for words_of in (("check", file, "--scan"), ("scan", file, "--write"), ("scan", file)):
        _, said = run("dependents", *words_of, *words, environ=JSON)
        found = [each["found"] for each in said["findings"] if each["rule"] == "scan-other-image"]
        assert len(found) == 1, said
        assert "python-unittest has the image ghcr.io/o/python_unittest, and " in found[0]


def test_a_base_s_first_release_takes_the_place_of_its_entry_without_a_version(tmp_path: Path, run: RunCommand) -> None:
    images, _ = two_repositories(tmp_path)
    file = tmp_path / "dependents.json"
    words = ("dependents", "scan", str(file), "--list", str(images), "--allow-local", "--write")
    assert run(*words, environ=JSON)[0] == 0
    git(tmp_path / "cyber-dojo-languages/python", "tag", "3.14.3-1")
    images.write_text("cyber-dojo-languages/python?tag=3.14.3-1\ncyber-dojo-languages/python-unittest\n")
    assert run(*words, environ=JSON)[0] == 0
    entries = json.loads(file.read_text())
    assert list(entries) == ["python (3.14.3)", "python-unittest"]
    assert entries["python (3.14.3)"] == entry("python:slim", "ghcr.io/o/python:3.14.3-1", tests=False)
    code, said = run("dependents", "check", str(file), environ=JSON)
    assert (code, [each["rule"] for each in said["findings"]]) == (0, ["dependents-from-commit"])
    code, said = run("dependents", "plan", "python", "--dependents", str(file), environ=JSON)
    assert "python-unittest" in json.dumps(said["plan"])
