"""How what is going on in an environment is laid out as rows: all of one environment under `ops#`."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from stargate.adapters.state.loop_rows import loop_state
from stargate.domain.operating.action import Action, ActionStatus, Expectation, Target
from stargate.domain.operating.conditions import Condition, Decided, Report, Stop
from stargate.domain.operating.holds import Hold
from stargate.domain.operating.incidents import Incident
from stargate.domain.operating.leases import Lease
from stargate.domain.operating.operations import Operations, place_of
from stargate.domain.people.approvals import Approval, ApprovalStatus
from stargate.domain.signals.signal import Severity
from stargate.errors import UnreadableRowError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from stargate.adapters.state.rows import Row
    from stargate.domain.operating.operations import OperationRow

OPERATIONS = "ops#"
OPEN = "open"  # the partition of the index with all that the minute's tick must look at
CLOSED_KEPT_SECONDS = 30 * 86400  # alerts have whatever names: what is long over is not read with each signal
ACTION_KEPT_SECONDS = 24 * 3600
APPROVAL_KEPT_SECONDS = 7 * 24 * 3600


def sort_key(row: OperationRow) -> str:
    """`ops#condition#cpu-high#litellm`, `ops#lease#database`."""
    where, key = place_of(row)
    return f"{OPERATIONS}{where.removesuffix('s')}#{key}"


def operation_row(environment_id: str, row: OperationRow) -> Row:
    """As it is to be written: one version higher than it was read."""
    key = {"pk": f"env#{environment_id}", "sk": sort_key(row)}
    written: Row = {**key, **asdict(row), "version": row.version + 1}
    if _is_open(row):
        written |= {"gsi1pk": OPEN, "gsi1sk": f"{environment_id}#{key['sk']}"}
    if isinstance(
        row, Lease | Approval
    ):  # the row outlives what it says: expires_at would end the row itself
        written["lapses_at"] = written.pop("expires_at")
    if isinstance(row, Action):
        written["expires_at"] = round(row.requested_at) + ACTION_KEPT_SECONDS
    if isinstance(row, Condition) and not row.open:
        written["expires_at"] = round(row.last_at) + CLOSED_KEPT_SECONDS
    if isinstance(row, Incident) and row.ended_at is not None:
        written["expires_at"] = (
            round(row.ended_at) + ACTION_KEPT_SECONDS
        )  # its record stays, see incident_rows
    if isinstance(row, Approval):
        written["expires_at"] = round(row.requested_at) + APPROVAL_KEPT_SECONDS
    return written


def environment_of_open(row: Row) -> str:
    """The environment's id in the index key of an open row."""
    return str(row["gsi1sk"].partition("#")[0])


def operations_of(rows: Iterable[Row]) -> Operations:
    known = Operations()
    for row in rows:
        known = known.with_row(_read(row))
    return known


def _is_open(row: OperationRow) -> bool:
    match row:
        case Condition():
            return row.open
        case Action():
            return row.in_flight
        case Hold():
            return row.live
        case Approval():
            return row.status is ApprovalStatus.PENDING
        case Incident():
            return row.open
    return False


def _read(row: Row) -> OperationRow:
    try:
        return _of_its_kind(row)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UnreadableRowError(f"{row['pk']} {row['sk']}: {error!r}") from error


def _of_its_kind(row: Row) -> OperationRow:
    """KeyError if it is no kind of ours."""
    return READERS[row["sk"].split("#")[1]](row)


def _lease(row: Row) -> Lease:
    return Lease(**{"holder": None, **_fields(Lease, row), "expires_at": row["lapses_at"]})


def _condition(row: Row) -> Condition:
    decided = row.get("decided")
    return Condition(
        **{
            **_fields(Condition, row),
            "severity": Severity(row["severity"]),
            "reports": {source: _report(told) for source, told in row["reports"].items()},
            "stops": tuple(Stop(**_fields(Stop, stop)) for stop in row["stops"]),
            "openings": tuple(row.get("openings", ())),
            "decided": Decided(**_fields(Decided, decided)) if decided else None,
        }
    )


def _report(told: Row) -> Report:
    return Report(**{**_fields(Report, told), "severity": Severity(told["severity"])})


def _action(row: Row) -> Action:
    return Action(
        **{
            **_fields(Action, row),
            "target": _target(row["target"]),
            "status": ActionStatus(row["status"]),
            "expectations": tuple(Expectation(**_fields(Expectation, one)) for one in row["expectations"]),
        }
    )


def _approval(row: Row) -> Approval:
    return Approval(
        **{
            **_fields(Approval, row),
            "expires_at": row["lapses_at"],
            "status": ApprovalStatus(row["status"]),
            "severity": Severity(row["severity"]),
            "target": _target(row["target"]),
        }
    )


def incident_of(row: Row) -> Incident:
    told = {"conditions": tuple(row["conditions"]), "severity": Severity(row["severity"])}
    return Incident(**{**_fields(Incident, row), **told})


def _hold(row: Row) -> Hold:
    names = {"target", "was", "target_before"} & row.keys()
    return Hold(**{**_fields(Hold, row), **{name: _target(row[name]) for name in names}})


def _target(told: Row) -> Target:
    """A list comes back as the tuple that it was."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}


def _fields(kind: Any, row: Row) -> dict[str, Any]:
    """What the row has of the fields of `kind`: what is None is not written."""
    return {field.name: row[field.name] for field in fields(kind) if field.name in row}


READERS: Mapping[str, Callable[[Row], OperationRow]] = {
    "condition": _condition,
    "action": _action,
    "lease": _lease,
    "hold": _hold,
    "approval": _approval,
    "incident": incident_of,
    "loop": loop_state,
}
