"""Whom an event of a whole region or account concerns: the environments that have something there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.gateway.graph import GLOBAL_REGION
from stargate.domain.gateway.presets import PRESETS

if TYPE_CHECKING:
    from stargate.domain.environment import Environment
    from stargate.domain.signals.signal import Signal

GLOBAL = "global"  # what AWS calls the region of what has none
REGIONS = frozenset(
    {GLOBAL, GLOBAL_REGION}
    | {preset.region for preset in PRESETS.values()}
    | {preset.bedrock_region for preset in PRESETS.values()}
)
# Services that a gateway uses in another region than its own: subject of their signals → node of the graph.
ELSEWHERE = {"bedrock": "models", "cloudfront": "waf", "waf": "waf", "iam": "waf", "route53": "waf"}
OF_NO_REGION = frozenset({"cost", "risk", "abuse", "billing", "account"})


def is_in_use(region: str) -> bool:
    """Whether a gateway of any preset may have something there."""
    return region in REGIONS


def concerns(signal: Signal, environment: Environment) -> bool:
    """Of a signal about everybody: whether this environment is among them."""
    if signal.region == GLOBAL or signal.subject in OF_NO_REGION:
        return True
    node = ELSEWHERE.get(signal.subject)
    return signal.region == (environment.region if node is None else environment.region_of(node))
