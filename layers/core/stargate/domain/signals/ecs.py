"""ECS: tasks that stop, services that act, deployments that end.

Most stops are no trouble: scaling in, deploying, somebody stopping a task, SIGTERM's 143. What is left is
a stop that nobody asked for; one of those ECS mends by itself, several in a row it cannot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.events import STARTED_BY
from stargate.domain.signals.envelope import environment_in, number, text, under
from stargate.domain.signals.signal import Ignored, Severity, Signal, Turn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.signals.envelope import Envelope

SIGTERM_EXIT = 143
OUR_STOPS = {  # the stop codes of a task that somebody or something meant to stop
    "ServiceSchedulerInitiated": "ECS scaled in or deployed",
    "UserInitiated": "somebody stopped it",
}
INTERRUPTIONS = frozenset({"SpotInterruption", "TerminationNotice"})  # the newer and the older name

# What a service's or deployment's event means → kind, severity, turn, who reports it.
Meaning = tuple[str, Severity, Turn, str]
SERVICE_ACTIONS: Mapping[str, Meaning] = {
    "SERVICE_TASK_START_IMPAIRED": ("start-impaired", Severity.CRITICAL, Turn.OPENS, "scheduler"),
    "SERVICE_STEADY_STATE": ("steady-state", Severity.INFO, Turn.CLOSES, "scheduler"),
}
DEPLOYMENT_CHANGES: Mapping[str, Meaning] = {
    "SERVICE_DEPLOYMENT_FAILED": ("deployment-failed", Severity.WARNING, Turn.OPENS, "deployment"),
    "SERVICE_DEPLOYMENT_COMPLETED": ("deployment-completed", Severity.INFO, Turn.CLOSES, "deployment"),
    "SERVICE_DEPLOYMENT_IN_PROGRESS": ("deployment-started", Severity.INFO, Turn.TELLS, "deployment"),
}


@dataclass(frozen=True)
class Place:
    """A service of one of our clusters."""

    environment: str
    service: str


def read_task(envelope: Envelope) -> Signal | Ignored:
    detail = envelope.detail
    cluster = text(detail, "clusterArn").rpartition("/")[2]
    environment = _environment(cluster)
    if environment is None:
        return envelope.ignored(f"not ours: a task of the cluster {cluster or 'without a name'}")
    refused = _no_trouble(detail)
    if refused:
        return envelope.ignored(refused, environment)
    interrupted = text(detail, "stopCode") in INTERRUPTIONS
    return Signal(
        event_id=envelope.event_id,
        at=envelope.at,
        environment=environment,
        kind="task-interrupted" if interrupted else "task-stopped",
        subject=text(detail, "group").removeprefix("service:"),
        severity=Severity.INFO if interrupted else Severity.WARNING,
        turn=Turn.TELLS,
        source=text(detail, "taskArn").rpartition("/")[2] or envelope.event_id,
        region=envelope.region,
        facts=_stop_facts(detail),
    )


def _no_trouble(detail: Mapping[str, object]) -> str:
    """Why the task's event calls for nothing, or "" if it was a stop that nobody asked for."""
    status = text(detail, "lastStatus")
    if text(detail, "startedBy").startswith(STARTED_BY):
        return "a one-off task of the control plane itself"
    if not text(detail, "group").startswith("service:"):
        return "a task of no service"
    if status != "STOPPED":
        return f"the task is {status or 'in no state'}: only its end tells something"
    return _meant(detail)


def _meant(detail: Mapping[str, object]) -> str:
    code, reason = text(detail, "stopCode"), text(detail, "stoppedReason")
    if "health check" in reason.lower():  # ECS itself stops what fails its health checks
        return ""
    if code in OUR_STOPS:
        return f"a normal stop: {OUR_STOPS[code]}"
    if code == "EssentialContainerExited" and _exit_codes(detail) == {SIGTERM_EXIT}:
        return "a normal stop: it ended on SIGTERM"
    return ""


def _exit_codes(detail: Mapping[str, object]) -> set[float]:
    containers = under(detail, "containers")
    found = (number(one, "exitCode") for one in containers) if isinstance(containers, list) else ()
    return {code for code in found if code is not None}


def _stop_facts(detail: Mapping[str, object]) -> dict[str, object]:
    found = {
        "stop_code": text(detail, "stopCode"),
        "reason": text(detail, "stoppedReason"),
        "zone": text(detail, "availabilityZone"),
        "exit_codes": sorted(int(code) for code in _exit_codes(detail)),
    }
    return {name: value for name, value in found.items() if value not in ("", [])}


def read_service_action(envelope: Envelope) -> Signal | Ignored:
    return _of_service(envelope, SERVICE_ACTIONS)


def read_deployment(envelope: Envelope) -> Signal | Ignored:
    return _of_service(envelope, DEPLOYMENT_CHANGES)


def _of_service(envelope: Envelope, meanings: Mapping[str, Meaning]) -> Signal | Ignored:
    place, name = _place(envelope), text(envelope.detail, "eventName")
    if place is None:
        return envelope.ignored(f"not ours: {' '.join(envelope.resources)[:200] or 'no service is named'}")
    if name not in meanings:
        return envelope.ignored(f"unknown: {name or 'an event without a name'}", place.environment)
    kind, severity, turn, source = meanings[name]
    reason = text(envelope.detail, "reason")
    return Signal(
        event_id=envelope.event_id,
        at=envelope.at,
        environment=place.environment,
        kind=kind,
        subject=place.service,
        severity=severity,
        turn=turn,
        source=source,
        region=envelope.region,
        facts={"reason": reason} if reason else {},
    )


def _place(envelope: Envelope) -> Place | None:
    """From the service's ARN: the detail of older events does not name the cluster."""
    for resource in envelope.resources:
        parts = resource.rpartition(":")[2].split("/")
        if len(parts) == 3 and parts[0] == "service" and parts[2]:
            environment = _environment(parts[1])
            return None if environment is None else Place(environment, parts[2][:255])
    return None


def _environment(cluster: str) -> str | None:
    environment = environment_in(cluster)
    return environment if cluster == f"stargate-{environment}" else None
