"""Why an environment failed: the first resource that did, with its own words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Failure:
    """`stuck`: the resources at which CloudFormation neither goes on nor back by itself."""

    stack: str
    resource: str
    resource_type: str
    reason: str
    stuck: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        return {
            "stack": self.stack,
            "resource": self.resource,
            "resource_type": self.resource_type,
            "reason": self.reason,
            **({"stuck": list(self.stuck)} if self.stuck else {}),
        }

    @staticmethod
    def from_document(document: dict[str, Any]) -> Failure:
        told = {name: str(document.get(name, "")) for name in FIELDS}
        return Failure(**told, stuck=tuple(document.get("stuck", ())))


FIELDS = ("stack", "resource", "resource_type", "reason")


def failure_of(error: str, cause: str) -> Failure:
    """Read the error and cause of a workflow: our own failure, a function's exception, or plain text."""
    try:
        document = json.loads(cause)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        return Failure("", "", "", cause or error)
    if "reason" in document:
        return Failure.from_document(document)
    return Failure("", "", "", str(document.get("errorMessage") or cause))


def reason_of(error: str, cause: str) -> str:
    """One line of why: the error's name and its own words, without the stack trace that Lambda adds."""
    reason = failure_of(error, cause).reason
    return reason if error in {"", reason} else f"{error}: {reason}"
