"""Which services read which of an environment's secrets when a task of theirs starts.

The templates say it (a test compares); a secret that nobody here reads is read at the moment of use, by the
observer, or by nobody but CloudFormation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

READERS: Mapping[str, tuple[str, ...]] = {
    "litellm-master-key": ("litellm",),
    "litellm-salt-key": ("litellm",),
    "litellm-database": ("litellm",),
    "grafana-admin-password": ("grafana",),
    "grafana-secret-key": ("grafana",),
    "grafana-database": ("grafana",),
    "langfuse-public-key": ("langfuse", "litellm"),
    "langfuse-secret-key": ("langfuse", "litellm"),
    "langfuse-nextauth-secret": ("langfuse",),
    "langfuse-salt": ("langfuse",),
    "langfuse-encryption-key": ("langfuse",),
    "langfuse-init-password": ("langfuse",),
    "langfuse-database": ("langfuse",),
}


def readers_of(secret: str) -> tuple[str, ...]:
    return READERS.get(secret, ())
