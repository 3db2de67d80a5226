"""Any text may come in: a parser gives a value, whose text is that text again, or raises an LtfError, nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltf_ci import settings as repository_settings
from ltf_ci.clients.docker.dockerfile import Dockerfile
from ltf_ci.errors import LtfError
from ltf_ci.images.labels import ImageLabels
from ltf_ci.languages.languages_list import LanguagesList, ListEntry
from ltf_ci.languages.lock import Lock
from ltf_ci.manifest.display_name import DisplayName
from ltf_ci.manifest.manifest import Manifest
from ltf_ci.model import layout, located_json
from ltf_ci.model.commit import Commit
from ltf_ci.model.file_text import text_of
from ltf_ci.model.image import Digest, ImageName, image_place
from ltf_ci.model.registry import json_object
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag
from ltf_ci.model.repository_place import LanguagesPlace, list_path
from ltf_ci.model.repository_url import RepositoryUrl
from ltf_ci.options.option import options_of
from ltf_ci.publish import options
from ltf_ci.verbs import COMMANDS

fuzz = settings(derandomize=True, max_examples=100, deadline=None, database=None)
LONGEST_COMPLAINT = 1000
EVERY = {option.name: option for command in COMMANDS.values() for option in options_of(command.verb.Request)}

_OTHER = r"\s\x00-\x1f\x7f-\x9f\ud800-\udfff"
WORD = re.compile(rf"[^-{_OTHER}][^{_OTHER}]*")  # no space, no dash in front: never an option of a program

HOSTILE = ["", " ", "\n", "\r", "\t", "\0", "\x1b", "\x85", "\u2028", "\u202e", "\ufeff", "\ud800", "٣", "²", "é"]
MARKS = [
    "-",
    "--",
    ".",
    "..",
    "/",
    "//",
    ":",
    "@",
    "?",
    "=",
    "#",
    "%",
    "+",
    "~",
    "_",
    "(",
    ")",
    ", ",
    "$",
    "$(id)",
    "\\",
]


def near(*valid: str) -> st.SearchStrategy[str]:
    """Return texts near these: made of their parts, with hostile ones among them, or a mark put in somewhere."""
    parts = st.sampled_from([*valid, *HOSTILE, *MARKS, "0", "01", "9" * 400, "a", "A", "main"])
    joined = st.lists(parts, max_size=6).map("".join)
    broken = st.builds(put_in, st.sampled_from(valid), st.integers(0, 80), st.sampled_from([*HOSTILE, *MARKS]))
    return st.sampled_from(valid) | joined | broken | st.text(max_size=40)


def put_in(text: str, at: int, mark: str) -> str:
    """Put a mark into a text; past its end, in place of its last character."""
    return text[:at] + mark + text[at:] if at < len(text) else text[:-1] + mark


SHA, DIGEST = "9e24065" + "0" * 33, "sha256:" + "0a" * 32
TAGS = near("3.7.4-18", "3.7.4", "3.15.0-rc1", "2.16.01", "1.0.0-rc.1-2", "-18", "v3", "8u152", "1.0-a.lock")
NAMES = near("Python (3.7.4), unittest", "C++ (clang++ 18.1.3), assert", "Bash 5.2, bats 1.0", "Elm2", " (", "), ", "x")
IMAGES = near("ghcr.io/a/b:1-2", "a/b", f"a@{DIGEST}", "localhost:5000/x:latest", "[::1]:5000/x", "a.b:80/c__d/e--f")
URLS = near(
    *("https://github.com/a/b.git", "git@github.com:a/b", "/a/b", "file:///a", "--upload-pack=x", "ext::sh -c id"),
    *("https://u:p@h/x", "ssh://-oProxyCommand=x/y", "http://", "~/x", ".", "C:\\x"),
)
REWRITTEN: list[tuple[Callable[[str], object], st.SearchStrategy[str]]] = [
    (ReleaseTag.parse, TAGS),
    (LanguageVersion.parse, TAGS),
    (DisplayName.parse, NAMES),
    (ImageName.parse, IMAGES),
    (Digest.parse, near(DIGEST, "sha512:" + "f" * 128, "sha256:", "a+b.c:")),
    (Commit.parse, near(SHA, SHA[:7], SHA.upper())),
    (RepositoryUrl.parse, URLS),
    (EVERY["latest"].parse, near("auto", "always", "never")),
    (LanguagesPlace.parse, URLS | near("cyber-dojo/languages", "a/..")),
    (list_path, near("git_repo_urls.tagged", "a/b.c", ".git/config", "../x")),
    (image_place, near("localhost:5000", "ghcr.io/a")),
    (options.build_arg, near("NAME=VALUE", "A=")),
    (options.build_secret, near("id=x,env=X", "id=x,src=/x", "type=file,")),
]


def value_of(parse: Callable[[], Any]) -> Any:
    """Return what a parser gives, or None where it refuses as it should: by an LtfError that can be shown."""
    try:
        return parse()
    except LtfError as error:
        said = str(error)
    assert len(said) <= LONGEST_COMPLAINT
    return None


@pytest.mark.parametrize(("parse", "texts"), REWRITTEN, ids=lambda value: getattr(value, "__qualname__", ""))
def test_a_value_gives_its_text_back(parse: Callable[[str], object], texts: st.SearchStrategy[str]) -> None:
    is_word = parse not in (DisplayName.parse, options.build_arg, options.build_secret, list_path)

    @fuzz
    @given(texts)
    def check(text: str) -> None:
        value = value_of(lambda: parse(text))
        assert value is None or str(value) == text
        assert value is None or not is_word or WORD.fullmatch(text)

    check()


@fuzz
@given(st.lists(TAGS, min_size=3, max_size=3))
def test_release_tags_have_one_order(texts: list[str]) -> None:
    tags = [tag for text in texts if (tag := value_of(partial(ReleaseTag.parse, text)))]
    turned = [*tags[1:], *tags[:1]]
    assert sorted(tags) == sorted(turned)
    assert all((a < b) + (b < a) + (a == b) == 1 for a in tags for b in tags)


@fuzz
@given(NAMES, TAGS)
def test_another_version_changes_the_version_alone(text: str, version: str) -> None:
    name = value_of(lambda: DisplayName.parse(text))
    number = value_of(lambda: LanguageVersion.parse(version))
    if name and number:
        other = value_of(lambda: DisplayName.parse(str(name.with_version(number))))
        assert (other.version, other.language, other.framework) == (number, name.language, name.framework)


JSON = near(
    '{"a": 1}',
    '{"display_name": "x"}',
    "[[1.5e3]]",
    '["\\ud800"]',
    "{",
    "[",
    '"',
    ",",
    "1e999",
    "-0",
    "NaN",
    "\\ud800",
    "tru",
)
BYTES = JSON.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=40)


@fuzz
@given(BYTES)
def test_json_is_read_as_the_standard_library_does_or_refused(raw: bytes) -> None:
    read = value_of(lambda: located_json.read(raw, "manifest.json"))
    if read:
        text, root = read
        assert text.encode() == raw
        assert json.dumps(plain(root), ensure_ascii=False).encode()
        assert json.dumps(plain(root)) == json.dumps(json.loads(raw, parse_int=number))
        assert value_of(lambda: Manifest.parse(raw, "manifest.json")).text == text


def number(text: str) -> float:
    return int(text) if len(text) <= 19 else float(text)


def plain(located: located_json.Located) -> Any:
    if isinstance(located.value, dict):
        return {key: plain(member) for key, member in located.value.items()}
    return [plain(item) for item in located.items] if isinstance(located.value, tuple) else located.value


@fuzz
@given(BYTES)
def test_a_registry_s_json_is_an_object_or_refused(raw: bytes) -> None:
    found = value_of(lambda: json_object(raw, "the answer"))
    assert found is None or isinstance(found, dict)


LABELS = st.sampled_from([*ImageLabels(source="x").to_labels(), "org.opencontainers.image.revision", "x"])


@fuzz
@given(st.dictionaries(LABELS | TAGS, TAGS | st.just(SHA)))
def test_any_labels_can_be_read(labels: dict[str, str]) -> None:
    found = ImageLabels.from_labels(labels)
    assert ImageLabels.from_labels(found.to_labels()) == found


DOCKERFILES = near(
    *("FROM a:1\n", "FROM --platform=$X a AS b\n", "FROM b\n", "ARG X=1\n", "FROM a:${X}\n", "FROM ${X:-y}\n"),
    *(
        "# \u2028\f\n",
        "RUN <<E\n",
        "E\n",
        "# escape=`\n",
        "# syntax=x\n",
        "COPY --from=b / /\n",
        "LABEL a='b\n",
        'ENV "\n',
        "ONBUILD ",
    ),
    *("FROM\n", "FROM scratch\n", "\\\n", "from A as B\n", "ENV X\n", "ARG\n", "LABEL a\n", "ENV A=1 B\n"),
)


@fuzz
@given(DOCKERFILES | st.text())
def test_any_dockerfile_is_read_or_refused(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    found = value_of(lambda: Dockerfile.parse(text, "docker/Dockerfile", {}))
    if found:
        assert found.base is None or found.base in found.bases
        assert found.pinned({}) == text
    if found and all(value_of(partial(ImageName.parse, name)) for name in found.bases):
        again = Dockerfile.parse(found.pinned({name: name for name in found.bases}), "docker/Dockerfile", {})
        assert [(stage.image, stage.name) for stage in again.stages] == [(s.image, s.name) for s in found.stages]


LINES = near(
    *(
        "https://github.com/a/b?tag=3.7.4-18\n",
        "# x\n",
        "\n",
        "9e24065@https://h/x\n",
        "/a/b\r\n",
        "/a?tag=--x",
        " # y",
    ),
)


@fuzz
@given(LINES)
def test_any_languages_list_is_read_or_refused(text: str) -> None:
    raw = text.encode("utf-8", "surrogatepass")
    found = value_of(lambda: LanguagesList("languages", text_of(raw, "languages")))
    lines = value_of(lambda: list(found.lines())) if found else None
    for line in lines or ():
        assert text[line.start : line.end].startswith(str(line.entry))
        assert ListEntry.parse(str(line.entry)) == line.entry
        assert text.count("\n", 0, line.start) + 1 == line.number


LOCKS = near('{"/a?tag=1": {}}', '{"a": {"commit": 1}}', '{"a": {"commit": NaN}}', "{}", '{"\\ud800": {}}', '{"a":1}')


@fuzz
@given(LOCKS.map(lambda text: text.encode("utf-8", "surrogatepass")) | BYTES)
def test_any_lock_is_read_or_refused_and_written_as_it_was(raw: bytes) -> None:
    found = value_of(lambda: Lock.parse(raw, "languages.lock.json"))
    if found:
        written = located_json.read(str(found).encode(), "languages.lock.json")[1]
        assert json.dumps(plain(written)) == json.dumps({key: found.entries[key] for key in sorted(found.entries)})
        assert all(found.entry(key) is None or key for key in found.entries)


SETTINGS = near(
    *(
        "latest: never\n",
        "platform: [linux/amd64]\n",
        "no-cache: true\n",
        "image: {from: 'a/b:1'}\n",
        "image:\n  from: x\n",
    ),
    *("a: &x [*x]\n", "? [a]\n: b\n", "--- 1\n", "...\n", "!!python/object:os.system x\n", "%YAML 9.9\n", "<<: *a\n"),
    *("label:\n- a\n- b\n", "- ", "'", '"\\ud800"', "|\n x", "2026-01-01", "? ", "\t", "{", "[", "latest: !!int 3\n"),
)


@fuzz
@given(SETTINGS.map(lambda text: text.encode("utf-8", "surrogatepass")) | BYTES)
def test_any_settings_are_read_or_refused(raw: bytes) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / layout.SETTINGS
        file.parent.mkdir()
        file.write_bytes(raw)
        found = value_of(lambda: repository_settings.read(Path(folder)))
    assert found is None or set(found) <= {name for name, option in EVERY.items() if option.in_settings}
