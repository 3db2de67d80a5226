from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltf_ci.errors import BadInput
from ltf_ci.model.release_tag import LanguageVersion, ReleaseTag, is_release_tag

IN_ORDER = """
    2.16.01-1 2.16.1-1 3.9.1 3.9.1-1 3.9.1-9 3.9.1-18 3.10.0-1 3.14-1 3.14.0-1 3.15.0-alpha.2-1 3.15.0-rc.1-1
    3.15.0-rc.2-1 3.15.0-rc.10-1 3.15.0-1 21-3 25.8-1
""".split()
tags = st.builds(
    ReleaseTag,
    st.builds(
        lambda numbers, pre: LanguageVersion(".".join(map(str, numbers)) + pre),
        st.lists(st.integers(0, 99), min_size=1, max_size=4),
        st.sampled_from(["", "-rc1", "-rc.2", "-beta", "b3"]),
    ),
    st.integers(0, 40),
)


@pytest.mark.parametrize("pair", [*pairwise(IN_ORDER)], ids="<".join)
def test_tags_stand_in_order(pair: tuple[str, str]) -> None:
    lower, higher = map(ReleaseTag.parse, pair)
    assert lower < higher


@pytest.mark.parametrize("text", [*IN_ORDER, "3.7.4", "21"])
def test_a_tag_gives_its_text_back(text: str) -> None:
    assert str(ReleaseTag.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "-1", "--upload-pack=x", "v3.7.4", "3.7.4-0", "3.7.4-018", "3.7.4-18.1", "3..4", "1.2.3.4.5-1", "3.7.4-18\n"]
    + ["3.0-rc.lock", "3.15.0-rc.01-1", "master", "3.7.4 -1", "٣.٧-1", "1" * 129, "1.0-" + "a" * 126],
)
def test_what_is_no_tag_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        ReleaseTag.parse(text)
    assert "LANGVERSION-REVISION" in refused.value.expected
    assert "ltf-ci next" in refused.value.cure


@pytest.mark.parametrize(
    ("text", "expected"), [("3.7.4-18", True), ("3.7.4", False), ("0230227", False), ("latest", False), ("", False)]
)
def test_only_a_revision_makes_a_release_tag(text: str, *, expected: bool) -> None:
    assert is_release_tag(text) is expected


def test_three_fourteen_is_another_version_than_three_fourteen_nought() -> None:
    assert ReleaseTag.parse("3.14-1") != ReleaseTag.parse("3.14.0-1")


@given(tags)
def test_every_tag_gives_its_text_back(tag: ReleaseTag) -> None:
    assert ReleaseTag.parse(str(tag)) == tag


@given(st.lists(tags, min_size=3, max_size=3))
def test_the_order_is_total_and_transitive(three: list[ReleaseTag]) -> None:
    a, b, c = sorted(three)
    assert a <= b <= c
    assert a <= c
    assert not (b < a)
    assert (a == b) == (not a < b and not b < a)


@given(st.text(max_size=140))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        tag = ReleaseTag.parse(text)
    except BadInput:
        return
    assert str(tag) == text
