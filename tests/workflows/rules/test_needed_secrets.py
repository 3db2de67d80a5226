import pytest

from ltf_ci.model.image import ImageName
from ltf_ci.workflows.rules.secrets import needed_secrets


@pytest.mark.parametrize(
    ("image", "owner", "said"),
    [
        ("ghcr.io/acme/python", "acme", ""),
        ("ghcr.io/acme/python", "Acme", ""),
        ("ghcr.io/cyber-dojo-languages/python", "cyber-dojo-start-points", "ghcr.io/cyber-dojo-languages"),
        ("cyberdojofoundation/elixir", "cyber-dojo-languages", "docker.io"),
        ("localhost:5000/acme/python", "acme", "localhost:5000"),
    ],
)
def test_a_login_is_needed_where_the_workflows_own_token_may_not_push(image: str, owner: str, said: str) -> None:
    found = [*needed_secrets(ImageName.parse(image), owner, opens_pull_requests=False)]
    assert len(found) == bool(said)
    assert all("REGISTRY_USERNAME and REGISTRY_PASSWORD" in one and said in one for one in found)


def test_the_key_of_the_app_that_opens_pull_requests_is_needed() -> None:
    (found,) = needed_secrets(ImageName.parse("ghcr.io/acme/python"), "acme", opens_pull_requests=True)
    assert found.startswith("LTF_CI_APP_PRIVATE_KEY")
