"""One set of secrets for a preset's environments in a region: made with the first, gone with the last."""

from __future__ import annotations

from dataclasses import dataclass

SHARED_NAME = "shared"  # no environment is called so: stargate-shared-<preset> would be a stack of its own
SECRETS = "secrets"  # the node that is shared, and its template


@dataclass(frozen=True)
class SharedSecrets:
    preset: str
    region: str

    @property
    def owner(self) -> str:
        """What stands in their names where an environment's name would, and in their tags for its id."""
        return f"{SHARED_NAME}-{self.preset}"

    @property
    def stack_name(self) -> str:
        return f"stargate-{self.owner}"
