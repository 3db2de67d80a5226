"""Makes the files that are made from the code: `bin/generate` writes them, `bin/generate --check` only compares."""
