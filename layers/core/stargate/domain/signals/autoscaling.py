"""Application Auto Scaling: AWS tells of one thing only, a target that has reached its maximum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.signals.envelope import environment_in, number, text
from stargate.domain.signals.signal import Ignored, Severity, Signal, Turn

if TYPE_CHECKING:
    from stargate.domain.signals.envelope import Envelope

CAPACITIES = ("oldDesiredCapacity", "newDesiredCapacity", "minCapacity", "maxCapacity")


def read_activity(envelope: Envelope) -> Signal | Ignored:
    resource = text(envelope.detail, "resourceId")
    parts = resource.split("/")
    environment = environment_in(parts[1]) if len(parts) == 3 and parts[0] == "service" else None
    if environment is None or parts[1] != f"stargate-{environment}":
        return envelope.ignored(f"not ours: the scalable target {resource or 'without a name'}")
    if envelope.detail.get("scaledToMax") is not True:
        return envelope.ignored("the target is below its maximum", environment)
    found = {name: number(envelope.detail, name) for name in CAPACITIES}
    return Signal(
        event_id=envelope.event_id,
        at=envelope.at,
        environment=environment,
        kind="at-maximum",
        subject=parts[2],
        severity=Severity.WARNING,
        turn=Turn.TELLS,
        source="scaling",
        region=envelope.region,
        facts={name: int(value) for name, value in found.items() if value is not None},
    )
