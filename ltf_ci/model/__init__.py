"""Values: parse or raise, frozen; `str()` returns the text. No effects, no decisions."""
