"""ECS: tasks that stop, services that act, deployments that end.

Most stops are no trouble: scaling in, deploying, somebody stopping a task, SIGTERM's 143. What is left is
a stop that nobody asked for; one of those ECS mends by itself, several in a row it cannot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.provisioning.events import STARTED_BY
from stargate.domain.signals.envelope import environment_in, number, text, under
from stargate.domain.signals.signal import Ignored, Seen, Severity, Signal, Turn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.signals.envelope import Envelope

SIGTERM_EXIT = 143
CAUSES: Mapping[str, str] = {  # looked for in this order
    "outofmemory": "out of memory",
    "health check": "failed health check",
    "spotinterruption": "spot interruption",
    "terminationnotice": "spot interruption",
    "taskfailedtostart": "failed to start",
    "cannotpullcontainer": "failed to start",
    "resourceinitialization": "failed to start",
    "essentialcontainerexited": "essential container exited",
}
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
    environment, refused = _environment(cluster), _no_trouble(detail)
    what = f"a task of the cluster {cluster or 'without a name'}"
    if refused:
        return envelope.ignored(refused if environment else f"not ours: {what}; {refused}", environment)
    interrupted = text(detail, "stopCode") in INTERRUPTIONS
    seen = Seen(
        kind="task-interrupted" if interrupted else "task-stopped",
        severity=Severity.INFO if interrupted else Severity.WARNING,
        turn=Turn.TELLS,
        subject=text(detail, "group").removeprefix("service:"),
        source=text(detail, "taskArn").rpartition("/")[2] or envelope.event_id,
        facts=_stop_facts(detail),
    )
    return envelope.told(seen, environment, what)


def _no_trouble(detail: Mapping[str, object]) -> str:
    """Why the task's event calls for nothing, or "" if it was a stop that nobody asked for."""
    status = text(detail, "lastStatus")
    if text(detail, "startedBy").startswith(STARTED_BY):
        return "a one-off task of the control plane itself"
    if text(detail, "stopCode") in INTERRUPTIONS:  # told two minutes before the task ends
        return ""
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
        "cause": _cause(detail),
        "stop_code": text(detail, "stopCode"),
        "reason": text(detail, "stoppedReason"),
        "zone": text(detail, "availabilityZone"),
        "exit_codes": sorted(int(code) for code in _exit_codes(detail)),
    }
    return {name: value for name, value in found.items() if value not in ("", [])}


def _cause(detail: Mapping[str, object]) -> str:
    """In one word what ECS says in several places; 137 alone may be anybody's SIGKILL."""
    containers = under(detail, "containers")
    said = [text(one, "reason") for one in containers] if isinstance(containers, list) else []
    told = " ".join([text(detail, "stopCode"), text(detail, "stoppedReason"), *said]).lower()
    return next((cause for word, cause in CAUSES.items() if word in told), "")


def read_service_action(envelope: Envelope) -> Signal | Ignored:
    return _of_service(envelope, SERVICE_ACTIONS)


def read_deployment(envelope: Envelope) -> Signal | Ignored:
    return _of_service(envelope, DEPLOYMENT_CHANGES)


def _of_service(envelope: Envelope, meanings: Mapping[str, Meaning]) -> Signal | Ignored:
    place, name = _place(envelope), text(envelope.detail, "eventName")
    what = " ".join(envelope.resources)[:200] or "no service is named"
    if name not in meanings:
        unknown = f"unknown: {name or 'an event without a name'}"
        return (
            envelope.ignored(unknown, place.environment) if place else envelope.ignored(f"not ours: {what}")
        )
    kind, severity, turn, source = meanings[name]
    reason = text(envelope.detail, "reason")
    subject = place.service if place else what.rpartition("/")[2]
    seen = Seen(kind, severity, turn, subject, source, {"reason": reason} if reason else {})
    return envelope.told(seen, place.environment if place else None, what)


def _place(envelope: Envelope) -> Place | None:
    """From the service's ARN: the detail of older events does not name the cluster."""
    cluster = text(envelope.detail, "clusterArn").rpartition("/")[2]
    for resource in envelope.resources:
        parts = resource.rpartition(":")[2].split("/")
        if len(parts) == 2 and cluster:  # an ARN of the old form
            parts.insert(1, cluster)
        if len(parts) == 3 and parts[0] == "service" and parts[2]:
            environment = _environment(parts[1])
            return None if environment is None else Place(environment, parts[2][:255])
    return None


def _environment(cluster: str) -> str | None:
    environment = environment_in(cluster)
    return environment if cluster == f"stargate-{environment}" else None
