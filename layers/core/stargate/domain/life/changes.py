"""What a PATCH may say, of the gateway and of how it is run."""

from __future__ import annotations

from typing import Any

from stargate.domain.drills.kinds import Kind
from stargate.domain.drills.policy import LEAST_APART_MINUTES
from stargate.domain.environment import Mode
from stargate.domain.faults import Fault
from stargate.domain.life.hours import hours_faults
from stargate.domain.life.requests import (
    BUDGET,
    HOURS,
    OVERRIDES,
    PLAN,
    PRESET,
    SCHEDULE,
    TTL,
    VERSION,
    faults_of_budget,
    json_object,
    schema_faults,
)
from stargate.domain.life.schedule import schedule_faults
from stargate.domain.people.approvers import MOST as MOST_APPROVERS

MAINTENANCE = json_object(HOURS, required=tuple(HOURS))
DRILLS = json_object(
    {
        "window": {**SCHEDULE, "type": ["object", "null"]},
        "every_days": json_object(
            {kind.value: {"type": "integer", "minimum": 1, "maximum": 366} for kind in Kind}
        ),
        "after_change": {"type": "boolean"},
        "availability": {"type": "number", "minimum": 90, "maximum": 99.99},
        "apart_minutes": {"type": "integer", "minimum": LEAST_APART_MINUTES, "maximum": 7 * 24 * 60},
    }
)
# As IAM knows them: the names of users, or of sessions.
APPROVERS = {
    "items": {"type": "string", "pattern": r"^[\w+=,.@-]{2,64}\Z"},
    "maxItems": MOST_APPROVERS,
    "uniqueItems": True,
}
SCHEMA = json_object(
    {
        "mode": {"enum": [mode.value for mode in Mode]},
        "deletion_protection": {"type": "boolean"},
        "ttl": {**TTL, "type": ["integer", "null"]},
        "overrides": OVERRIDES,
        "preset": PRESET,
        "plan": PLAN,
        "gateway_version": VERSION,
        "schedule": {**SCHEDULE, "type": ["object", "null"]},
        "budget": {**BUDGET, "type": ["object", "null"]},
        "maintenance": {**MAINTENANCE, "type": ["object", "null"]},
        "actions_an_hour": {"type": "integer", "minimum": 0, "maximum": 60},
        "drills": {**DRILLS, "type": ["object", "null"]},
        "approvers": {**APPROVERS, "type": ["array", "null"]},
    }
)


def faults_of_change(request: Any) -> tuple[Fault, ...]:
    found = schema_faults(SCHEMA, request)
    if not found and request.get("schedule"):
        found.extend(schedule_faults(request["schedule"]))
    if not found:
        found.extend(faults_of_budget(request))
    if not found and request.get("maintenance"):
        found.extend(hours_faults("/maintenance", request["maintenance"]))
    if not found and (request.get("drills") or {}).get("window"):
        found.extend(schedule_faults(request["drills"]["window"], "/drills/window"))
    if request == {}:
        found.append(Fault("", "changes nothing", f"one or more of {', '.join(SCHEMA['properties'])}"))
    return tuple(sorted(found, key=lambda fault: fault.path))
