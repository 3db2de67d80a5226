"""What a release imports, for the server that `program` forks runs from."""

import docker  # noqa: F401
import github  # noqa: F401
import requests  # noqa: F401

import ltf_ci.cli
import ltf_ci.clients.docker.build
import ltf_ci.clients.docker.daemon
import ltf_ci.clients.pull_requests.at_github
import ltf_ci.clients.registry.registry
import ltf_ci.commands.bump
import ltf_ci.commands.notify
import ltf_ci.commands.release
import ltf_ci.commands.retag
import ltf_ci.commands.watch  # noqa: F401
