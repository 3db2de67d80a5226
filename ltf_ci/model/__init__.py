"""Values: parse or raise, frozen; `str()` gives the text back. No effects, no decisions."""
