"""Which secrets a repository's workflows need: GitHub's own token may push to the owner's packages alone."""

from __future__ import annotations

from collections.abc import Iterator

from ltf_ci.model.finding import Finding, Place
from ltf_ci.model.image import ImageName
from ltf_ci.model.layout import RELEASE_WORKFLOW, WORKFLOWS
from ltf_ci.workflows.rules.filled_settings import GITHUB_REGISTRY

REGISTRY = "REGISTRY_USERNAME and REGISTRY_PASSWORD"
APP = "LTF_CI_APP_PRIVATE_KEY"


def needed_secrets(image: ImageName | None, owner: str, *, opens_pull_requests: bool) -> Iterator[str]:
    """Return a sentence for each secret that an owner's repository needs; `image` is what it releases."""
    where = image.path.partition("/")[0] if image else ""
    if image and image.registry != GITHUB_REGISTRY:
        yield f"{REGISTRY}: a login that may push to {image.registry}"
    elif image and owner and where.lower() != owner.lower():
        yield f"{REGISTRY}: a login that may push to {GITHUB_REGISTRY}/{where}; the workflow's own token may not"
    if opens_pull_requests:
        yield f"{APP}: the private key of the GitHub App that opens the pull requests"


def secret_findings(image: ImageName, name: str, page: str, *, opens_pull_requests: bool) -> Iterator[Finding]:
    """Return the secrets that a first release of a repository at GitHub needs: whether they are set cannot be asked."""
    for secret in needed_secrets(image, name.partition("/")[0], opens_pull_requests=opens_pull_requests):
        yield Finding(
            rule="secret-needed",
            place=Place(f"{WORKFLOWS}/{RELEASE_WORKFLOW}"),
            found=f"the release needs {secret}",
            expected=f"a secret at {page}",
            cure="set it before the tag is pushed, if it is not set",
        )
