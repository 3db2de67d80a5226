"""A docker daemon, a registry and git repositories of our own, on this machine alone."""
