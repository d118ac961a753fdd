"""The kinds of drill: what each breaks, which promise it proves, and what may ring meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from stargate.domain.drills.objectives import DATABASE, GRAFANA, LANGFUSE, LITELLM, METRICS

if TYPE_CHECKING:
    from collections.abc import Mapping


class Kind(StrEnum):
    DATABASE_FAILOVER = "database-failover"
    LITELLM_TASK = "litellm-task"
    GRAFANA_TASK = "grafana-task"
    LANGFUSE_TASK = "langfuse-task"
    METRICS_TASK = "victoria-metrics-task"
    ZONE_LOSS = "zone-loss"
    DATABASE_RESTORE = "database-restore"


class Needed(StrEnum):
    """What a kind needs of a gateway beyond what every drill does."""

    STANDBY = "standby"
    BACKUP = "backup"
    TASK = "task"
    ZONES = "zones"


@dataclass(frozen=True)
class Trial:
    """One kind. `breaks` is empty where only the drill itself can tell, or where nothing is broken.

    `promise` names the row of the specification's table or its failure scenario. `conditions` are the keys
    of those that the failure itself may open (`kind#subject`), `alarms` what may follow
    `stargate-<environment>-` in the names of those that it may ring: these are muted.
    """

    kind: Kind
    promise: str
    failure: str
    needs: frozenset[Needed]
    breaks: tuple[str, ...] = ()
    conditions: frozenset[str] = frozenset()
    alarms: frozenset[str] = frozenset()

    @property
    def runs_beside(self) -> bool:
        """Whether it leaves the gateway alone, so that the loop may go on meanwhile."""
        return self.kind is Kind.DATABASE_RESTORE


LEVELS = ("warning", "critical")


def _both(*measures: str) -> frozenset[str]:
    return frozenset(f"{measure}-{level}" for measure in measures for level in LEVELS)


# Requests that fail, fewer tasks for the same load, and connections that all come back at once.
OF_LITELLM = _both("litellm-cpu", "litellm-memory", "litellm-errors", "litellm-first-token")
OF_DATABASE = _both("database-cpu", "database-connections")
LOAD = frozenset({f"{kind}-high#{LITELLM}" for kind in ("cpu", "memory", "errors", "latency")})
DATABASE_WORK = frozenset({f"cpu-high#{DATABASE}", f"connections-high#{DATABASE}"})
# What every failover of the database may bring: a LiteLLM that lives and refuses keys is the worst of it.
FAILOVER = frozenset({f"database-failover#{DATABASE}", f"keys-refused#{LITELLM}"}) | DATABASE_WORK


def _stops(*services: str) -> frozenset[str]:
    return frozenset(f"task-stopped#{service}" for service in services)


def _task(kind: Kind, service: str) -> Trial:
    return Trial(
        kind,
        f"RTO of {service}; scenario 2: task crash",
        f"stop the {service} task that runs longest",
        frozenset({Needed.TASK}),
        (service,),
        _stops(service) | (LOAD if service == LITELLM else frozenset()),
        OF_LITELLM if service == LITELLM else frozenset(),
    )


TRIALS: Mapping[Kind, Trial] = {
    trial.kind: trial
    for trial in (
        Trial(
            Kind.DATABASE_FAILOVER,
            "RTO and RPO of RDS PostgreSQL; scenario 3: database failure",
            "reboot the database with failover to its standby",
            frozenset({Needed.STANDBY, Needed.BACKUP}),
            (DATABASE,),
            FAILOVER | LOAD | _stops(LITELLM, LANGFUSE, GRAFANA),
            OF_LITELLM | OF_DATABASE,
        ),
        _task(Kind.LITELLM_TASK, LITELLM),
        _task(Kind.GRAFANA_TASK, GRAFANA),
        _task(Kind.LANGFUSE_TASK, LANGFUSE),
        _task(Kind.METRICS_TASK, METRICS),
        Trial(
            Kind.ZONE_LOSS,
            "scenario 1: single AZ failure",
            "take one zone from balancer and services, stop its tasks, fail the database over if it is there",
            frozenset({Needed.ZONES, Needed.BACKUP}),
            (),
            FAILOVER | LOAD | _stops(LITELLM, LANGFUSE, GRAFANA, METRICS),
            OF_LITELLM | OF_DATABASE,
        ),
        Trial(
            Kind.DATABASE_RESTORE,
            "seven days of automated backups; point-in-time recovery",
            "restore the newest point in time to an instance beside, check it, delete it",
            frozenset({Needed.BACKUP}),
        ),
    )
}
# Whose task a kind stops.
SERVICE_OF: Mapping[Kind, str] = {
    kind: trial.breaks[0] for kind, trial in TRIALS.items() if Needed.TASK in trial.needs
}
