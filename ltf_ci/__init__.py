"""From a pushed git tag to a released, immutable image and a pull request in the languages list."""
