"""Who may work on a scope, one at a time, with a number that grows with each holder."""

from __future__ import annotations

from dataclasses import dataclass, replace

LEASE_SECONDS = 3600.0  # a backstop only: a lease is freed when its action is settled


@dataclass(frozen=True)
class Lease:
    """`holder` is an action's id, or None while nobody holds it: the row stays, for its fence to grow."""

    scope: str
    holder: str | None
    fence: int
    taken_at: float
    expires_at: float
    version: int = 0

    def held_at(self, now: float) -> bool:
        return self.holder is not None and now < self.expires_at

    def held_by(self, holder: str, fence: int) -> bool:
        return self.holder == holder and self.fence == fence

    def released(self) -> Lease:
        return replace(self, holder=None)


def taken(lease: Lease | None, scope: str, holder: str, now: float) -> Lease | None:
    """The lease as its new holder has it, or None if another holds it. Its own holder keeps its fence."""
    if lease is None:
        return Lease(scope, holder, 1, now, now + LEASE_SECONDS)
    if lease.holder == holder:
        return replace(lease, expires_at=now + LEASE_SECONDS)
    if lease.held_at(now):
        return None
    return replace(lease, holder=holder, fence=lease.fence + 1, taken_at=now, expires_at=now + LEASE_SECONDS)
