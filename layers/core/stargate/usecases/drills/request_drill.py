"""Somebody asks for a drill: refused with every reason at once, shown as a dry run, or started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.drills.drill import STEPS, Drill, DrillStatus, Window, preconditions
from stargate.domain.drills.objectives import Kind
from stargate.domain.faults import Fault
from stargate.domain.moments import understood
from stargate.errors import DrillRefusedError, EnvironmentNotFoundError, InvalidRequestError

if TYPE_CHECKING:
    from stargate.domain.environment import Check
    from stargate.domain.operating.operations import Overview
    from stargate.ports.gateway import Databases
    from stargate.ports.state import Drills, OperationsRows
    from stargate.ports.workflows import DrillWorkflow
    from stargate.ports.world import Clock, Identifiers

FIELDS = ("kind", "dry_run", "window")
KINDS = tuple(kind.value for kind in Kind)


@dataclass(frozen=True)
class RequestDrill:
    operations: OperationsRows
    drills: Drills
    databases: Databases
    workflow: DrillWorkflow
    clock: Clock
    identifiers: Identifiers
    actor: str

    def __call__(self, name: str, request: Any) -> dict[str, Any]:
        """The drill's document, or that of a dry run; DrillRefusedError with each precondition that fails."""
        faults = _faults(request)
        if faults:
            raise InvalidRequestError(faults)
        overview = self.operations.by_name(name)
        if overview is None:
            raise EnvironmentNotFoundError(f"there is no environment {name}")
        kind = Kind(request["kind"])
        checks = self.checks(overview, _window(request))
        if request.get("dry_run"):
            return _dry_run(kind, checks)
        refuse(checks)
        at = self.clock.now()
        identifier = self.identifiers.entry_id(at)
        environment_id = overview.environment.environment_id
        drill = Drill(
            identifier, environment_id, name, kind, DrillStatus.REQUESTED, at, self.actor,
            f"request by {self.actor}",
        )  # fmt: skip
        self.drills.put(drill)
        self.workflow.start(drill.execution_name, {"environment_id": environment_id, "drill_id": identifier})
        return drill.document()

    def checks(self, overview: Overview, window: Window | None) -> tuple[Check, ...]:
        environment, now = overview.environment, self.clock.now()
        facts = self.databases.describe(environment.region, environment.cluster)
        last = max(
            (one.injected_at for one in self.drills.all(environment.environment_id) if one.injected_at),
            default=None,
        )
        return preconditions(overview, facts, last, window, now)


def refuse(checks: tuple[Check, ...]) -> None:
    failing = [Fault(check.name, check.measured, check.bound) for check in checks if not check.ok]
    if failing:
        raise DrillRefusedError(failing)


def _dry_run(kind: Kind, checks: tuple[Check, ...]) -> dict[str, Any]:
    return {
        "dry_run": True,
        "kind": kind.value,
        "would_run": all(check.ok for check in checks),
        "preconditions": [check.document() for check in checks],
        "steps": [{"step": step, "does": does} for step, does in STEPS[kind]],
    }


def _faults(request: Any) -> list[Fault]:
    if not isinstance(request, Mapping):
        return [Fault("", "is no JSON object", "a JSON object")]
    found = [Fault(f"/{one}", "is not known", ", ".join(FIELDS)) for one in request if one not in FIELDS]
    if request.get("kind") not in KINDS:
        found.append(Fault("/kind", f"{request.get('kind')!r} is not known", f"one of {', '.join(KINDS)}"))
    if not isinstance(request.get("dry_run", False), bool):
        found.append(Fault("/dry_run", "is neither true nor false", "true or false"))
    try:
        _window(request)
    except (ValueError, TypeError, KeyError):
        found.append(Fault("/window", "is no window", '{"opens_at": moment, "closes_at": moment}'))
    return found


def _window(request: Mapping[str, Any]) -> Window | None:
    given = request.get("window")
    if given is None:
        return None
    return Window(understood(given["opens_at"]), understood(given["closes_at"]))
