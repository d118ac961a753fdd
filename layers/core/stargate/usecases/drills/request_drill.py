"""Somebody asks for a drill: refused with every reason at once, shown as a dry run, or started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.drills.deeds import broken_by, deeds_of
from stargate.domain.drills.drill import Drill, DrillStatus, Window
from stargate.domain.drills.kinds import Kind
from stargate.domain.drills.preconditions import Asked, preconditions, refused
from stargate.domain.drills.steps import steps
from stargate.domain.faults import Fault
from stargate.domain.moments import understood
from stargate.errors import DrillRefusedError, EnvironmentNotFoundError, InvalidRequestError
from stargate.usecases.drills.survey_gateway import policy_of

if TYPE_CHECKING:
    from stargate.domain.environment import Check
    from stargate.domain.operating.operations import Overview
    from stargate.ports.state import Drills, OperationsRows
    from stargate.ports.workflows import DrillWorkflow
    from stargate.ports.world import Clock, Identifiers
    from stargate.usecases.drills.survey_gateway import SurveyGateway

FIELDS = ("kind", "zone", "dry_run", "window")
LONGEST_SECONDS = 3600.0  # from the request of a drill until it breaks something
KINDS = tuple(kind.value for kind in Kind)


@dataclass(frozen=True)
class RequestDrill:
    operations: OperationsRows
    drills: Drills
    survey: SurveyGateway
    workflow: DrillWorkflow
    clock: Clock
    identifiers: Identifiers
    actor: str

    def __call__(self, name: str, request: Any, trigger: str = "request") -> dict[str, Any]:
        """The drill's document, or that of a dry run; DrillRefusedError with each precondition that fails."""
        faults = _faults(request)
        if faults:
            raise InvalidRequestError(faults)
        overview = self.operations.by_name(name)
        if overview is None:
            raise EnvironmentNotFoundError(f"there is no environment {name}")
        kind, zone = Kind(request["kind"]), request.get("zone", "")
        waiting = self._is_asked_for(overview.environment.environment_id)
        asked = replace(self.asked(overview, kind, zone, _window(request)), another=waiting)
        checks = preconditions(asked, self.clock.now())
        if request.get("dry_run"):
            return _dry_run(asked, checks)
        refuse(checks)
        return self._start(overview, kind, zone, trigger).document()

    def _is_asked_for(self, environment_id: str) -> bool:
        """One that has not begun holds no lease yet; of two in the same moment the lease decides."""
        recent = self.drills.since(environment_id, self.clock.now() - LONGEST_SECONDS)
        return any(one.status is DrillStatus.REQUESTED for one in recent)

    def asked(self, overview: Overview, kind: Kind, zone: str = "", window: Window | None = None) -> Asked:
        policy = policy_of(overview)
        since = self.clock.now() - 60.0 * policy.apart_minutes
        drills = self.drills.since(overview.environment.environment_id, since - LONGEST_SECONDS)
        return Asked(
            kind,
            overview,
            self.survey.standing(overview, kind, zone),
            self.survey.budget(overview),
            max((one.injected_at for one in drills if one.injected_at), default=None),
            window,
            policy,
        )

    def _start(self, overview: Overview, kind: Kind, zone: str, trigger: str) -> Drill:
        at, environment_id = self.clock.now(), overview.environment.environment_id
        identifier, cause = self.identifiers.entry_id(at), f"{trigger} by {self.actor}"
        name = overview.environment.name
        drill = Drill(
            identifier,
            environment_id,
            name,
            kind,
            DrillStatus.REQUESTED,
            at,
            self.actor,
            cause,
            trigger,
            zone,
        )
        self.drills.put(drill)
        payload = {"environment_id": environment_id, "drill_id": identifier}
        self.workflow.start(kind, drill.execution_name, payload)
        return drill


def refuse(checks: tuple[Check, ...]) -> None:
    failing = refused(checks)
    if failing:
        raise DrillRefusedError([Fault(check.name, check.measured, check.bound) for check in failing])


def _dry_run(asked: Asked, checks: tuple[Check, ...]) -> dict[str, Any]:
    broken = broken_by(deeds_of(asked.kind, asked.standing), asked.standing)
    return {
        "dry_run": True,
        "kind": asked.kind.value,
        "would_run": not refused(checks),
        "preconditions": [check.document() for check in checks],
        "steps": [{"step": step, "does": does} for step, does in steps(asked.kind, asked.standing, broken)],
    }


def _faults(request: Any) -> list[Fault]:
    if not isinstance(request, Mapping):
        return [Fault("", "is no JSON object", "a JSON object")]
    found = [Fault(f"/{one}", "is not known", ", ".join(FIELDS)) for one in request if one not in FIELDS]
    if request.get("kind") not in KINDS:
        found.append(Fault("/kind", f"{request.get('kind')!r} is not known", f"one of {', '.join(KINDS)}"))
    if not isinstance(request.get("dry_run", False), bool):
        found.append(Fault("/dry_run", "is neither true nor false", "true or false"))
    if "zone" in request and (request.get("kind") != Kind.ZONE_LOSS or not isinstance(request["zone"], str)):
        found.append(Fault("/zone", "is for the loss of a zone only", f"a zone's name with {Kind.ZONE_LOSS}"))
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
