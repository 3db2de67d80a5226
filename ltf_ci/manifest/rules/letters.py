"""Letters that a person takes for others, or does not see: a Cyrillic one in `Python` makes another word of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from ltf_ci.model.printable import is_no_sign

_ALIKE = str.maketrans(
    # Cyrillic, Greek, Armenian and Cherokee; not λ, μ, π and others that no one takes for a letter of ASCII
    "асеһіјӏорԛѕԝхуԁүАВСЕНІЈКМОРԚЅТԜХУҮӀοΑΒΕΖΗΙΚΜΝΟΡΤΥΧօսոհᎪᏴᏟᎬᎻᎫᏦᏞᎷᏢᏚᏔᎳᏃᎢ",
    "acehijlopqswxydyABCEHIJKMOPQSTWXYYIoABEZHIKMNOPTYXounhABCEHJKLMPSWWZT",
)
_WORD = re.compile(r"[^\W\d_]+")
_SELECTORS = ("\ufe00", "\ufe0f"), ("\U000e0100", "\U000e01ef")


def strange_letters(text: str) -> tuple[str, ...]:
    """Return each letter that looks like one of ASCII among letters of ASCII, and each sign unseen next to one.

    A word that is whole in its own script has none, nor has `λProlog`.
    """
    return tuple(dict.fromkeys([*_alike(text), *_unseen(text)])) if not text.isascii() else ()


def _alike(text: str) -> Iterator[str]:
    for word in _WORD.findall(text):
        if any(map(str.isascii, word)):
            yield from (letter for letter in word if not letter.isascii() and _seen_as(letter).isascii())


def _seen_as(letter: str) -> str:
    """Return the letter that a person sees: a full-width or mathematical one is that of ASCII."""
    return unicodedata.normalize("NFKC", letter.translate(_ALIKE))


def _unseen(text: str) -> Iterator[str]:
    for at, sign in enumerate(text):
        if is_no_sign(sign) or any(first <= sign <= last for first, last in _SELECTORS):
            beside = text[max(0, at - 1) : at] + text[at + 1 : at + 2]
            if any(each.isascii() and each.isalpha() for each in beside):
                yield sign
