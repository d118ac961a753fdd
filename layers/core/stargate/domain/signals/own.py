"""The control plane itself: workflows of ours that ended badly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.signals.envelope import EVERY, text
from stargate.domain.signals.signal import Ignored, Seen, Severity, Signal, Turn

if TYPE_CHECKING:
    from stargate.domain.signals.envelope import Envelope

BAD_ENDS = frozenset({"FAILED", "TIMED_OUT", "ABORTED"})


def read_execution(envelope: Envelope) -> Signal | Ignored:
    machine = text(envelope.detail, "stateMachineArn").rpartition(":")[2]
    status = text(envelope.detail, "status")
    ours = machine.lower().startswith("stargate-")
    if status not in BAD_ENDS:
        what = f"the workflow {machine or 'without a name'}"
        return envelope.ignored(f"{what} is {status or 'in no state'}" if ours else f"not ours: {what}")
    facts = {
        "execution": text(envelope.detail, "name"),
        "status": status,
        "error": text(envelope.detail, "error"),
    }
    told = {name: value for name, value in facts.items() if value}
    seen = Seen("workflow-failed", Severity.CRITICAL, Turn.TELLS, machine, "step-functions", told)
    return envelope.told(seen, EVERY if ours else None, f"the workflow {machine or 'without a name'}")
