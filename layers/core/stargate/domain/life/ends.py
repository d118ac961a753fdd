"""How an environment comes to its end: what protects it, when its time is over, and what outlives it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from stargate.domain.moments import told

MINUTE, DAY = 60.0, 86400.0
LEAST_TTL, LONGEST_TTL = 10 * 60, 366 * 24 * 3600
RECOVERY_DAYS = 30  # the longest that Secrets Manager offers


@dataclass(frozen=True)
class Deadline:
    """When an environment retires by itself, and when that is announced."""

    ends_at: float
    warns_at: float
    warned: bool = False

    def document(self) -> dict[str, Any]:
        return {"ends_at": self.ends_at, "warns_at": self.warns_at, "warned": self.warned}

    def warning_given(self) -> Deadline:
        return replace(self, warned=True)


def deadline_after(now: float, ttl: float) -> Deadline:
    """The end `ttl` seconds from now; the warning comes a day before it, or when a quarter is left."""
    return Deadline(now + ttl, now + ttl - min(DAY, ttl / 4))


@dataclass(frozen=True)
class Farewell:
    """What is to outlive an environment that goes: asked for with its removal."""

    final_snapshot: bool = True
    secrets_recovery: bool = True

    def document(self) -> dict[str, bool]:
        return {"final_snapshot": self.final_snapshot, "secrets_recovery": self.secrets_recovery}

    def __str__(self) -> str:
        snapshot = "with" if self.final_snapshot else "without"
        window = "with" if self.secrets_recovery else "without"
        return f"{snapshot} a last snapshot and {window} the secrets' window"


@dataclass(frozen=True)
class Kept:
    """Something of an environment that stays on purpose: a `snapshot` of its database, or a `secret`.

    `until` is when AWS removes it by itself, None if never; a snapshot is billed by `size_gb` at most.
    """

    kind: str
    name: str
    arn: str
    region: str
    until: float | None = None
    size_gb: int | None = None

    def document(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "name": self.name,
            "arn": self.arn,
            "region": self.region,
            "until": self.until,
            "size_gb": self.size_gb,
        }

    def told(self) -> dict[str, Any]:
        return {**self.document(), "until": None if self.until is None else told(self.until)}


def is_given_up(farewell: Farewell, kept: Kept) -> bool:
    """Whether a removal in these terms would take with it what an earlier one has left."""
    return not (farewell.final_snapshot if kept.kind == "snapshot" else farewell.secrets_recovery)


def kept_in_words(kept: tuple[Kept, ...]) -> str:
    """`kept on purpose: 1 snapshot, 16 secrets`, or nothing."""
    kinds = sorted({one.kind for one in kept}, reverse=True)
    counts = [(kind, sum(one.kind == kind for one in kept)) for kind in kinds]
    listed = ", ".join(f"{number} {kind}{'s' if number > 1 else ''}" for kind, number in counts)
    return f"kept on purpose: {listed}" if listed else ""
