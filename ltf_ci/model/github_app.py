"""The GitHub App that a run acts as."""

from __future__ import annotations

from dataclasses import dataclass

from ltf_ci.model.secret import Secret


@dataclass(frozen=True, slots=True)
class App:
    """A GitHub App: its client ID, and its private key in PEM form."""

    client_id: str
    key: Secret
