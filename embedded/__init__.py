"""The outside on one machine, for the demonstration and the tests: a docker daemon, a registry, a base image."""
