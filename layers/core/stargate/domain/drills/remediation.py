"""Whether the loop did as it should while a drill ran: hold what it decided, and leave it to the drill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.drills.drill import RESCUE_AFTER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stargate.domain.drills.score import Wedge
    from stargate.domain.ledger import Entry


@dataclass(frozen=True)
class Remediation:
    """`held` are decisions that the drill's lease held, `acted` what was done by others than the drill."""

    held: tuple[str, ...]
    acted: tuple[str, ...]
    rescued: bool
    rescue_due: bool

    @property
    def findings(self) -> tuple[str, ...]:
        acted = tuple(f"somebody acted while the drill ran: {words}" for words in self.acted)
        if self.rescue_due and not self.rescued:
            return (*acted, "litellm was wedged past the objective and was not deployed anew")
        return acted

    def document(self) -> dict[str, Any]:
        return {
            "as_it_should": not self.findings,
            "held": list(self.held),
            "acted": list(self.acted),
            "rescued": self.rescued,
        }


def remediation_of(
    entries: Iterable[Entry], drill_id: str, wedge: Wedge | None, rescued_at: float | None
) -> Remediation:
    """`entries` are the ledger's from the drill's beginning on."""
    known = tuple(entries)
    actions = [one for one in known if one.kind == "action" and one.detail.get("drill") != drill_id]
    held = [one for one in known if one.kind == "decision" and one.detail.get("guard") == "lease"]
    due = wedge is not None and wedge.until_after_failure >= RESCUE_AFTER
    return Remediation(
        tuple(one.summary for one in held), tuple(one.summary for one in actions), rescued_at is not None, due
    )
