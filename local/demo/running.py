"""A running gateway from outside: what moves it, and what the twin and AWS's own services say of it.

Nothing here asks the control plane, but for its logs: what it says of itself is held against this.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local.demo.connection import Connection

SERVICE = "litellm"
RECEIVER = "/aws/lambda/stargate-receive-signal"

Document = dict[str, Any]


@dataclass(frozen=True)
class Bounds:
    minimum: int
    maximum: int

    def __str__(self) -> str:
        return f"{self.minimum} to {self.maximum}"


DECLARED = Bounds(2, 6)  # of the preset sandbox


@dataclass(frozen=True)
class Truth:
    """How the gateway really is, as only the twin can know; `cpu` in percent, of the tasks that serve."""

    at: float
    users: int
    desired: int
    serving: tuple[str, ...]
    states: Mapping[str, int]
    cpu: float
    waiting_seconds: float


@dataclass(frozen=True)
class Alarm:
    name: str
    state: str
    since: float


@dataclass(frozen=True)
class StoppedTask:
    task_id: str
    code: str
    exit_code: int | None


class Running:
    def __init__(self, connection: Connection, environment: str) -> None:
        self.environment = environment
        self.cluster = f"stargate-{environment}"
        self._control = connection.control
        self._ecs = connection.client("ecs")
        self._metrics = connection.client("cloudwatch")
        self._scaling = connection.client("application-autoscaling")
        self._logs = connection.client("logs")
        self._quotas = connection.client("service-quotas")

    # What moves it.

    def set_users(self, users: int) -> None:
        self._control("POST", "/users", {"environment": self.environment, "users": users})

    def crash_task(self, task_id: str | None = None) -> None:
        order = {"environment": self.environment, "what": "crash_task", "service": SERVICE}
        self._control("POST", "/break", order if task_id is None else {**order, "task_id": task_id})

    def set_failover(self, seconds: float) -> None:
        """How long the database's next failover shall take."""
        self._control("POST", "/failover", {"environment": self.environment, "seconds": seconds})

    def grant(self, code: str, value: float) -> None:
        """The account has so much of a quota from now on, and Bedrock holds to it."""
        self._control("POST", "/quotas", {"code": code, "value": value})

    def grant_all(self) -> None:
        """The account has all its quotas as at the beginning."""
        self._control("DELETE", "/quotas", {})

    def redeliver(self, event_id: str, **changed: object) -> Document:
        """Have an event come once more: the very same, with a new id, or as of another moment."""
        found: Document = self._control("POST", "/events/redeliver", {"id": event_id, **changed})
        return found

    # What is so.

    def now(self) -> float:
        return float(self._control("GET", "/clock")["now"])

    def truth(self) -> Truth:
        found = self._control("POST", "/truth", {"environment": self.environment})
        service = found["services"][SERVICE]
        serving = [task for task in service["tasks"] if task["serving"]]
        loads = [task.get("cpu_percent", 0.0) for task in serving]
        return Truth(
            at=found["at"],
            users=found["users"]["count"],
            desired=service["desired"],
            serving=tuple(task["task_id"] for task in serving),
            states=service["states"],
            cpu=sum(loads) / len(loads) if loads else 0.0,
            waiting_seconds=max((task.get("waiting_seconds", 0.0) for task in serving), default=0.0),
        )

    def bounds(self) -> Bounds:
        target = self._scaling.describe_scalable_targets(
            ServiceNamespace="ecs", ResourceIds=[f"service/{self.cluster}/{SERVICE}"]
        )["ScalableTargets"][0]
        return Bounds(target["MinCapacity"], target["MaxCapacity"])

    def scalings(self, since: float = 0.0) -> list[str]:
        """Why Application Auto Scaling changed the number of tasks, the newest first."""
        activities = self._scaling.describe_scaling_activities(
            ServiceNamespace="ecs", ResourceId=f"service/{self.cluster}/{SERVICE}"
        )["ScalingActivities"]
        return [
            f"{activity['Description']} {activity['Cause']}"
            for activity in activities
            if activity["StartTime"].timestamp() >= since
        ]

    def alarm(self, level: str) -> Alarm:
        name = f"{self.cluster}-{SERVICE}-cpu-{level}"
        found = self._metrics.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]
        return Alarm(name, found["StateValue"], found["StateUpdatedTimestamp"].timestamp())

    def cpu_minutes(self, since: float) -> list[tuple[float, float]]:
        """CloudWatch's CPU of the service, minute by minute: when each began, and its average in percent."""
        points = self._metrics.get_metric_statistics(
            Namespace="AWS/ECS",
            MetricName="CPUUtilization",
            Dimensions=[
                {"Name": "ClusterName", "Value": self.cluster},
                {"Name": "ServiceName", "Value": SERVICE},
            ],
            StartTime=datetime.fromtimestamp(since, UTC),
            EndTime=datetime.fromtimestamp(self.now() + 60, UTC),
            Period=60,
            Statistics=["Average"],
        )["Datapoints"]
        return sorted((point["Timestamp"].timestamp(), point["Average"]) for point in points)

    def service(self) -> Document:
        """Of ECS's description: `desired`, `running`, and the id of the `deployment` in charge."""
        found = self._ecs.describe_services(cluster=self.cluster, services=[SERVICE])["services"][0]
        primary = next(one for one in found["deployments"] if one["status"] == "PRIMARY")
        return {
            "desired": found["desiredCount"],
            "running": found["runningCount"],
            "deployment": primary["id"],
            "deployments": len(found["deployments"]),
        }

    def stopped(self, task_id: str) -> StoppedTask:
        found = self._ecs.describe_tasks(cluster=self.cluster, tasks=[task_id])["tasks"][0]
        codes = [container.get("exitCode") for container in found["containers"]]
        return StoppedTask(task_id, found.get("stopCode", ""), codes[0] if codes else None)

    def asked_for(self, code: str) -> list[int]:
        """Each increase of one of Bedrock's quotas that Service Quotas was asked for."""
        history = self._quotas.list_requested_service_quota_change_history_by_quota(
            ServiceCode="bedrock", QuotaCode=code
        )["RequestedQuotas"]
        return [round(one["DesiredValue"]) for one in history]

    def event(self, event_id: str) -> Document | None:
        """What the bus has carried under an id."""
        events = self._control("GET", "/events")["events"]
        return next((event for event in events if event["id"] == event_id), None)

    def taken(self) -> list[str]:
        """What the control plane's receiver made of each event that came to it, by its log."""
        pages = self._logs.get_paginator("filter_log_events").paginate(
            logGroupName=RECEIVER, filterPattern="outcome"
        )
        messages = (event["message"] for page in pages for event in page["events"])
        found = (_document(message).get("outcome") for message in messages)
        return [outcome for outcome in found if outcome]


def _document(message: str) -> Document:
    try:
        found = json.loads(message)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
