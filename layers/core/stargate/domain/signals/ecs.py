"""ECS: services that act, deployments that end. Tasks that stop are read in `tasks`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.signals.envelope import environment_in, text
from stargate.domain.signals.signal import Ignored, Seen, Severity, Signal, Turn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.signals.envelope import Envelope

# What a service's or deployment's event means → kind, severity, turn, who reports it.
# Source: the Amazon ECS developer guide's lists of service action and deployment events.
Meaning = tuple[str, Severity, Turn, str]
STARTED: Meaning = ("deployment-started", Severity.INFO, Turn.TELLS, "deployment")
COMPLETED: Meaning = ("deployment-completed", Severity.INFO, Turn.CLOSES, "deployment")
FAILED: Meaning = ("deployment-failed", Severity.WARNING, Turn.OPENS, "deployment")
IMPAIRED: Meaning = ("start-impaired", Severity.CRITICAL, Turn.OPENS, "scheduler")
THROTTLED: Meaning = ("scheduler-throttled", Severity.WARNING, Turn.TELLS, "scheduler")
MEANINGS: Mapping[str, Meaning] = {
    "SERVICE_DEPLOYMENT_IN_PROGRESS": STARTED,
    "SERVICE_DEPLOYMENT_COMPLETED": COMPLETED,
    "SERVICE_DEPLOYMENT_FAILED": FAILED,
    "SERVICE_STEADY_STATE": ("steady-state", Severity.INFO, Turn.CLOSES, "scheduler"),
    "SERVICE_TASK_START_IMPAIRED": IMPAIRED,
    "SERVICE_TASK_CONFIGURATION_FAILURE": IMPAIRED,
    "SERVICE_TASK_PLACEMENT_FAILURE": ("placement-failed", Severity.CRITICAL, Turn.OPENS, "scheduler"),
    "SERVICE_DISCOVERY_INSTANCE_UNHEALTHY": (
        "discovery-unhealthy",
        Severity.WARNING,
        Turn.TELLS,
        "scheduler",
    ),
    "ECS_OPERATION_THROTTLED": THROTTLED,
    "SERVICE_DISCOVERY_OPERATION_THROTTLED": THROTTLED,
}
NO_CONCERN: Mapping[str, str] = {
    "SERVICE_DESIRED_COUNT_UPDATED": "a count that is moved is told by what moved it",
    "TASKS_STOPPED": "each task tells of its own stop",
    "TASKSET_STEADY_STATE": "a gateway has no task sets",
    "CAPACITY_PROVIDER_STEADY_STATE": "a capacity provider at rest",
    "SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED": "a gateway has no daemon services",
    "VPC_LATTICE_TARGET_UNHEALTHY": "a gateway has no VPC Lattice",
}
# What ECS may tell one day that is in no list of ours yet: by how it calls it.
BY_TYPE: Mapping[str, Severity] = {"WARN": Severity.WARNING, "ERROR": Severity.CRITICAL}


@dataclass(frozen=True)
class Place:
    """A service of a cluster, and the environment whose cluster it is, if it is one of ours."""

    environment: str | None
    service: str


def read_service(envelope: Envelope) -> Signal | Ignored:
    """A service action or a deployment's change: ECS tells of a deployment by either."""
    place, name = _place(envelope), text(envelope.detail, "eventName")
    what = " ".join(envelope.resources)[:200] or "no service is named"
    meaning = MEANINGS.get(name) or _by_type(envelope)
    if meaning is None:
        why = NO_CONCERN.get(name, f"unknown: {name or 'an event without a name'}")
        return envelope.ignored(why if place.environment else f"not ours: {what}; {why}", place.environment)
    kind, severity, turn, source = meaning
    told = {"reason": text(envelope.detail, "reason"), "event": name}
    facts = {fact: value for fact, value in told.items() if value}
    return envelope.told(Seen(kind, severity, turn, place.service, source, facts), place.environment, what)


def _by_type(envelope: Envelope) -> Meaning | None:
    name = text(envelope.detail, "eventName")
    severity = BY_TYPE.get(text(envelope.detail, "eventType").upper())
    if severity is None or not name or name in NO_CONCERN:
        return None
    return "service-warned", severity, Turn.TELLS, "scheduler"


def _place(envelope: Envelope) -> Place:
    """From the service's ARN: the detail of older events does not name the cluster."""
    cluster = text(envelope.detail, "clusterArn").rpartition("/")[2]
    for resource in envelope.resources:
        parts = resource.rpartition(":")[2].split("/")
        if len(parts) == 2 and cluster:  # an ARN of the old form
            parts.insert(1, cluster)
        if len(parts) == 3 and parts[0] == "service" and parts[2]:
            return Place(environment_of_cluster(parts[1]), parts[2][:255])
    return Place(None, "a service without a name")


def environment_of_cluster(cluster: str) -> str | None:
    environment = environment_in(cluster)
    return environment if cluster == f"stargate-{environment}" else None
