"""How long ltf-ci takes, beside what it is made of: `python -m benchmarks`."""
