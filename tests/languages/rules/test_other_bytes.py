"""Whatever is in a list, an edit of it touches an entry, or adds a line: no other byte."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from ltf_ci.languages.languages_list import LanguagesList, Line, ListEntry
from ltf_ci.languages.rules import conversion, list_edits
from ltf_ci.languages.rules.list_form import repeated
from ltf_ci.model.commit import Commit
from ltf_ci.model.release_tag import release_tag_in

REPOSITORIES = [f"https://github.com/o/{name}" for name in ("python-unittest", "ruby-minitest", "gcc", "python")]
VERSIONS, COMMITS = ["3.9", "3.10", "3.14.3", "21"], [letter * 40 for letter in "abc"]
TAGS = st.builds("{}-{}".format, st.sampled_from(VERSIONS), st.integers(1, 12))
TAGGED = st.builds("{}{}?tag={}".format, st.sampled_from(REPOSITORIES), st.sampled_from(["", ".git"]), TAGS)
BY_COMMIT = st.builds("{:.7}@{}".format, st.sampled_from(COMMITS), st.sampled_from(REPOSITORIES))
OTHERS = st.sampled_from([*REPOSITORIES, "./local", "two words", "https://"])
ENTRY_LINES = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "  ", "\t"]),
    st.one_of(TAGGED, BY_COMMIT, OTHERS),
    st.sampled_from(["", "  # why", " \t", " # ü \x0b\u2028"]),
)
LINES = st.one_of(ENTRY_LINES, st.sampled_from(["", "   ", "# é\x85\u2028", f"# {REPOSITORIES[0]}?tag=3.9-1"]))
ENDED = st.builds("{}{}".format, LINES, st.sampled_from(["\n", "\r\n"]))
LISTS = st.builds(lambda ended, last: "".join(ended) + last, st.lists(ENDED, max_size=9), LINES)
KNOWN = {(ListEntry.parse(url).url.key, COMMITS[0][:7]): "3.9-1" for url in REPOSITORIES}  # as a lock has it
WANTED = st.builds(
    lambda url, tag, commit: ListEntry.parse(f"{url}?tag={tag}").at(commit),
    st.sampled_from(REPOSITORIES),
    TAGS,
    st.sampled_from(["", "f" * 40]),
)


def lines_in(text: str) -> list[Line]:
    return [line for line in LanguagesList("list", text, KNOWN).every_line() if isinstance(line, Line)]


def with_entry(text: str, line: Line, entry: object) -> str:
    return f"{text[: line.start]}{entry}{text[line.end :]}"


@given(LISTS, WANTED)
def test_a_release_takes_the_place_of_one_entry_or_is_one_more_line(text: str, wanted: ListEntry) -> None:
    listed = LanguagesList("list", text, KNOWN)
    assume(not list_edits.has(listed, wanted))
    edit = list_edits.edit(listed, wanted)
    if edit.replaced:
        there = [line for line in lines_in(text) if line.entry == edit.replaced]
        assert edit.text in [with_entry(text, line, edit.written) for line in there]
        return
    starts = [0, *(at + 1 for at, character in enumerate(text) if character == "\n")]
    own_lines = {f"{text[:at]}{edit.written}{end}{text[at:]}" for at in starts for end in ("\n", "\r\n")}
    assert edit.text in own_lines or edit.text in (f"{text}\n{edit.written}", f"{text}\r\n{edit.written}")


@given(LISTS, WANTED, LISTS)
def test_what_repeats_a_line_changes_in_that_entry_alone(text: str, wanted: ListEntry, place: str) -> None:
    listed = LanguagesList("list", text, KNOWN)
    assume(not list_edits.has(listed, wanted))
    edit = list_edits.edit(listed, wanted)
    after = repeated({"place": place, "none": None}, [edit])
    expected = place
    for line in reversed(LanguagesList("place", place).of(wanted.url)):
        if place[line.start : line.end] == str(edit.replaced):
            expected = with_entry(expected, line, edit.written)
    assert after == {"place": expected, "none": None}


@given(LISTS, st.dictionaries(TAGS, st.sampled_from(COMMITS)))
def test_a_conversion_touches_the_entries_that_it_turns(text: str, tags: dict[str, str]) -> None:
    refs = {f"refs/tags/{tag}": Commit.parse(commit) for tag, commit in tags.items()}
    lines = lines_in(text)
    done = conversion.converted(LanguagesList("list", text, KNOWN), {line.entry.url: refs for line in lines})
    expected = text
    for line in reversed(lines):
        if line.number in done.entries:
            tag = ListEntry.parse(done.entries[line.number]).ref
            assert line.entry.commit
            assert tags[tag].startswith(line.entry.commit)
            assert release_tag_in(tag)
            expected = with_entry(expected, line, done.entries[line.number])
    assert done.text == expected
