"""A fault in a document that somebody sent: where, what, and what would be allowed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    path: str
    fault: str
    allowed: str

    def document(self) -> dict[str, str]:
        return {"path": self.path, "fault": self.fault, "allowed": self.allowed}
