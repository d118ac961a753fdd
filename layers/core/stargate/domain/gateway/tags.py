"""The tags that everything of an environment bears: rights, bills, inventories and sweeps go by them.

Their names are relied on outside of this code too: gateway/stacks/models.yaml, the dashboards and
template.yaml have them as they stand here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stargate.domain.environment import Environment

ENVIRONMENT_TAG = "stargate:environment"
ID_TAG = "stargate:id"
STACK_TAG = "stargate:stack"
PRESET_TAG = "stargate:preset"
DRILL_TAG = "stargate:drill"


def owner_tags(name: str, environment_id: str) -> dict[str, str]:
    """By which whoever looks for what is left of an environment finds it, and knows whose it is."""
    return {ENVIRONMENT_TAG: name, ID_TAG: environment_id}


def stack_tags(environment: Environment, stack: str) -> dict[str, str]:
    owner = owner_tags(environment.name, environment.environment_id)
    return {**owner, STACK_TAG: stack, PRESET_TAG: environment.preset}
