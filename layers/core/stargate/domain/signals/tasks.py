"""ECS tasks that stop.

Most stops are no trouble: scaling in, deploying, AWS renewing its hosts, somebody stopping a task, SIGTERM's
143. What is left is a stop that nobody asked for; one of those ECS mends by itself, several in a row it
cannot.

Source of codes and wordings: the Amazon ECS developer guide, "Amazon ECS stopped tasks error messages".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.provisioning.events import STARTED_BY
from stargate.domain.signals.ecs import environment_of_cluster
from stargate.domain.signals.envelope import number, text, under
from stargate.domain.signals.signal import Ignored, Seen, Severity, Signal, Turn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.signals.envelope import Envelope

SIGTERM_EXIT = 143
# Words of a stop, looked for in this order in its code, its reason and its containers' → its cause.
CAUSES: Mapping[str, str] = {
    "outofmemory": "out of memory",
    "health check": "failed health check",
    "spotinterruption": "spot interruption",
    "terminationnotice": "spot interruption",
    "spot task was interrupted": "spot interruption",
    "taskfailedtostart": "failed to start",
    "cannotpull": "failed to start",
    "cannotstartcontainer": "failed to start",
    "cannotcreate": "failed to start",
    "resourceinitialization": "failed to start",
    "network interface": "failed to start",
    "ephemeralstorage": "failed to start",
    "containerruntime": "failed to start",
    "essentialcontainerexited": "essential container exited",
    "essential container": "essential container exited",
}
# Why a task did not start, as far as it says so: what a person has to look at.
HINDRANCES: Mapping[str, str] = {
    "cannotpull": "its image cannot be pulled",
    "secret": "a secret or the registry's key cannot be read",
    "efs": "its file system cannot be mounted",
    "cannotcreatevolume": "its volume cannot be made",
    "network interface": "no network interface in time",
    "ephemeralstorage": "no storage in time",
    "capacity": "no capacity",
    "cannotstartcontainer": "its container cannot be started",
    "resourceinitialization": "what it needs cannot be fetched: secrets, logs or network",
}
MEANT_CODES = {  # the stop codes of a task that somebody or something meant to stop
    "ServiceSchedulerInitiated": "ECS scaled in or deployed",
    "UserInitiated": "somebody stopped it",
}
MEANT_WORDS = {  # reasons say it too, and older events have no code
    "maintenance on the underlying infrastructure": "AWS renews its host, and ECS has replaced it",
    "scaling activity initiated": "ECS scaled in or deployed",
    "stopped by user": "somebody stopped it",
    "draining": "its instance is drained",
}
INTERRUPTIONS = frozenset({"SpotInterruption", "TerminationNotice"})  # the newer and the older name
TOLD_OF_INTERRUPTION = frozenset({"RUNNING", "STOPPED"})  # announced two minutes ahead, and when it has come


def read_task(envelope: Envelope) -> Signal | Ignored:
    detail = envelope.detail
    cluster = text(detail, "clusterArn").rpartition("/")[2]
    environment, refused = environment_of_cluster(cluster), _no_trouble(detail)
    what = f"a task of the cluster {cluster or 'without a name'}"
    if refused:
        reason = refused if environment else f"not ours: {what}; {refused}"
        return envelope.ignored(reason, environment, _normal(envelope))
    task = text(detail, "taskArn").rpartition("/")[2] or envelope.event_id
    seen = Seen(
        kind="task-interrupted" if _interrupted(detail) else "task-stopped",
        severity=Severity.WARNING,
        turn=Turn.TELLS,
        subject=text(detail, "group").removeprefix("service:") or task,
        source=task,
        facts=_stop_facts(detail),
    )
    return envelope.told(seen, environment, what)


def _normal(envelope: Envelope) -> Seen | None:
    """A stop that is none of anybody's trouble; None of a task that has not stopped."""
    detail = envelope.detail
    if text(detail, "lastStatus") != "STOPPED":
        return None
    task = text(detail, "taskArn").rpartition("/")[2] or envelope.event_id
    subject = text(detail, "group").removeprefix("service:") or task
    return Seen("task-stopped", Severity.INFO, Turn.TELLS, subject, task, _stop_facts(detail))


def _no_trouble(detail: Mapping[str, object]) -> str:
    """Why the task's event calls for nothing, or "" if it was a stop that nobody asked for."""
    status = text(detail, "lastStatus")
    if text(detail, "startedBy").startswith(STARTED_BY):
        return "a one-off task of the control plane itself"
    if _interrupted(detail):
        told = status in TOLD_OF_INTERRUPTION or not status
        return "" if told else f"interrupted, and {status} by now: told when it began"
    if not text(detail, "group").startswith("service:"):
        return "a task of no service"
    if status != "STOPPED":
        return f"the task is {status or 'in no state'}: only its end tells something"
    return _meant(detail)


def _interrupted(detail: Mapping[str, object]) -> bool:
    return text(detail, "stopCode") in INTERRUPTIONS


def _meant(detail: Mapping[str, object]) -> str:
    code, reason = text(detail, "stopCode"), text(detail, "stoppedReason").lower()
    if "health check" in reason:  # ECS itself stops what fails its health checks
        return ""
    why = next((why for words, why in MEANT_WORDS.items() if words in reason), "") or MEANT_CODES.get(code)
    if why:
        return f"a normal stop: {why}"
    codes = _exit_codes(detail)
    if code in {"EssentialContainerExited", ""} and SIGTERM_EXIT in codes and codes <= {0, SIGTERM_EXIT}:
        return "a normal stop: it ended on SIGTERM"
    return ""


def _exit_codes(detail: Mapping[str, object]) -> set[float]:
    containers = under(detail, "containers")
    found = (number(one, "exitCode") for one in containers) if isinstance(containers, list) else ()
    return {code for code in found if code is not None}


def _stop_facts(detail: Mapping[str, object]) -> dict[str, object]:
    said = _said(detail)
    cause = _first(CAUSES, said)
    found = {
        "cause": cause,
        "hindrance": _first(HINDRANCES, said) if cause == "failed to start" else "",
        "stop_code": text(detail, "stopCode"),
        "reason": text(detail, "stoppedReason"),
        "zone": text(detail, "availabilityZone"),
        "exit_codes": sorted(int(code) for code in _exit_codes(detail)),
    }
    return {name: value for name, value in found.items() if value not in ("", [])}


def _said(detail: Mapping[str, object]) -> str:
    """Code, reason and what the containers say: 137 alone may be anybody's SIGKILL."""
    containers = under(detail, "containers")
    reasons = [text(one, "reason") for one in containers] if isinstance(containers, list) else []
    return " ".join([text(detail, "stopCode"), text(detail, "stoppedReason"), *reasons]).lower()


def _first(table: Mapping[str, str], said: str) -> str:
    return next((meaning for words, meaning in table.items() if words in said), "")
