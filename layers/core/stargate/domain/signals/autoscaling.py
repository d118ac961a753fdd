"""Application Auto Scaling: AWS tells of one thing only, a target that has reached its maximum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.signals.envelope import environment_in, number, text
from stargate.domain.signals.signal import Ignored, Seen, Severity, Signal, Turn

if TYPE_CHECKING:
    from stargate.domain.signals.envelope import Envelope

CAPACITIES = ("oldDesiredCapacity", "newDesiredCapacity", "minCapacity", "maxCapacity")


def read_activity(envelope: Envelope) -> Signal | Ignored:
    resource = text(envelope.detail, "resourceId")
    parts = resource.split("/")
    environment = environment_in(parts[1]) if len(parts) == 3 and parts[0] == "service" else None
    ours = environment is not None and parts[1] == f"stargate-{environment}"
    if envelope.detail.get("scaledToMax") is not True:
        if not ours:
            return envelope.ignored(f"not ours: {_named(resource)}")
        return envelope.ignored("the target is below its maximum", environment)
    found = {name: number(envelope.detail, name) for name in CAPACITIES}
    facts = {name: int(value) for name, value in found.items() if value is not None}
    seen = Seen("at-maximum", Severity.WARNING, Turn.TELLS, parts[-1], "scaling", facts)
    return envelope.told(seen, environment if ours else None, _named(resource))


def _named(resource: str) -> str:
    return f"the scalable target {resource or 'without a name'}"
