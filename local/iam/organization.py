"""What the account's organization denies whoever is not root: nothing, until somebody says so from outside.

It holds where the local cloud itself decides: for CloudFormation, workflows and the simulator. What functions
call is MiniStack's to decide, which knows no organization.
"""

from __future__ import annotations

from typing import Any

from local import control

_denied: set[str] = set()


def denies(action: str) -> bool:
    return action.lower() in _denied


def deny(body: dict[str, Any]) -> dict[str, Any]:
    """Deny actions from now on: {"actions": ["ec2:CreateVpc"]}."""
    actions = body.get("actions")
    if not isinstance(actions, list) or not all(isinstance(one, str) and ":" in one for one in actions):
        raise ValueError('actions: a list such as ["ec2:CreateVpc"]')
    _denied.update(action.lower() for action in actions)
    return {"denied": sorted(_denied)}


def restore(_body: dict[str, Any]) -> dict[str, Any]:
    _denied.clear()
    return {"denied": []}


def install() -> None:
    control.route("POST", "/_stargate/organization", deny)
    control.route("DELETE", "/_stargate/organization", restore)
