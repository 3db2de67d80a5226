from __future__ import annotations

import re

import pytest

from ltf_ci.fleet.rules import drawings
from tests.support.dependents import graph_of

DIAMOND = graph_of({"a": "x:1", "b": "a", "c": "a", "d": "b c", "e": "d"})


def test_text_says_everything_once() -> None:
    assert drawings.text(DIAMOND) == "x:1\n  a\n    b\n      d\n        e\n    c\n      d …\n"


def test_text_of_a_cycle_and_of_what_is_above_it() -> None:
    assert drawings.text(graph_of({"a": "b", "b": "a", "c": "b"})) == "a\n  b\n    a …\n    c\n"


def test_text_of_a_chain_that_no_recursion_follows() -> None:
    graph = graph_of({f"i{number}": f"i{number - 1}" if number else "x" for number in range(2_000)})
    text = drawings.text(graph)
    assert text.count("\n") == 2_001
    assert text.splitlines()[40:42] == [f"{'  ' * 40}i39", f"{'  ' * 40}(41) i40"]


def test_mermaid_from_bases_to_what_is_made_from_them() -> None:
    lines = drawings.mermaid(DIAMOND, {"b": "green", "d": "red", "e": "red", "nobody": "red"}).splitlines()
    assert lines[:3] == ["flowchart LR", '  n0["x:1"]', '  n1["a"]']
    assert {"  n0 --> n1", "  n1 --> n2", "  n1 --> n3", "  n2 --> n4", "  n3 --> n4", "  n4 --> n5"} < {*lines}
    assert {"  class n2 green", "  class n4,n5 red"} < {*lines}
    assert not [line for line in lines if "amber" in line]


def test_dot_from_bases_to_what_is_made_from_them() -> None:
    lines = drawings.dot(DIAMOND).splitlines()
    assert lines[0] == "digraph dependents {"
    assert lines[-1] == "}"
    assert {'  n1 [label="a"];', "  n0 -> n1;", "  n4 -> n5;"} < {*lines}


def test_a_root_that_has_an_entry_s_name_is_another_node() -> None:
    text = drawings.mermaid(graph_of({"python": "library/python"}))
    assert "n0 --> n1" in text
    graph = graph_of({"x": "a", "a": "y"})
    assert graph.roots.keys() != set()
    assert drawings.mermaid(graph).count("-->") == 2


HOSTILE = ['"]; click n0 "javascript:alert(1)"', "<script>&amp;", "a\nb", "#quot;", "`x`", "end\\", "é|{}", "%%{init}"]


@pytest.mark.parametrize("name", HOSTILE)
def test_markup_in_a_name_is_text(name: str) -> None:
    label = drawings.mermaid_label(name)
    assert re.fullmatch(r"(?:[A-Za-z0-9 ._/:()+@-]|#[0-9]+;)*", label)
    assert re.sub(r"#([0-9]+);", lambda found: chr(int(found[1])), label) == name
    assert re.fullmatch(r'(?:[^"\\\n]|\\.)*', drawings.dot_label(name))
