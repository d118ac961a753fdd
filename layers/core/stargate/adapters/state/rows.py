"""How environments, nodes and ledger entries are laid out as rows of the one table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stargate.domain.costs.budget import Budget
from stargate.domain.drills.policy import Policy
from stargate.domain.environment import (
    ACTIONS_AN_HOUR,
    RETIRED_KEPT_SECONDS,
    Check,
    Declared,
    Environment,
    Mode,
    Status,
    Work,
)
from stargate.domain.failure import Failure
from stargate.domain.gateway.presets import Spec
from stargate.domain.ledger import Entry
from stargate.domain.life.ends import Deadline, Farewell, Kept
from stargate.domain.life.hours import Hours
from stargate.domain.life.rest import Rest
from stargate.domain.life.schedule import Schedule
from stargate.domain.provisioning.progress import NodeState, NodeStatus

if TYPE_CHECKING:
    from stargate.domain.gateway.shared import SharedSecrets

Row = dict[str, Any]

LISTED = "environments"


def environment_key(environment_id: str) -> Row:
    return {"pk": f"env#{environment_id}", "sk": "environment"}


def name_key(name: str) -> Row:
    return {"pk": f"name#{name}", "sk": "name"}


def shared_key(shared: SharedSecrets) -> Row:
    return {"pk": f"shared#{shared.preset}#{shared.region}", "sk": "sharers"}


def history_key(preset: str) -> Row:
    return {"pk": "history", "sk": preset}


def node_key(environment_id: str, name: str) -> Row:
    return {"pk": f"env#{environment_id}", "sk": f"node#{name}"}


def environment_row(environment: Environment) -> Row:
    row: Row = {
        **environment_key(environment.environment_id),
        "gsi1pk": LISTED,
        "gsi1sk": f"{round(environment.created_at * 1000):013d}#{environment.environment_id}",
        "id": environment.environment_id,
        "name": environment.name,
        "preset": environment.preset,
        "region": environment.region,
        "status": environment.status.value,
        "mode": environment.mode.value,
        "attempt": environment.attempt,
        "gateway_version": environment.gateway_version,
        "spec": environment.spec.document(),
        "created_at": environment.created_at,
        "updated_at": environment.updated_at,
        "attempt_started_at": environment.attempt_started_at,
        "cause": environment.cause,
        "asked_by": environment.asked_by,
        "failure": environment.failure.document() if environment.failure else None,
        "checks": [check.document() for check in environment.checks],
        "work": environment.work.value,
        "deletion_protection": environment.deletion_protection,
        "deadline": environment.deadline.document() if environment.deadline else None,
        "farewell": environment.farewell.document(),
        "kept": [one.document() for one in environment.kept],
        "rest": environment.rest.document() if environment.rest else None,
        "schedule": environment.schedule.document() if environment.schedule else None,
        "budget": environment.budget.document() if environment.budget else None,
        "maintenance": environment.maintenance.document() if environment.maintenance else None,
        "actions_an_hour": environment.actions_an_hour,
        "approvers": list(environment.approvers),
        "followed": environment.followed,
        "drills": environment.drills.document() if environment.drills else None,
        "undo": _declared(environment.undo),
        "undone": environment.undone.document() if environment.undone else None,
        "skips": {stack: list(names) for stack, names in environment.skips.items()},
        "shares": environment.shares,
        "left": list(environment.left),
        "revision": environment.revision,
    }
    if environment.status is Status.RETIRED:
        row["expires_at"] = round(environment.updated_at) + RETIRED_KEPT_SECONDS
    return row


def environment_of(row: Row) -> Environment:
    failure = row.get("failure")
    return Environment(
        environment_id=row["id"],
        name=row["name"],
        preset=row["preset"],
        region=row["region"],
        status=Status(row["status"]),
        attempt=row["attempt"],
        gateway_version=row["gateway_version"],
        spec=Spec.from_document(row["spec"]),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        attempt_started_at=row["attempt_started_at"],
        cause=row["cause"],
        asked_by=row.get("asked_by", ""),
        failure=Failure.from_document(failure) if failure else None,
        checks=tuple(Check(**check) for check in row.get("checks", [])),
        mode=Mode(row.get("mode", Mode.ACT)),
        work=Work(row.get("work") or _work_by_status(row["status"])),
        deletion_protection=row.get("deletion_protection", False),
        deadline=Deadline(**row["deadline"]) if row.get("deadline") else None,
        farewell=Farewell(**row.get("farewell", {})),
        kept=tuple(Kept(**one) for one in row.get("kept", [])),
        rest=Rest.from_document(row["rest"]) if row.get("rest") else None,
        schedule=Schedule.from_document(row["schedule"]) if row.get("schedule") else None,
        budget=Budget.from_document(row["budget"]) if row.get("budget") else None,
        maintenance=Hours.from_document(row["maintenance"]) if row.get("maintenance") else None,
        actions_an_hour=row.get("actions_an_hour", ACTIONS_AN_HOUR),
        approvers=tuple(row.get("approvers", ())),
        followed=row.get("followed"),
        drills=Policy.from_document(row["drills"]) if row.get("drills") else None,
        undo=_declared_of(row.get("undo"), row["preset"]),
        undone=Failure.from_document(row["undone"]) if row.get("undone") else None,
        skips={stack: tuple(names) for stack, names in row.get("skips", {}).items()},
        shares=row.get("shares"),
        left=tuple(row.get("left", ())),
        revision=row.get("revision", 0),
    )


def _declared(declared: Declared | None) -> Row | None:
    if declared is None:
        return None
    return {
        "preset": declared.preset,
        "spec": declared.spec.document(),
        "gateway_version": declared.gateway_version,
    }


def _declared_of(row: Row | None, preset: str) -> Declared | None:
    """Of a row written before presets could change, that of the environment."""
    if row is None:
        return None
    return Declared(row.get("preset", preset), Spec.from_document(row["spec"]), row["gateway_version"])


def _work_by_status(status: str) -> Work:
    """Of a row written before attempts said what they are for."""
    return Work.RETIRE if status in {Status.RETIRING, Status.RETIRED} else Work.PROVISION


def node_fields(state: NodeState) -> Row:
    """All of a node but its token and its done set, which change by calls of their own."""
    return {
        "status": state.status.value,
        "attempt": state.attempt,
        "stack_id": state.stack_id,
        "total": state.total,
        "typical_seconds": state.typical_seconds,
        "typical_delete_seconds": state.typical_delete_seconds,
        "submitted_at": state.submitted_at,
        "submitted_attempt": state.submitted_attempt,
        "removed_attempt": state.removed_attempt,
        "rescued_attempt": state.rescued_attempt,
        "stood_at": state.stood_at,
        "failed_at": state.failed_at,
        "stood_attempt": state.stood_attempt,
        "applied": state.applied,
        "deleting_at": state.deleting_at,
        "gone_at": state.gone_at,
        "entry_id": state.entry_id,
        "failure": state.failure.document() if state.failure else None,
        "outputs": dict(state.outputs),
    }


def node_of(row: Row) -> NodeState:
    failure = row.get("failure")
    known = {name: row.get(name) for name in ("stack_id", "typical_delete_seconds", "submitted_at")}
    return NodeState(
        name=row["sk"].removeprefix("node#"),
        status=NodeStatus(row["status"]),
        attempt=row["attempt"],
        token=row.get("token"),
        done=row.get("done", frozenset()),
        total=row["total"],
        typical_seconds=row["typical_seconds"],
        submitted_attempt=row["submitted_attempt"],
        removed_attempt=row["removed_attempt"],
        rescued_attempt=row.get("rescued_attempt", 0),
        stood_at=row.get("stood_at"),
        failed_at=row.get("failed_at"),
        stood_attempt=row.get("stood_attempt", 0),
        applied=row.get("applied"),
        deleting_at=row.get("deleting_at"),
        gone_at=row.get("gone_at"),
        entry_id=row.get("entry_id"),
        failure=Failure.from_document(failure) if failure else None,
        outputs=row.get("outputs", {}),
        **known,
    )


def entry_row(environment_id: str, entry: Entry) -> Row:
    return {
        "pk": f"env#{environment_id}",
        "sk": f"ledger#{entry.entry_id}",
        "at": entry.at,
        "environment": entry.environment,
        "kind": entry.kind,
        "subject": entry.subject,
        "summary": entry.summary,
        "cause": entry.cause,
        "actor": entry.actor,
        "detail": entry.detail,
        "incident": entry.incident,
    }


def entry_of(row: Row) -> Entry:
    fields = ("at", "environment", "kind", "subject", "summary", "cause", "actor", "detail")
    known = {name: row[name] for name in fields}
    return Entry(entry_id=row["sk"].removeprefix("ledger#"), incident=row.get("incident"), **known)
