"""Ask for a check that is not made by itself, because it disturbs whoever makes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.faults import Fault
from stargate.domain.gateway.rate_limit import NAME
from stargate.errors import EnvironmentBusyError, EnvironmentNotFoundError, InvalidRequestError
from stargate.usecases.provisioning.try_rate_limit import MAY_BE_TRIED

if TYPE_CHECKING:
    from stargate.domain.environment import Environment
    from stargate.ports.state import Environments
    from stargate.ports.workflows import Trials
    from stargate.usecases.narrate import Narrator

FIREWALL = "waf"  # the node that has the limit


@dataclass(frozen=True)
class RequestCheck:
    environments: Environments
    trials: Trials
    narrator: Narrator

    def __call__(self, name: str, request: Any) -> Environment:
        """The environment, whose checks will tell; InvalidRequestError with every fault."""
        faults = _faults(request)
        if faults:
            raise InvalidRequestError(faults)
        environment = self.environments.by_name(name)
        if environment is None:
            raise EnvironmentNotFoundError(f"there is no environment {name}")
        if FIREWALL not in environment.graph.names:
            fault = Fault(
                "/check", f"{name} has no web ACL: nothing limits requests", "an environment with one"
            )
            raise InvalidRequestError([fault])
        if environment.status not in MAY_BE_TRIED:
            raise EnvironmentBusyError(f"{name} is {environment.status}: it must stand to be tried")
        words = f"{NAME} of {name} is tried: it blocks the address that tries it for some minutes"
        entry = self.narrator.entry(environment, "note", NAME, words, f"request by {self.narrator.actor}", {})
        self.environments.note(environment, entry)
        self.trials.begin(environment.environment_id, entry.entry_id)
        return environment


def _faults(request: Any) -> list[Fault]:
    if not isinstance(request, dict):
        return [Fault("/", "is no JSON object", '{"check": "rate limit"}')]
    unknown = [Fault(f"/{one}", "is not known", "check") for one in sorted(set(request) - {"check"})]
    if request.get("check") != NAME:
        asked = f"{request['check']!r} is not allowed" if "check" in request else "is missing"
        return [Fault("/check", asked, NAME), *unknown]
    return unknown
