"""Every kind of signal there is: who tells it, and which condition it is about.

A signal opens, closes or only tells. What opens is about a condition of its own name, or of a wider one; what
closes names the condition that it ends; what only tells is about none, and says why nothing is decided on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ALARMS = "CloudWatch alarms"
TASKS = "ECS tasks"
SERVICES = "ECS services and deployments"
SCALING = "Application Auto Scaling"
RDS = "RDS"
HEALTH = "AWS Health"
QUOTAS = "quotas"
SECRETS = "Secrets Manager, by CloudTrail"
BEDROCK = "Bedrock"
STACKS = "CloudFormation"
MONEY = "money"
OWN = "the control plane itself"
OBSERVER = "the observer"
WEBHOOKS = "webhooks"


@dataclass(frozen=True)
class Kind:
    """`condition` is the one that it is about; None: `why` says why there is none."""

    name: str
    source: str
    says: str
    condition: str | None
    why: str = ""


def _opens(source: str, name: str, says: str, condition: str = "") -> Kind:
    return Kind(name, source, says, condition or name)


def _closes(source: str, name: str, condition: str, says: str) -> Kind:
    return Kind(name, source, says, condition)


def _tells(source: str, name: str, says: str, why: str) -> Kind:
    return Kind(name, source, says, None, why)


_ALL = (
    _opens(ALARMS, "cpu-high", "a service's or the database's CPU is over its threshold"),
    _opens(ALARMS, "memory-high", "a service's memory is over its threshold"),
    _opens(ALARMS, "errors-high", "the gateway answers 5xx more often than it may"),
    _opens(ALARMS, "latency-high", "the first token comes later than it may"),
    _opens(ALARMS, "connections-high", "the database's connections are nearly used up"),
    _opens(ALARMS, "alarm", "an alarm of somebody's own, named as ours are"),
    _opens(TASKS, "task-stopped", "a task ended that nobody meant to end, with its cause"),
    _tells(
        TASKS,
        "task-interrupted",
        "AWS takes its Spot capacity back",
        "ECS replaces the task, in two minutes from the warning; what cannot be placed is told by ECS",
    ),
    _opens(SERVICES, "start-impaired", "a service cannot start tasks", "task-stopped"),
    _closes(SERVICES, "steady-state", "task-stopped", "a service has all its tasks and they are well"),
    _opens(SERVICES, "placement-failed", "there is no capacity for a task, or no address"),
    _opens(SERVICES, "deployment-failed", "a deployment was given up"),
    _closes(SERVICES, "deployment-completed", "deployment-failed", "a deployment is complete"),
    _tells(SERVICES, "deployment-started", "a deployment began", "a deployment is no problem until it fails"),
    _tells(
        SERVICES,
        "scheduler-throttled",
        "ECS's own calls are throttled",
        "ECS tries again by itself; what it cannot do in time is told as a stop or a failed placement",
    ),
    _tells(
        SERVICES,
        "discovery-unhealthy",
        "Cloud Map has an unhealthy instance",
        "the task's own health check decides on the task",
    ),
    _tells(
        SERVICES,
        "service-warned",
        "ECS warns of something that no table here knows",
        "read it: what comes of it is told by stops, placements and alarms",
    ),
    _tells(
        SCALING,
        "at-maximum",
        "a scalable target is at its maximum",
        "whether more is needed is told by the alarms on CPU",
    ),
    _opens(RDS, "failover-started", "the database fails over", "database-failover"),
    _closes(RDS, "failover-completed", "database-failover", "the database has failed over"),
    _tells(
        RDS,
        "failover-refused",
        "a requested failover is not done: there was one just now",
        "RDS will not fail over again so soon; the database's own events tell how it goes on",
    ),
    _tells(
        RDS,
        "failover-failed",
        "a cluster could not fail over",
        "a gateway has an instance and no cluster: look at what made one",
    ),
    _opens(RDS, "database-failed", "the database has failed, and RDS cannot mend it"),
    _closes(RDS, "database-recovered", "database-failed", "the database, or its standby, is recovered"),
    _tells(
        RDS,
        "database-recovering",
        "RDS recovers the database, or its standby",
        "RDS recovers the database by itself; wait for its recovery to be told",
    ),
    _tells(
        RDS,
        "database-restarted",
        "the database was restarted",
        "the applications connect again; alarms on errors tell if they do not",
    ),
    _tells(
        RDS,
        "database-restart-failed",
        "the database could not be restarted",
        "RDS goes on trying; the database's failure would be told by its own event",
    ),
    _tells(
        RDS,
        "database-shut-down",
        "the database shuts down",
        "it is part of a restart or of a stop, and RDS tells which by its next event",
    ),
    _opens(RDS, "database-stopped", "somebody stopped the database of a gateway that is awake"),
    _closes(RDS, "database-started", "database-stopped", "the database was started"),
    _tells(
        RDS,
        "database-maintenance",
        "the database is patched or upgraded; a warning where it is away meanwhile",
        "RDS works on it in its window; a failover is told by its own event",
    ),
    _tells(
        RDS,
        "upgrade-failed",
        "an upgrade of the engine failed and was taken back",
        "the database serves as before: find out why before the next window",
    ),
    _tells(
        RDS,
        "database-changed",
        "the database's configuration changed",
        "a change of its configuration is no problem by itself",
    ),
    _tells(
        RDS,
        "database-warned",
        "RDS could not do something, and the database serves on",
        "the database serves: its message says what a person should see to",
    ),
    _tells(
        RDS,
        "database-memory-low",
        "RDS took memory from the database's cache",
        "RDS has made room by itself; a larger class is for the alarms on CPU and connections to ask for",
    ),
    _opens(RDS, "database-deleted", "somebody deleted the database of a gateway that stands"),
    _opens(RDS, "database-key-lost", "RDS cannot reach the database's KMS key"),
    _closes(RDS, "database-key-back", "database-key-lost", "RDS reaches the KMS key again"),
    _opens(RDS, "storage-low", "the database's storage is nearly used up"),
    _opens(RDS, "storage-full", "the database's storage is used up", "storage-low"),
    _closes(RDS, "storage-grew", "storage-low", "the database has its larger storage"),
    _tells(
        RDS,
        "storage-growing",
        "RDS enlarges the storage",
        "RDS enlarges storage by itself, up to what the environment declares",
    ),
    _opens(HEALTH, "health-issue", "AWS has an issue, or looks into one (a warning)"),
    _opens(HEALTH, "task-retirement", "AWS will renew the hosts of a service's tasks"),
    _tells(
        HEALTH,
        "health-scheduled-change",
        "AWS will change something",
        "AWS says when: read it, and choose a quieter moment if there is one",
    ),
    _tells(HEALTH, "health-notice", "AWS lets know", "a notice, for reading"),
    _opens(HEALTH, "security-risk", "somebody may have the account's credentials, or abuse comes from it"),
    _opens(QUOTAS, "quota-warning", "a quota is used from 80 % on, critical from 95 % on"),
    _tells(
        QUOTAS, "quota-changed", "a quota's change was asked for or made", "a quota's change is no problem"
    ),
    _opens(SECRETS, "secret-rotated", "a secret has a new value"),
    _opens(SECRETS, "rotation-failed", "a secret could not be rotated"),
    _opens(SECRETS, "secret-deleted", "somebody has a secret of a gateway that stands deleted"),
    _closes(SECRETS, "secret-restored", "secret-deleted", "a deleted secret is restored"),
    _tells(
        SECRETS, "secret-aged", "an old version of a secret goes", "nobody reads a version without a label"
    ),
    _opens(BEDROCK, "model-throttled", "Bedrock refuses calls for their rate"),
    _opens(BEDROCK, "quota-high", "a model's quota is nearly used up, or will be in minutes"),
    _opens(STACKS, "stack-failed", "a stack failed; a warning where its change was taken back"),
    _closes(STACKS, "stack-changed", "stack-failed", "a stack stands as it should"),
    _tells(
        STACKS,
        "stack-deleted",
        "a stack was deleted",
        "of an environment that stands somebody deleted it by hand: ask who",
    ),
    _opens(STACKS, "drift-detected", "a stack is not as its template says"),
    _closes(STACKS, "drift-over", "drift-detected", "a stack is as its template says"),
    _opens(
        MONEY,
        "cost-anomaly",
        "something costs more than it used to; critical from $100, or tokens cost ten times what is usual",
    ),
    _opens(MONEY, "budget-passed", "a budget's threshold is passed; critical once it is spent"),
    _opens(OWN, "control-plane-failing", "an alarm on the control plane itself rings"),
    _tells(
        OWN,
        "workflow-failed",
        "a workflow of the control plane ended badly",
        "its own end has settled what it worked on; the ledger says what and why",
    ),
    _opens(OBSERVER, "keys-refused", "LiteLLM refuses a good key; critical if every task does"),
    _closes(OBSERVER, "keys-served", "keys-refused", "every task of LiteLLM serves a key"),
    _opens(WEBHOOKS, "alert", "an alert of Alertmanager's or Grafana's"),
)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _ALL}
CONDITIONS = frozenset(kind.condition for kind in _ALL if kind.condition is not None)
