"""A person's word on one action: asked for when a decision needs it, good for one performance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stargate.domain.operating.action import Action


@dataclass(frozen=True)
class Approval:
    """`condition` is the key of the one that the action would answer; `granted_at` None: not, or not yet."""

    approval_id: str
    condition: str
    kind: str
    subject: str
    requested_at: float
    expires_at: float
    granted_at: float | None = None
    granted_by: str = ""
    version: int = 0

    def allows(self, condition: str, kind: str, subject: str, now: float) -> bool:
        about = (self.condition, self.kind, self.subject) == (condition, kind, subject)
        return about and self.granted_at is not None and now < self.expires_at

    def is_used(self, actions: Iterable[Action]) -> bool:
        """Whether what it allowed was done since."""
        granted = self.granted_at or 0.0
        same = (one for one in actions if (one.condition, one.kind) == (self.condition, self.kind))
        return any(one.performed_at is not None and one.performed_at >= granted for one in same)
