"""The outside: each module is the one door to its library or program."""
