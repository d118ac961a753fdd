"""The control plane itself: workflows of ours that ended badly, and its own alarms.

Its alarms bear the names that CloudFormation makes of `template.yaml`: stack, logical id, random end. An
environment's name begins with a small letter, a logical id with a capital one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stargate.domain.signals.envelope import CONTROL_PLANE, environment_in, text
from stargate.domain.signals.signal import Ignored, Seen, Severity, Signal, Turn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.signals.envelope import Envelope

BAD_ENDS = frozenset({"FAILED", "TIMED_OUT", "ABORTED"})
ALARM = re.compile(r"stargate-([A-Z][A-Za-z0-9]+)-[A-Za-z0-9]+\Z")
# While one of these rings the control plane does not hear or does not look: nobody answers for the gateways.
BLIND = frozenset({"ReceiveSignalFailing", "ExamineConditionsFailing", "FunctionsThrottled"})


def read_execution(envelope: Envelope) -> Signal | Ignored:
    machine = text(envelope.detail, "stateMachineArn").rpartition(":")[2]
    status = text(envelope.detail, "status")
    ours = machine.lower().startswith("stargate-")
    what = f"the workflow {machine or 'without a name'}"
    if status not in BAD_ENDS:
        return envelope.ignored(f"{what} is {status or 'in no state'}" if ours else f"not ours: {what}")
    facts = {
        "execution": text(envelope.detail, "name"),
        "status": status,
        "error": text(envelope.detail, "error"),
        "cause": text(envelope.detail, "cause"),
    }
    told = {name: value for name, value in facts.items() if value}
    seen = Seen("workflow-failed", Severity.CRITICAL, Turn.TELLS, machine, "step-functions", told)
    return envelope.told(seen, CONTROL_PLANE if ours else None, what)


def read_drift_examined(envelope: Envelope) -> Signal | Ignored:
    """Our own comparison knows what is meant; CloudFormation's alone does not."""
    environment, stack = text(envelope.detail, "environment"), text(envelope.detail, "stack")
    status = text(envelope.detail, "status")
    kinds = {
        "DRIFTED": ("drift-detected", Severity.WARNING, Turn.OPENS),
        "IN_SYNC": ("drift-over", Severity.INFO, Turn.CLOSES),
    }
    if status not in kinds or not stack:
        return envelope.ignored(f"malformed: drift of {stack or 'no stack'} is {status or 'not told'}")
    named = envelope.detail.get("resources")
    resources = [one for one in named if isinstance(one, str)] if isinstance(named, list) else []
    facts = {"resources": ", ".join(resources)} if resources else {}
    seen = Seen(*kinds[status], stack, "drift", facts)
    return envelope.told(seen, environment_in(f"stargate-{environment}-{stack}"), f"the stack {stack}")


def own_alarm(name: str, turn: Turn, facts: Mapping[str, object]) -> Seen | None:
    """What an alarm of the control plane's says; None if it is none of those."""
    found = ALARM.match(name)
    if found is None:
        return None
    severity = Severity.CRITICAL if found[1] in BLIND else Severity.WARNING
    return Seen("control-plane-failing", severity, turn, found[1], name, facts)
