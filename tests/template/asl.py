"""The workflows' definitions as tests read them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tests.template.control_plane import PROJECT, WORKFLOWS

if TYPE_CHECKING:
    from collections.abc import Iterator

PATHS = {name: PROJECT / workflow["DefinitionUri"] for name, workflow in WORKFLOWS.items()}
DEFINITIONS: dict[str, dict[str, Any]] = {name: json.loads(path.read_text()) for name, path in PATHS.items()}
SUBSTITUTION = re.compile(r"\$\{(\w+)\}")


def function_arn(logical_id: str) -> str:
    verb = re.sub(r"(?<!^)([A-Z])", r"-\1", logical_id.removesuffix("Function")).lower()
    return f"arn:aws:lambda:us-east-1:000000000000:function:stargate-{verb}"


def substituted(workflow: str) -> dict[str, Any]:
    """Give the definition with an ARN for each function, as CloudFormation would."""
    text = SUBSTITUTION.sub(lambda match: function_arn(match[1]), PATHS[workflow].read_text())
    result: dict[str, Any] = json.loads(text)
    return result


def walk(definition: dict[str, Any], parent: dict[str, Any] | None = None) -> Iterator[Any]:
    """Each state as (name, state, the Parallel state around it if any)."""
    for name, state in definition["States"].items():
        yield name, state, parent
        for branch in state.get("Branches", []):
            yield from walk(branch, state)
