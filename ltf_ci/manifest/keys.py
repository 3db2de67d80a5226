"""The keys that a manifest may have, and the form of each value: for the rules and for the JSON Schema."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

MAIN_SCRIPT = "cyber-dojo.sh"


class Form(StrEnum):
    """What a value is. No text in it may be empty, but for a pair's second one."""

    TEXT = "text"
    TEXTS = "texts"
    TEXT_OR_TEXTS = "text or texts"
    INTEGER = "integer"
    PAIR = "pair"  # a name and its version, which may be empty


class Key(NamedTuple):
    """A key: `least` and `most` are an integer's range, or of the number of texts; `distinct`: no text twice."""

    name: str
    form: Form
    about: str
    required: bool = False
    least: int = 0
    most: int | None = None
    distinct: bool = False
    may_be_null: bool = False
    pattern: str = ""  # that each text matches, for editors: `check` has the exact rule

    @property
    def rule(self) -> str:
        """The name of the rule that asks for the form."""
        return self.name.replace("_", "-")


KEYS = (
    Key(
        name="image_name",
        form=Form.TEXT,
        about="the image that the start files run in, HOST/PATH:TAG",
        required=True,
        pattern=r"^[^\s]+$",
    ),
    Key(name="display_name", form=Form.TEXT, about="what people choose: NAME (VERSION), FRAMEWORK", required=True),
    Key(
        name="visible_filenames",
        form=Form.TEXTS,
        about="the start files, from the manifest's folder; cyber-dojo.sh among them",
        required=True,
        least=1,
        distinct=True,
        pattern="^[A-Za-z0-9/._][A-Za-z0-9/._-]*$",
    ),
    Key(
        name="filename_extension",
        form=Form.TEXT_OR_TEXTS,
        about="the extensions of source files, each with its dot",
        required=True,
        least=1,
        distinct=True,
        pattern=r"^\.[\s\S]+$",
    ),
    Key(
        name="hidden_filenames",
        form=Form.TEXTS,
        about="Ruby's regular expressions: files of these names are not shown after a run",
        distinct=True,
    ),
    Key(name="tab_size", form=Form.INTEGER, about="the columns of a tab", least=1, most=8),
    Key(name="max_seconds", form=Form.INTEGER, about="how long a run may take; over 15 it is 15", least=1, most=20),
    Key(
        name="highlight_filenames",
        form=Form.TEXTS,
        about="the visible files that are highlighted",
        least=1,
        distinct=True,
    ),
    Key(
        name="progress_regexs",
        form=Form.TEXTS,
        about="Ruby's regular expressions for a line that fails, and one that passes",
        least=2,
        most=2,
    ),
    Key(
        name="rag_lambda",
        form=Form.TEXT,
        about="the file with the Ruby lambda that returns a run's colour; without it the image's own is used",
        may_be_null=True,
    ),
    Key(name="language", form=Form.PAIR, about="the language's name and its version, which may be empty"),
    Key(name="test_framework", form=Form.PAIR, about="the framework's name and its version, which may be empty"),
)
TOGETHER = ("language", "test_framework")
