"""What the observer inside an environment's VPC is asked before READY, and what its answers mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stargate.domain.environment import Check

# Verb to what is asked of it; the observer has each under the same name (gateway/observer/index.py).
ASKED: Mapping[str, str] = {
    "virtual_key": "every LiteLLM task serves a virtual key",
    "grafana_login": "every Grafana task lets the administrator in",
    "langfuse_ingestion": "a trace is taken and found",
    "metrics_arriving": "LiteLLM is scraped, the last time within 60 s",
}

DEMAND = "demand"  # the verb that the outer loop asks: what is in flight, and what was counted so far
KEY_USE = "key_use"  # the verb that the metering asks: which virtual key used how much of which model


def function_name(environment: str) -> str:
    return f"stargate-{environment}-observer"


@dataclass(frozen=True)
class Observation:
    """`reason` is empty where all is well; `measured` differs by verb and holds no credential.

    Where the observer itself could not be `asked`, it says nothing of the gateway.
    """

    reason: str
    seconds: float = 0.0
    measured: Mapping[str, Any] = field(default_factory=dict)
    asked: bool = True

    @property
    def ok(self) -> bool:
        return not self.reason


def check_observation(verb: str, found: Observation) -> Check:
    values = ", ".join(f"{name.replace('_', ' ')} {_shown(value)}" for name, value in found.measured.items())
    measured = "; ".join(part for part in (found.reason, values) if part)
    return Check(f"inside {verb.replace('_', ' ')}", found.ok, measured or "it holds", ASKED[verb])


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"{name}={entry}" for name, entry in value.items())
    return " ".join(map(str, value)) or "none" if isinstance(value, list) else str(value)
