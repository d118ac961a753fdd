"""An open problem of one subject: opened, worsened, eased and closed by signals, whatever their order.

Several sources may report one condition (an alarm for each level, a service's scheduler). Each source is
believed by its own newest word, and the condition is as bad as the worst that is reported. So a duplicate
changes nothing, and neither does a word that is older than what its source said since.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.signals.signal import Severity


@dataclass(frozen=True)
class Report:
    """The newest word of one source."""

    opens: bool
    severity: Severity
    at: float


@dataclass(frozen=True)
class Stop:
    """A task that stopped without having been asked to."""

    task: str
    at: float


@dataclass(frozen=True)
class Decided:
    """The newest decision on a condition, as its row keeps it: one that does not change is not told again."""

    verdict: str  # act, hold or none
    action: str | None
    guard: str | None
    reason: str
    at: float
    entry_id: str
    lifts_at: float | None = None


@dataclass(frozen=True)
class Condition:
    """`cause` is the ledger entry of the signal that last changed it; `version` 0 was never written."""

    kind: str
    subject: str
    severity: Severity
    open: bool
    opened_at: float
    last_at: float
    cause: str
    reports: Mapping[str, Report] = field(default_factory=dict)
    stops: tuple[Stop, ...] = ()
    times_opened: int = 1
    closed_at: float | None = None
    decided: Decided | None = None
    version: int = 0

    @property
    def key(self) -> str:
        return f"{self.kind}#{self.subject}"
