"""The settings of a repository, .github/ltf-ci.yml: what may stand there, and who goes before it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from ltf_ci import settings
from ltf_ci.cli import main
from ltf_ci.clients import yaml_file
from ltf_ci.command_line import parse
from ltf_ci.errors import BadInput, GitFailed
from ltf_ci.given import Given
from ltf_ci.images.rules.latest import LatestPolicy
from ltf_ci.languages.requests import ReleaseRequest
from ltf_ci.languages.rules.list_form import ListSettings
from ltf_ci.model.layout import SETTINGS
from ltf_ci.options.option import options_of
from ltf_ci.publish.requests import PublishRequest
from tests.support.printing import printed
from tests.support.repositories import LtfRepository

SOURCE = Path(settings.__file__).parent
SCHEMA = json.loads((SOURCE / "settings.schema.json").read_text())
EXAMPLE = (SOURCE / "settings.example.yml").read_text()


def written(directory: Path, text: str) -> Path:
    (directory / ".github").mkdir(exist_ok=True)
    (directory / SETTINGS).write_text(text)
    return directory


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_example_settles_nothing_until_its_lines_are_uncommented(tmp_path: Path) -> None:
    assert settings.read(written(tmp_path, EXAMPLE)) == {}
    lines = [line[2:] for line in EXAMPLE.splitlines() if line.startswith("# ") and not line.endswith((":", "."))]
    text = "\n".join([*(line for line in lines if ": " in line and not line.startswith(("yaml-", "What ")))])
    found = settings.read(written(tmp_path, text))
    assert set(found) == {option.name for option in options_of(ReleaseRequest) if option.in_settings}


def test_values_are_read_as_the_options_read_them(tmp_path: Path) -> None:
    text = "latest: never\nplatform: [linux/amd64, linux/arm64]\nno-cache: true\nimage: {from: 'a/b:1'}\n"
    assert settings.read(written(tmp_path, text)) == {
        "latest": LatestPolicy.NEVER,
        "platform": ("linux/amd64", "linux/arm64"),
        "no-cache": True,
        "image-from": "a/b:1",
    }


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("lateest: auto\n", "1:1: unknown key 'lateest'"),
        ("latest: auto\ntoken: x\n", "2:1: unknown key 'token'"),
        ("tag: 3.7.4-1\n", "1:1: unknown key 'tag'"),
        ("image:\n  form: x\n", "2:3: unknown key 'form'"),
        ("image: x\n", "1:8: image is text"),
        ("image:\n", "1:7: image is nothing"),
        ("image-from: a/b:1\nimage: {from: a/b:2}\n", "2:1: image-from is given twice"),
        ("image: {from: a/b:2}\nimage-from: a/b:1\n", "2:1: image-from is given twice"),
        ("latest: sometimes\n", "1:9: "),
        ("latest: always\n", "1:9: latest always is for one run"),
        ("latest:\n", "1:8: latest is nothing"),
        ("builder: 3.10\n", "1:10: builder is a number"),
        ("no-cache: yes\n", "1:11: no-cache is text"),
        ("platform: linux\n", "1:11: platform is 'linux'"),
        ("platform: {linux: amd64}\n", "1:11: platform is a mapping"),
        ("platform:\n  - linux/amd64\n  - linux\n", "3:5: platform is 'linux'"),
        ("platform: [1]\n", "1:12: platform is a number"),
        ("- latest\n", "1:1: the settings is a list"),
        ("latest: auto\nlatest: auto\n", "2:1: the key 'latest' is repeated"),
        ("builder: !!python/object:os.system x\n", "1:10: a tag is not read"),
        ("platform: &x [*x]\n", "1:11: an anchor or alias is not read"),
        ("latest: auto\n---\nlatest: never\n", "2:1: a second document"),
        ("latest: [\n", "2:1: "),
        ("latest: \x07\n", "1: '\\x07' in the text"),
        ("a: " + "[" * 10_000, "1:68: nested deeper"),
    ],
)
def test_what_may_not_stand_there_is_told_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(BadInput) as told:
        settings.read(written(tmp_path, text))
    assert told.value.found.startswith(f"{SETTINGS}:{says}")


@pytest.mark.parametrize(
    ("text", "found", "cure"),
    [
        ("platform: linux/amd46\n", "1:11: platform is 'linux/amd46', which", "did you mean linux/amd64?"),
        ("platform: [linux/amd64, linux/arm46]\n", "1:25: platform is", "did you mean linux/arm64?"),
        ("platform: linus/amd64\n", "1:11: platform is", "did you mean linux/amd64?"),
        ("platform: windows/amd64\n", "1:11: platform is 'windows/amd64', which is none of Linux", ""),
        ("platform: linux/amd64,linux/arm64\n", "1:11: platform is", "give each for itself"),
        ("image-from: foo bar\n", "1:13: image-from: 'foo bar' is not an image name", "correct it"),
        ("image-from: ghcr.io/a/b\n", "1:13: image-from is 'ghcr.io/a/b', which names no tag", "ghcr.io/a/b:TAG"),
        ("image: {from: A/b:1}\n", "1:15: image-from: 'A/b:1' is not", "'a/b:1'"),
        ("list-form: commitz\n", "1:12: list-form is 'commitz'", "did you mean commit?"),
        ("list-forms: tag\n", "1:1: unknown key 'list-forms'", "did you mean list-form?"),
        ("list-places: x\n", "1:14: list-places has 'x'", "correct it"),
        ("list-places: ../{name}\n", "1:14: list-places has", "correct it"),
        ("list-places: ['a/{name}', 3]\n", "1:27: list-places has", "correct it"),
        ("latest: newer\n", "1:9: latest: 'newer' is none of its values", "did you mean never?"),
        ("build-cache: registy\n", "1:14: build-cache: 'registy' is", "did you mean registry?"),
        ("allow: file-kinds\n", "1:8: allow: 'file-kinds' is no rule", "did you mean file-kind?"),
        ("builder: a b\n", "1:10: builder is 'a b'", "ltf-ci help release"),
        ("reviewer: '@octocat'\n", "1:11: reviewer is '@octocat'", "did you mean octocat?"),
        ("reviewer: org/team\n", "1:11: reviewer is 'org/team'", "ltf-ci help release"),
        ("label: ['']\n", "1:9: label is ''", "ltf-ci help release"),
        ("group: ' '\n", "1:8: group is ' '", "ltf-ci help release"),
        ("build-arg: X\n", "1:12: build-arg is 'X'", "ltf-ci help release"),
        ("draft: true\nauto-merge: true\n", "2:13: draft and auto-merge are both true", "remove one"),
        ("languages: languages\n", "1:12: languages is 'languages'", "./"),
    ],
)
def test_each_value_is_looked_at_before_it_is_needed(tmp_path: Path, text: str, found: str, cure: str) -> None:
    with pytest.raises(BadInput) as told:
        settings.read(written(tmp_path, text))
    assert told.value.found.startswith(f"{SETTINGS}:{found}")
    assert cure in told.value.cure


def test_all_that_is_wrong_is_found_at_once_from_top_to_bottom(
    ltf: LtfRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "languages: languages\nplatform: [linux, linux/amd64, 3]\nlatst: auto\nimage: {form: x}\nlist-form: x\n"
    written(ltf.directory, text)
    assert main(["check", str(ltf.directory), "--format", "json"], {}) == 3
    said = json.loads(capsys.readouterr().out)
    assert [(each["line"], each["column"]) for each in said["findings"]] == [
        *((1, 12), (2, 12), (2, 32), (3, 1), (4, 9), (5, 12)),
    ]
    assert {each["rule"] for each in said["findings"]} == {"unreadable"}
    assert main(["check", str(ltf.directory)], {}) == 3
    shown = printed(capsys)
    assert shown.count("error [unreadable]") == 6
    assert shown.endswith("failed: 6 errors\n")


def test_a_languages_repositorys_keys_count_nowhere_else(
    ltf: LtfRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    written(ltf.directory, 'latest: auto\nlist-form: tag\nlist-places: "{name}/url"\n')
    assert main(["check", str(ltf.directory)], {}) == 0
    shown = printed(capsys)
    for line in (2, 3):
        assert f"{SETTINGS}:{line}:1: warning [settings-of-list]" in shown


@pytest.mark.parametrize(
    ("words", "environ", "says"),
    [
        ([], {}, ".github/ltf-ci.yml:2:12: languages: ./nowhere cannot be cloned"),
        (["--languages", "./nowhere"], {}, "--languages: ./nowhere cannot be cloned"),
        ([], {"LTF_CI_LANGUAGES": "./nowhere"}, "LTF_CI_LANGUAGES: ./nowhere cannot be cloned"),
    ],
)
def test_what_an_option_names_and_is_not_there_is_told_with_the_options_place(
    ltf: LtfRepository, words: list[str], environ: dict[str, str], says: str
) -> None:
    written(ltf.directory, "# our list\nlanguages: ./nowhere\n")
    given = Given(parse(["release", str(ltf.directory), *words]), environ, settings)
    error = given.named(
        GitFailed("./nowhere cannot be cloned").of(given.request(ReleaseRequest).languages), ReleaseRequest
    )
    assert error.found == says
    assert given.named(GitFailed("./other cannot be cloned").of("./other"), ReleaseRequest).found.startswith("./other")


def test_an_unknown_key_is_told_with_the_nearest_known(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as told:
        settings.read(written(tmp_path, "lateest: auto\n"))
    assert "did you mean latest?" in told.value.cure
    assert "latest" in told.value.expected
    for key in ("registry-password", "app-private-key"):
        with pytest.raises(BadInput) as told:
            settings.read(written(tmp_path, f"{key}: hunter2\n"))
        assert "hunter2" not in str(told.value)
        assert "environment alone" in told.value.cure


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", " # é\n\r\n", "latest: never\n", "image: {from: 'a/b:1'}\n", "x: 1\n", "latest: 1\n"]
)
def test_the_schema_and_the_reader_agree(tmp_path: Path, text: str) -> None:
    value = settings_as_json(text)
    valid = jsonschema.Draft202012Validator(SCHEMA).is_valid(value)
    try:
        settings.read(written(tmp_path, text))
    except BadInput:
        assert not valid
    else:
        assert valid


def settings_as_json(text: str) -> object:
    def plain(value: object) -> object:
        return {key: plain(member.value) for key, member in value.items()} if isinstance(value, dict) else value

    return plain(yaml_file.read(text.encode(), "x")[1].value)


@pytest.mark.parametrize(
    ("words", "environ", "latest"),
    [
        ([], {}, "never"),
        ([], {"LTF_CI_LATEST": ""}, "never"),
        ([], {"LTF_CI_LATEST": " \n"}, "never"),
        ([], {"LTF_CI_LATEST": "auto"}, "auto"),
        (["--latest", "always"], {"LTF_CI_LATEST": "auto"}, "always"),
    ],
)
def test_a_flag_goes_first_then_the_environment_then_the_settings(
    ltf: LtfRepository, words: list[str], environ: dict[str, str], latest: str
) -> None:
    written(ltf.directory, "latest: never\n")
    arguments = parse(["publish", str(ltf.directory), *words])
    assert Given(arguments, environ, settings).request(PublishRequest).latest == LatestPolicy(latest)


def test_an_empty_line_of_the_environment_is_no_list(ltf: LtfRepository) -> None:
    written(ltf.directory, "platform: [linux/arm64]\n")
    arguments = parse(["publish", str(ltf.directory)])
    given = Given(arguments, {"LTF_CI_PLATFORM": "\n"}, settings)
    assert given.request(PublishRequest).platform == ("linux/arm64",)


def test_every_command_says_what_is_wrong_in_the_settings(
    ltf: LtfRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    written(ltf.directory, "latest: never\ntokn: x\n")
    assert main(["check", str(ltf.directory)], {}) == 3
    assert ".github/ltf-ci.yml:2:1: error [unreadable] unknown key 'tokn'" in printed(capsys)


def test_what_the_languages_repository_says_of_its_lines_is_for_bumps_alone(tmp_path: Path) -> None:
    """Every other command that runs there reads the rest of the file."""
    text = 'list-form: commit\nlist-places: "data/{name}/git_repo.url"\nlist: other.list\n'
    assert settings.read(written(tmp_path, text)) == {"list": "other.list"}
    jsonschema.validate(settings_as_json(text), SCHEMA)
    assert ListSettings.of(yaml_file.read(text.encode(), SETTINGS)[1]).form == "commit"


@pytest.mark.parametrize("text", ["languages:\n\tx: 1\n", "test: false\n\tx: 1\n", "allow:\n\t- file-kind\n"])
def test_a_tab_is_named_at_its_place(text: str) -> None:
    with pytest.raises(BadInput) as told:
        yaml_file.read(text.encode(), "settings.yml")
    assert str(told.value).startswith("settings.yml:2:1: a tab")
    assert told.value.cure == "write spaces in its place"
