"""Other people's text made safe to show: on a terminal, in a log, in markdown."""

from __future__ import annotations

import re
import unicodedata

NO_SPACE = "\u200b"  # zero width: GitHub makes no link of a mention that it follows
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;", "$": "&#36;", "\n": "<br>", NO_SPACE: "&#8203;"}
_LINKING = r"(?i)(?<![0-9A-Za-z_])@(?=[0-9A-Za-z])|#(?=[0-9])|\bGH-(?=[0-9])"
_ADDRESS = r"(?i):(?=//)|(?<=www)\."
_BEGINNING = r"\A\s*(?:(?=[-=+#])|[0-9]+(?=[.)](?:\s|\Z)))"  # of a list, a line or a heading
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")  # letters and marks that show nothing
_INSIDE_A_WORD = r"(?<=[0-9A-Za-z])\\_(?=[0-9A-Za-z])"  # where it is no sign of markdown
_MARKDOWN = str.maketrans({**{c: f"\\{c}" for c in r"\`*_[]|~"}, **_ENTITIES})
LONGEST = 65_000  # characters of an issue's or pull request's text: GitHub takes 65,536
OLD_COMMAND = "##["  # GitHub reads ##[error] as it reads ::error::, and anywhere in a line


def printable(text: str, *, keep: str = "") -> str:
    """Return other people's text with characters of control, direction and line ends, and older commands, escaped."""
    plain = "".join(ascii(c)[1:-1] if c not in keep and is_no_sign(c) else c for c in text)
    return plain.replace(OLD_COMMAND, "##\\x5b")


def is_no_sign(character: str) -> bool:
    """Whether a character shows nothing of its own, but changes how others are shown."""
    category = unicodedata.category(character)
    return category[0] == "C" or category in ("Zl", "Zp") or character in _FILLERS


def escape_markdown(text: str) -> str:
    """Return other people's text escaped for markdown: no mentions, references, links, HTML, tables or code of theirs.

    GitHub finds mentions and references after it has removed the markdown's escapes. An address is no link: that of an
    issue would be noted there, and `fixes` before it would close it. What shows as it is stays as it is, for people
    read the text as it was written too: in a plan, or where there is no GitHub.
    """
    marked = re.sub(_LINKING, rf"\g<0>{NO_SPACE}", printable(text, keep="\n")).translate(_MARKDOWN)
    plain = re.sub(_INSIDE_A_WORD, "_", marked)
    return re.sub(_BEGINNING, r"\g<0>\\", re.sub(_ADDRESS, lambda sign: f"&#{ord(sign[0])};", plain))


def amount(number: int, one: str, several: str = "") -> str:
    """Return a number of things in words: `1 line`, `2 lines`; `several` where that is not `one` with an s."""
    return f"{number} {one if number == 1 else several or f'{one}s'}"


def truncated(text: str, rest: str) -> str:
    """Return a text cut at the end of a line where it is longer than GitHub takes; `rest` is where the rest is."""
    return text if len(text) <= LONGEST else text[:LONGEST].rpartition("\n")[0] + f"\n\n*(cut: {rest})*\n"
