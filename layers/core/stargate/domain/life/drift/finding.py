"""A resource that is other than it was declared: in what, whether on purpose, and how it is put back."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stargate.domain.life.drift.rules import Rule
    from stargate.domain.life.rest import Target

ABSENT = "absent"


@dataclass(frozen=True)
class Difference:
    """`path` leads into the resource's properties; what is not there is `absent`."""

    path: str
    declared: Any
    found: Any

    def document(self) -> dict[str, Any]:
        return {"path": self.path, "declared": self.declared, "found": self.found}


@dataclass(frozen=True)
class SetTarget:
    service: str
    target: Target

    def __str__(self) -> str:
        return f"bounds of {self.service} set to {self.target.minimum} to {self.target.maximum} tasks"


@dataclass(frozen=True)
class SetRules:
    """What is missing is added before what is too much is taken away."""

    group_id: str
    missing: tuple[Rule, ...]
    extra: tuple[Rule, ...]

    def __str__(self) -> str:
        done = [*(f"added {rule}" for rule in self.missing), *(f"removed {rule}" for rule in self.extra)]
        return f"{self.group_id}: {', '.join(done)}"


@dataclass(frozen=True)
class PutAlarm:
    """`properties` are all of the alarm's, as CloudWatch takes them."""

    name: str
    properties: Mapping[str, Any]

    def __str__(self) -> str:
        return f"alarm {self.name} put back"


@dataclass(frozen=True)
class PutWebAcl:
    """`name`, `id` and `scope` are how AWS WAF knows it; the rest of it stays."""

    name: str
    acl_id: str
    scope: str
    rules: Sequence[Mapping[str, Any]]

    def __str__(self) -> str:
        return f"rules of the web ACL {self.name} put back"


@dataclass(frozen=True)
class RestoreSecret:
    name: str

    def __str__(self) -> str:
        return f"secret {self.name} restored"


Repair = SetTarget | SetRules | PutAlarm | PutWebAcl | RestoreSecret


@dataclass(frozen=True)
class Finding:
    """`purpose` says why it is meant, and then it is no drift; `unrepaired` why nothing puts it back.

    `known_as` is its name in its service where actions of ours speak of it by that.
    """

    stack: str
    resource: str
    resource_type: str
    differences: tuple[Difference, ...]
    purpose: str = ""
    repair: Repair | None = None
    unrepaired: str = ""
    known_as: str = ""

    @property
    def address(self) -> str:
        return f"{self.stack}/{self.resource}"

    @property
    def fingerprint(self) -> str:
        """The same for the same drift, whenever it is found."""
        told = json.dumps([self.address, [one.document() for one in self.differences]], default=str)
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def on_purpose(self, purpose: str) -> Finding:
        return replace(self, purpose=purpose, repair=None, unrepaired="")

    def left(self, why: str) -> Finding:
        return replace(self, repair=None, unrepaired=why)

    def document(self) -> dict[str, Any]:
        return {
            "stack": self.stack,
            "resource": self.resource,
            "type": self.resource_type,
            "differences": [one.document() for one in self.differences],
            **({"purpose": self.purpose} if self.purpose else {}),
            **({"repair": str(self.repair)} if self.repair is not None else {}),
            **({"unrepaired": self.unrepaired} if self.unrepaired else {}),
        }
