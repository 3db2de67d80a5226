"""The paths of an LTF repository's files: what a repository may hold, and where."""

from __future__ import annotations

DOCKER_FOLDER = "docker"  # the folder that docker is given to build with
DOCKERFILE = f"{DOCKER_FOLDER}/Dockerfile"
DOCKERFILE_BASE = f"{DOCKER_FOLDER}/Dockerfile.base"  # without what cyber-dojo's runner needs, which is added to it
DOCKERFILES = (DOCKERFILE_BASE, DOCKERFILE)  # the first that is there is the source of the image
IMAGE_NAME_JSON = f"{DOCKER_FOLDER}/image_name.json"
LAMBDA_OF_IMAGE = f"{DOCKER_FOLDER}/red_amber_green.rb"  # an image that has one is a test framework's
MANIFEST_NAME = "manifest.json"
START_POINT_FOLDER = "start_point"
MANIFESTS = (f"{START_POINT_FOLDER}/{MANIFEST_NAME}", MANIFEST_NAME)
README = "README.md"
CHECK_VERSION = "check_version.sh"  # the fleet's older check of the version in an image
WORKFLOWS = ".github/workflows"
OTHER_CI = (".circleci/config.yml", ".travis.yml", ".gitlab-ci.yml")
RELEASE_WORKFLOW = "ltf-ci-release.yml"  # named after ltf-ci, as a repository may have a release.yml of its own
RETAG_WORKFLOW = "ltf-ci-retag.yml"
OLDER_WORKFLOW = f"{WORKFLOWS}/main.yml"  # the fleet's older one, which builds, tests and pushes
SETTINGS = ".github/ltf-ci.yml"
LANGUAGES_LIST = "git_repo_urls.tagged"  # the list, where no other name is given; its repository is of another kind
LIST_FORM, LIST_PLACES = "list-form", "list-places"  # keys of the languages repository's settings, which a bump reads


def is_workflow(path: str) -> bool:
    """Whether it is a workflow's file, which GitHub lets a token change only by a right of its own."""
    return path.startswith(f"{WORKFLOWS}/")


def is_ci(path: str) -> bool:
    """Whether it is a workflow that GitHub runs, or another CI's file."""
    folder, _, name = path.rpartition("/")
    return path in OTHER_CI or (folder == WORKFLOWS and name.endswith((".yml", ".yaml")))


def ci_order(path: str) -> tuple[bool, str]:
    """Return what such files are sorted by: those of GitHub first."""
    return path in OTHER_CI, path
