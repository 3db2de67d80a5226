"""The options of what writes workflows into repositories."""

from __future__ import annotations

from ltf_ci.options.option import Options, value
from ltf_ci.workflows.action_reference import ActionReference


class WrittenWorkflows(Options):
    """What workflows say."""

    action: ActionReference | None = value(
        "call ltf-ci by this reference: a fork, or a commit with its version, 'OWNER/REPO@SHA # v1.2.0'",
        ActionReference.parse,
        "OWNER/REPO@REF",
        default=None,
    )
    app_client_id: str = value("write the client ID of this GitHub App into the workflows", str, "ID", default="")
