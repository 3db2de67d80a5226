import pytest

from ltf_ci.model.file_text import TextEdit, apply_edits


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ([], "one two three"),
        ([TextEdit(4, 7, "2")], "one 2 three"),
        ([TextEdit(8, 13, "3"), TextEdit(0, 3, "1")], "1 two 3"),  # in whatever order they are given
        ([TextEdit(4, 4, "and ")], "one and two three"),
        ([TextEdit(4, 4, "a "), TextEdit(4, 4, "b ")], "one a b two three"),
        ([TextEdit(4, 7, "2"), TextEdit(4, 4, "and ")], "one and 2 three"),  # an insertion before a replacement
        ([TextEdit(13, 13, "!")], "one two three!"),
        ([TextEdit(0, 13, "")], ""),
    ],
)
def test_only_the_edited_characters_change(edits: list[TextEdit], expected: str) -> None:
    assert apply_edits("one two three", edits) == expected
