"""Repositories whose texts, tags, links and addresses mean harm: by the command line, as a workflow would call it."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from ltf_ci.cli import main
from ltf_ci.errors import LtfError
from ltf_ci.options.output import Format
from ltf_ci.report import Report
from tests.support.printing import printed
from tests.support.proxy import Answered, Asked, Pass
from tests.support.publishing import Publisher, environ_of
from tests.support.repositories import LtfRepository, git, manifest_text
from tests.support.runner import commands, outputs

SHOUTS = [
    "::error::x",
    "::add-mask::e",
    "::set-output name=tag::x",
    "::stop-commands::x",
    "##[add-mask]e",
    "##[error]x",
]
ENDS = ["\n", "\r", "\r\n", "\u2028", "%0A", ""]
ENDS_OF_SHOUT = {shout: ENDS if shout == SHOUTS[0] else ENDS[:2] for shout in SHOUTS}
PASSWORD = "hunter2"


@pytest.fixture
def harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file that is there when one of these texts was run: git itself would run them all."""
    monkeypatch.delenv("GIT_ALLOW_PROTOCOL")
    return tmp_path / "harm"


def addresses(harm: Path) -> list[str]:
    touch = f"touch {harm}"
    return [
        f"--upload-pack={touch}",
        f"ext::sh -c {touch.replace(' ', '% ')}",
        f"ext::sh${{IFS}}-c${{IFS}}{touch}",
        f"ssh://-oProxyCommand={touch}/x",
        f"-oProxyCommand={touch}@host:x".replace(" ", "${IFS}"),
        f"$({touch})",
        f"`{touch}`",
        f"; {touch}",
        f"file:///nowhere;{touch}",
    ]


@pytest.mark.parametrize("number", range(9))
def test_an_address_runs_nothing(harm: Path, ltf: LtfRepository, number: int) -> None:
    address = addresses(harm)[number]
    languages = ("--languages", str(ltf.directory))
    assert main(["bump", f"--release={address}?tag=3.7.4-1", *languages], {}) in (2, 3, 6, 8)
    assert main(["bump", "--release=/nowhere?tag=3.7.4-1", f"--languages={address}"], {}) in (2, 3, 6, 8)
    git(ltf.directory, "config", "remote.origin.url", address)
    main(["check", str(ltf.directory)], {})
    assert main(["next", str(ltf.directory), "--push"], {}) in (2, 3, 6, 8)
    assert main(["build", str(ltf.directory), "--tag", "3.7.4-18", "--dry-run"], {}) in (2, 3, 4)
    assert not harm.exists()


@pytest.mark.parametrize(
    "tag", ["-x", "--output=harm", "--exec=touch harm", "-", "$(touch harm)", "HEAD~1", "a:b", "@{-1}"]
)
def test_a_tag_is_never_an_option(ltf: LtfRepository, monkeypatch: pytest.MonkeyPatch, tag: str) -> None:
    monkeypatch.chdir(ltf.directory)
    before = sorted(ltf.directory.iterdir())
    for command in ("check", "build", "publish", "bump"):
        assert main([command, f"--tag={tag}"], {}) == 2
        assert main([command], {"LTF_CI_TAG": tag}) == 2
    assert sorted(ltf.directory.iterdir()) == before


@pytest.mark.parametrize("name", ["-x", "--exec", "--output=harm", "-d"])
def test_a_ref_that_looks_like_an_option_is_a_name(ltf: LtfRepository, tmp_path: Path, name: str) -> None:
    git(ltf.directory, "init", "--quiet", "--bare", str(tmp_path / "origin"))
    git(ltf.directory, "remote", "add", "origin", str(tmp_path / "origin"))
    git(ltf.directory, "update-ref", f"refs/tags/{name}", "HEAD")
    git(ltf.directory, "update-ref", f"refs/heads/{name}", "HEAD")
    git(ltf.directory, "symbolic-ref", "HEAD", f"refs/heads/{name}")
    assert main(["check", str(ltf.directory)], {}) == 0
    assert main(["next", str(ltf.directory), "--push"], {}) == 0
    assert git(tmp_path / "origin", "rev-parse", f"refs/heads/{name}") == git(ltf.directory, "rev-parse", "HEAD")


def test_a_folder_that_is_named_in_a_roundabout_way(ltf: LtfRepository, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(ltf.directory)
    for directory in (f"{ltf.directory}/start_point/..", tmp_path / "link", f"{tmp_path}/link/../repository/./"):
        assert main(["check", str(directory)], {}) == 0
    assert main(["check", f"{ltf.directory}/.."], {}) == 3


LINKS = ["start_point", "start_point/manifest.json", "README.md", "docker", "docker/Dockerfile", "docker/.dockerignore"]


@pytest.mark.parametrize("path", LINKS)
def test_a_link_out_of_the_repository_is_not_followed(
    ltf: LtfRepository, tmp_path: Path, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    run = LtfRepository(tmp_path / "elsewhere", "Python (3.7.4), unittest", "a/secret-of-elsewhere:3.7.4-18")
    for name in ("README.md", "docker/.dockerignore"):
        run.write(name, "secret-of-elsewhere a/secret-of-elsewhere:3.7.4-17\n")
    file = ltf.directory / path
    file.rename(tmp_path / "before") if file.exists() else None
    file.symlink_to(run.directory / path)
    ltf.commit("Link")
    ltf.tag("3.7.4-18")
    assert main(["build", str(ltf.directory), "--dry-run"], {}) == 3
    said = printed(capsys)
    assert "leads out of the repository" in said
    assert "secret-of-elsewhere" not in said


def test_what_is_no_file_is_not_read(ltf: LtfRepository) -> None:
    for make in (os.mkfifo, Path.mkdir, lambda path: path.symlink_to(path), lambda path: path.symlink_to("/dev/zero")):
        ltf.manifest.unlink() if not ltf.manifest.is_dir() else ltf.manifest.rmdir()
        make(ltf.manifest)
        assert main(["check", str(ltf.directory)], {}) == 3


def test_a_key_that_is_there_twice_is_a_disagreement(ltf: LtfRepository, capsys: pytest.CaptureFixture[str]) -> None:
    ltf.manifest.write_text(ltf.manifest.read_text().replace("{", '{\n  "image_name": "a/b:3.7.4-18",', 1))
    assert main(["check", str(ltf.directory)], {}) == 1
    assert "start_point/manifest.json:4:3: error" in printed(capsys)


NESTED = b"[" * 100_000
WRONG = [
    NESTED,
    b'{"a":' * 100_000,
    NESTED + b"]" * 100_000,
    b"\xff",
    b"\0",
    b"{",
    b'"' + b"\\" * 99,
]


@pytest.mark.parametrize("path", ["start_point/manifest.json", "docker/image_name.json", ".github/ltf-ci.yml"])
def test_a_text_that_cannot_be_read_is_said(ltf: LtfRepository, capsys: pytest.CaptureFixture[str], path: str) -> None:
    file = ltf.directory / path
    file.parent.mkdir(exist_ok=True)
    for content in WRONG:
        file.write_bytes(content)
        assert main(["publish", str(ltf.directory), "--tag", "3.7.4-18", "--dry-run"], {}) == 3, content[:20]
        assert path in (said := printed(capsys)), content[:20]
        assert len(said) < 2000, content[:20]


def test_a_manifest_of_100_megabytes_is_not_read(ltf: LtfRepository, capsys: pytest.CaptureFixture[str]) -> None:
    with ltf.manifest.open("ab") as file:
        file.truncate(100_000_000)
    assert main(["check", str(ltf.directory)], {}) == 3
    assert "start_point/manifest.json: error [unreadable] it has 100000000 bytes" in printed(capsys)


def names_with(shout: str, end: str) -> Iterator[tuple[str, str]]:
    """Return names of a manifest that shout, or that end an output, at a line's begin if `end` ends one."""
    command, output = f"x{end}{shout}{end}y", f"EOF{end}released=true{end}tag<<EOF{end}9.9{end}"
    yield from ((command, output), (output, command), (f"Python (3.7.4), {command}", f"a/b:{output}"))


@pytest.mark.parametrize("form", list(Format))
@pytest.mark.parametrize("shout", SHOUTS)
def test_a_manifest_gives_no_workflow_command_and_no_output(
    ltf: LtfRepository, tmp_path: Path, capsys: pytest.CaptureFixture[str], form: Format, shout: str
) -> None:
    for display_name, image_name in chain.from_iterable(names_with(shout, end) for end in ENDS_OF_SHOUT[shout]):
        files = {"GITHUB_OUTPUT": tmp_path / "outputs", "GITHUB_STEP_SUMMARY": tmp_path / "summary"}
        for file in files.values():
            file.unlink(missing_ok=True)
        ltf.manifest.write_text(manifest_text(display_name, image_name))
        code = main(
            ["check", str(ltf.directory), "--tag", "3.7.4-18", "--format", form],
            {name: str(path) for name, path in files.items()},
        )
        said = capsys.readouterr()
        assert (code, commands(said.err)) == (1, []), (display_name, image_name)
        assert {name for name, _ in commands(said.out)} - {"warning"} == ({"error"} if form is Format.GITHUB else set())
        found = outputs(files["GITHUB_OUTPUT"])
        assert set(found) <= {"tag", "conclusion", "reason", "released"}
        assert (found["tag"], found.get("released")) == ("3.7.4-18", None)
        assert "\n::" not in files["GITHUB_STEP_SUMMARY"].read_text()


@pytest.mark.parametrize(
    ("address", "forms"),
    [
        ("https://u:hun@hunter2@h/x", list(Format)),
        ("https://u:hunter2@h/x.git", [Format.TEXT, Format.JSON]),
        ("https://hunter2@h/x", [Format.JSON]),
        ("HTTPS://u:hunter2@h/x", [Format.GITHUB]),
        ("ssh://u:hunter2@h/x", [Format.TEXT, Format.JSON]),
        ("u:hunter2@h:x", list(Format)),
        ("ftp://u:hunter2@h/x", [Format.JSON]),
        ("http://u:hunter2@127.0.0.1:1/x", [Format.GITHUB]),
    ],
)
def test_origin_s_password_is_not_shown(
    harm: Path, ltf: LtfRepository, capsys: pytest.CaptureFixture[str], address: str, forms: list[Format]
) -> None:
    ltf.manifest.write_text(manifest_text("Python (3.7.4), unittest", "127.0.0.1:1/a:3.7.4-18"))  # nobody answers there
    ltf.commit("Name a registry")
    ltf.tag("3.7.4-18")
    git(ltf.directory, "remote", "add", "origin", address)
    environ = {"LTF_CI_RETRY_PAUSE": "0"}
    for form in forms:
        for words in (["build", "--dry-run"], ["check"], ["bump", "--languages", "a/b"], ["next"]):
            main([*words, str(ltf.directory), "--format", form], environ)
        main(["bump", "--languages", address, "--format", form, str(ltf.directory)], environ)
        main(["bump", "--release", f"{address}?tag=1-1", "--languages", "a/b", "--format", form], environ)
    said = capsys.readouterr()
    assert PASSWORD not in said.out + said.err
    assert said.out


@pytest.mark.machine
def test_origin_s_password_is_in_no_label(publisher: Publisher) -> None:
    publisher.named("https://u:hunter2@github.com/a/b.git")
    code, said = publisher.release("3.7.4-1")
    assert (code, PASSWORD in json.dumps(said)) == (0, False)
    assert publisher.labels("3.7.4-1")["org.opencontainers.image.source"] == "https://github.com/a/b"


@pytest.mark.machine
@pytest.mark.parametrize("last", ["true", "false"])
@pytest.mark.parametrize("form", [Format.GITHUB, Format.TEXT, Format.JSON])
def test_a_build_gives_no_workflow_command(
    publisher: Publisher, capsys: pytest.CaptureFixture[str], form: Format, last: str
) -> None:
    lines = "".join(f"RUN echo; echo '{shout}'; echo '  {shout}' >&2\n" for shout in SHOUTS)
    publisher.ltf.write("docker/Dockerfile", f"FROM {publisher.base}\n{lines}RUN {last}\n")
    publisher.tagged("3.7.4-1")
    environ = {**environ_of(publisher.host), "LTF_CI_FORMAT": form}
    code = main(["publish", str(publisher.ltf.directory)], environ)
    said = printed(capsys)
    assert code == (0 if last == "true" else 7), said
    assert [name for name, _ in commands(said)] == (["error"] if code and form is Format.GITHUB else [])


@pytest.mark.machine
@pytest.mark.parametrize("form", list(Format))
def test_a_registry_s_words_give_no_workflow_command(
    publisher: Publisher, capsys: pytest.CaptureFixture[str], form: Format
) -> None:
    words = json.dumps({"errors": [{"code": "DENIED", "message": "\n".join(["", *SHOUTS, "  ::error::x"])}]})
    publisher.tagged("3.7.4-1")

    def denies(asked: Asked, pass_on: Pass) -> Answered:
        return pass_on(asked) if asked.method == "HEAD" else Answered(403, {}, words.encode())

    with publisher.watched(denies) as proxy:
        environ = {**environ_of(proxy.host), "LTF_CI_FORMAT": form}
        code = main(["publish", str(publisher.ltf.directory), "--push-to", proxy.host], environ)
    said = printed(capsys)
    assert (code, "add-mask" in said) == (6, True)
    assert [name for name, _ in commands(said)] == (["error"] if form is Format.GITHUB else [])


@pytest.mark.parametrize("form", [Format.GITHUB, Format.JSON])
def test_another_program_s_lines_are_fenced_off_until_the_outcome(form: Format) -> None:
    stream = io.StringIO()
    report = Report(form, stream, stream)
    for shout in [*SHOUTS, *SHOUTS]:
        report.log(shout)
    report.error("publish", LtfError("after it"))
    assert [data for _, data in commands(stream.getvalue())] == (["after it"] if form is Format.GITHUB else [])
