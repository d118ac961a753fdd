"""What is declared of an environment as the least and the most: no action leaves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stargate.domain.environment import Environment


@dataclass(frozen=True)
class Limits:
    """Declared for the environment: bounds never leave them."""

    minimum: int
    maximum: int


def limits_of(environment: Environment, service: str) -> Limits | None:
    """None for a service that is not scaled."""
    litellm = environment.spec.litellm
    return Limits(litellm.min_tasks, litellm.max_tasks) if service == "litellm" else None
