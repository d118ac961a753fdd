"""What may be asked for: a JSON Schema, and the rules between fields that a schema cannot say.

Only the API reads this, so only the API pays for importing jsonschema.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Any, cast

from jsonschema import Draft202012Validator

from stargate.domain.costs.budget import HIGHEST_THRESHOLD, budget_faults
from stargate.domain.environment import NAME_PATTERN, RESERVED_NAMES, Mode
from stargate.domain.faults import Fault
from stargate.domain.gateway.connections import KEPT_BACK, MOST_CONNECTIONS, connections_needed
from stargate.domain.gateway.presets import PRESETS, REGIONS, Spec
from stargate.domain.life.ends import LEAST_TTL, LONGEST_TTL
from stargate.domain.life.hours import DAYS
from stargate.domain.life.schedule import schedule_faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema import ValidationError

    from stargate.domain.gateway.presets import EdgeSpec

PRIVATE_RANGES = tuple(
    ipaddress.IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
)
LARGEST_VPC, SMALLEST_VPC = 16, 17  # subnets are the /24s up to number 103; AWS takes nothing above /16
GIB = 1024
# LiteLLM runs one worker per vCPU, so less is not on offer; a test holds both tables to the templates.
FARGATE_MEMORY = {
    1024: tuple(range(2 * GIB, 8 * GIB + 1, GIB)),
    2048: tuple(range(4 * GIB, 16 * GIB + 1, GIB)),
    4096: tuple(range(8 * GIB, 30 * GIB + 1, GIB)),
    8192: tuple(range(16 * GIB, 60 * GIB + 1, 4 * GIB)),
    16384: tuple(range(32 * GIB, 120 * GIB + 1, 8 * GIB)),
}
DATABASE_CLASSES = tuple(MOST_CONNECTIONS)
# What somebody may well ask for, and why it cannot be had.
RULED_OUT = {
    "/overrides/victoria_metrics": Fault(
        "/overrides/victoria_metrics",
        "is fixed: one task writes to one directory, and a second writer there panics",
        "leave it out: one task serves a hundred users",
    ),
}
LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
DOMAIN = rf"^({LABEL}\.)+{LABEL}\Z"
CERTIFICATE = r"^arn:aws:acm:us-east-1:[0-9]{12}:certificate/[0-9a-f-]{36}\Z"  # CloudFront looks nowhere else
TASKS = {"type": "integer", "minimum": 1, "maximum": 50}
MOST_FOUND = 8  # addresses that Route 53 puts into one answer, whatever Cloud Map knows
STORAGE = {"type": "integer", "minimum": 20, "maximum": 65536}  # gp3 for PostgreSQL


TYPES = {
    "object": "a JSON object",
    "array": "a list without repetitions, not empty",
    "boolean": "true or false",
    "number": "a number",
    "string": "text",
    "null": "null",
}


def json_object(properties: dict[str, Any], required: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


CLOCK = {"type": "string", "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z|^24:00\Z"}
HOURS = {
    "days": {"type": "array", "items": {"enum": list(DAYS)}, "minItems": 1, "uniqueItems": True},
    "from": CLOCK,
    "until": CLOCK,
    "time_zone": {"type": "string"},
}
SCHEDULE = json_object(
    {**HOURS, "holidays": {"type": "array", "items": {"type": "string"}, "maxItems": 366}},
    required=tuple(HOURS),
)
VERSION = {"type": "string", "pattern": r"^(latest|[0-9a-f]{12})\Z"}
PLAN = {"type": "string", "pattern": r"^[0-9a-f]{16}\Z"}
TTL = {"type": "integer", "minimum": LEAST_TTL, "maximum": LONGEST_TTL}
OVERRIDES = json_object(
    {
        "network": json_object(
            {"cidr": {"type": "string"}, "nat": {"enum": ["one", "per_zone", "instance"]}}
        ),
        "edge": json_object(
            {
                "balancer": {"enum": ["public", "private"]},
                "domain": {"type": "string", "pattern": DOMAIN, "maxLength": 253},
                "certificate": {"type": "string", "pattern": CERTIFICATE},
            }
        ),
        "compute": json_object({"spot": {"type": "boolean"}, "architecture": {"enum": ["x86_64", "arm64"]}}),
        "litellm": json_object(
            {
                "cpu": {"type": "integer", "enum": list(FARGATE_MEMORY)},
                "memory": {"type": "integer", "minimum": 2 * GIB, "maximum": 120 * GIB},
                "min_tasks": TASKS,
                "max_tasks": TASKS,
            }
        ),
        "images": json_object({"mirror": {"type": "boolean"}}),
        "grafana": json_object({"tasks": TASKS}),
        "langfuse": json_object({"tasks": TASKS}),
        "database": json_object(
            {
                "class": {"enum": list(DATABASE_CLASSES)},
                "storage_gb": STORAGE,
                "max_storage_gb": STORAGE,
                "multi_az": {"type": "boolean"},
            }
        ),
    }
)
DOLLARS = {"type": ["number", "null"]}
BUDGET = json_object(
    {
        "monthly": DOLLARS,
        "ceiling": DOLLARS,
        "thresholds": {
            "type": "array",
            "items": {"type": "integer", "minimum": 1, "maximum": HIGHEST_THRESHOLD},
            "minItems": 1,
            "uniqueItems": True,
        },
    }
)
PRESET = {"type": "string", "enum": sorted(PRESETS)}
SCHEMA = json_object(
    {
        "name": {"type": "string", "pattern": NAME_PATTERN, "not": {"enum": sorted(RESERVED_NAMES)}},
        "preset": PRESET,
        "region": {"type": "string", "enum": list(REGIONS)},
        "mode": {"enum": [mode.value for mode in Mode]},
        "overrides": OVERRIDES,
        "ttl": TTL,
        "budget": BUDGET,
        "schedule": SCHEDULE,
        "plan": PLAN,
    },
    required=("name", "preset"),
)


def schema_faults(schema: dict[str, Any], request: Any) -> list[Fault]:
    return [fault for error in Draft202012Validator(schema).iter_errors(request) for fault in _faults(error)]


def faults_of(request: Any) -> tuple[Fault, ...]:
    """List every fault of a request for an environment; the empty tuple means it can be taken."""
    found = schema_faults(SCHEMA, request)
    broken = {fault.path for fault in found}
    spec = _readable_spec(request, broken)
    if spec is not None:
        found.extend(fault for fault in rules_of(spec) if fault.path not in broken)
    if isinstance(request, dict) and not any(path.startswith("/budget") for path in broken):
        found.extend(faults_of_budget(request))
    found.extend(_readable_schedule_faults(request, broken))
    return tuple(sorted(found, key=lambda fault: fault.path))


def faults_of_budget(request: dict[str, Any]) -> Iterator[Fault]:
    """Of a budget in the form that the schema asks for, if there is one."""
    if request.get("budget") is not None:
        yield from budget_faults(request["budget"])


def _faults(error: ValidationError) -> Iterator[Fault]:
    path = _pointer(error.absolute_path)
    schema = cast("dict[str, Any]", error.schema)
    if error.validator == "additionalProperties":
        known = schema["properties"]
        for name in sorted(set(cast("dict[str, Any]", error.instance)) - set(known)):
            unknown = Fault(_join(path, name), "is not known", f"one of {', '.join(sorted(known))}")
            yield RULED_OUT.get(unknown.path, unknown)
    elif error.validator == "required":
        # jsonschema reports each missing name on its own
        name = error.message.split("'")[1]
        yield Fault(_join(path, name), "is missing", _allowed(schema["properties"][name]))
    else:
        yield Fault(path, f"{_shown(error.instance)} is not allowed", _allowed(schema))


def _allowed(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return f"one of {', '.join(str(value) for value in schema['enum'])}"
    if "pattern" in schema:
        refused = schema.get("not", {}).get("enum", [])
        pattern = schema["pattern"].replace(r"\Z", "$")
        return f"text matching {pattern}" + (f", but not {', '.join(refused)}" if refused else "")
    if "minimum" in schema:
        number = "a number" if schema["type"] == "number" else "a whole number"
        return f"{number} from {schema['minimum']} to {schema['maximum']}"
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    most = f", at most {schema['maxItems']} long" if "maxItems" in schema else ""
    return f"{' or '.join(TYPES[kind] for kind in kinds)}{most}"


def _readable_spec(request: Any, broken: set[str]) -> Spec | None:
    """Build the specification from what can be read, so that rules speak of it even if the rest is faulty."""
    asked = str(request.get("preset")) if isinstance(request, dict) else ""
    preset = PRESETS.get(asked) or next(iter(PRESETS.values()))
    overrides = request.get("overrides") if isinstance(request, dict) else None
    if not isinstance(overrides, dict):
        return None
    readable = {
        part: {name: value for name, value in values.items() if f"/overrides/{part}/{name}" not in broken}
        for part, values in overrides.items()
        if isinstance(values, dict) and f"/overrides/{part}" not in broken
    }
    return preset.spec.overridden(readable)


def _readable_schedule_faults(request: Any, broken: set[str]) -> Iterator[Fault]:
    schedule = request.get("schedule") if isinstance(request, dict) else None
    if schedule is not None and not any(path.startswith("/schedule") for path in broken):
        yield from schedule_faults(schedule)


def rules_of(spec: Spec) -> Iterator[Fault]:
    yield from _network_rules(spec.network.cidr)
    yield from _edge_rules(spec.edge)
    litellm, database = spec.litellm, spec.database
    memories = FARGATE_MEMORY[litellm.cpu]
    if litellm.memory not in memories:
        yield Fault(
            "/overrides/litellm/memory",
            f"{litellm.memory} MiB does not go with {litellm.cpu} CPU units on Fargate",
            f"one of {', '.join(str(memory) for memory in memories)} for cpu {litellm.cpu}",
        )
    if litellm.min_tasks > litellm.max_tasks:
        yield Fault(
            "/overrides/litellm/min_tasks",
            f"{litellm.min_tasks} is more than max_tasks {litellm.max_tasks}",
            f"a whole number from 1 to {litellm.max_tasks}",
        )
    if database.storage_gb > database.max_storage_gb:
        yield Fault(
            "/overrides/database/max_storage_gb",
            f"{database.max_storage_gb} is less than storage_gb {database.storage_gb}",
            f"a whole number from {database.storage_gb} to {STORAGE['maximum']}",
        )
    yield from _discovery_rules(spec)
    yield from _connection_rules(spec)


def _discovery_rules(spec: Spec) -> Iterator[Fault]:
    """Tasks that DNS does not tell of would serve, and be neither scraped nor checked."""
    most = {
        "litellm/max_tasks": spec.litellm.max_tasks,
        "grafana/tasks": spec.grafana.tasks,
        "langfuse/tasks": spec.langfuse.tasks,
    }
    for name, tasks in most.items():
        if tasks > MOST_FOUND:
            yield Fault(
                f"/overrides/{name}",
                f"{tasks} is more than the {MOST_FOUND} tasks that DNS tells of: the others would be neither "
                "scraped nor checked",
                f"a whole number from 1 to {MOST_FOUND}, with more cpu each if that is too little",
            )


def _connection_rules(spec: Spec) -> Iterator[Fault]:
    """Tasks that the database has no connection for would start, and fail their first query."""
    needed, chosen = connections_needed(spec) + KEPT_BACK, spec.database.instance_class
    if needed > MOST_CONNECTIONS[chosen]:
        large = [name for name, most in MOST_CONNECTIONS.items() if most >= needed]
        yield Fault(
            "/overrides/database/class",
            f"{chosen} admits {MOST_CONNECTIONS[chosen]} connections, so many tasks open up to {needed}",
            f"one of {', '.join(large)}" if large else "fewer tasks: no class admits as many",
        )


def _edge_rules(edge: EdgeSpec) -> Iterator[Fault]:
    if bool(edge.domain) != bool(edge.certificate):
        missing = "certificate" if edge.domain else "domain"
        yield Fault(
            f"/overrides/edge/{missing}",
            "is missing: a domain and its certificate come together",
            _allowed(OVERRIDES["properties"]["edge"]["properties"][missing]),
        )


def _network_rules(cidr: str) -> Iterator[Fault]:
    path = "/overrides/network/cidr"
    ranges = ", ".join(str(block) for block in PRIVATE_RANGES)
    allowed = f"an IPv4 network of size /{LARGEST_VPC} or /{SMALLEST_VPC} inside {ranges}"
    if not re.fullmatch(r"[0-9.]+/[0-9]{1,2}", cidr):
        yield Fault(path, f"{_shown(cidr)} is no IPv4 network", allowed)
        return
    try:
        network = ipaddress.IPv4Network(cidr)
    except ValueError as error:
        yield Fault(path, str(error), allowed)
        return
    if not any(network.subnet_of(block) for block in PRIVATE_RANGES):
        yield Fault(path, f"{cidr} is not inside a private range", allowed)
    if network.prefixlen > SMALLEST_VPC:
        yield Fault(path, f"{cidr} is too small for its subnets", allowed)
    if network.prefixlen < LARGEST_VPC:
        yield Fault(path, f"{cidr} is larger than a VPC can be", allowed)


def _pointer(path: Any) -> str:
    return "".join(f"/{_escaped(str(part))}" for part in path)


def _join(path: str, name: str) -> str:
    return f"{path}/{_escaped(name)}"


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")


def _shown(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
