"""What is other than declared on purpose: by an action of ours, or by AWS as it was told to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.gateway.declared import ALARM, TARGET
from stargate.domain.moments import told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from stargate.domain.environment import Environment
    from stargate.domain.life.drift.finding import Difference, Finding
    from stargate.domain.operating.holds import Hold
    from stargate.domain.operating.operations import Overview
    from stargate.domain.scaling.loop_state import LoopState

ASLEEP = "the gateway sleeps"
SERVICE, DATABASE = "AWS::ECS::Service", "AWS::RDS::DBInstance"
SUBNETS = "/NetworkConfiguration/AwsvpcConfiguration/Subnets"
BOUNDS = {"/MinCapacity": "minimum", "/MaxCapacity": "maximum"}


def meant(finding: Finding, overview: Overview) -> Finding:
    """With its purpose, if all of it has one.

    What we do is written down before it is done: who reads the overview after the services knows of it.
    """
    known = overview.operations
    reasons = [
        _of_aws(finding, one, overview.environment)
        or _of_actions(finding, one, known.holds.values())
        or _of_the_loop(finding, one, known.loops.get(finding.stack))
        for one in finding.differences
    ]
    return finding.on_purpose("; ".join(dict.fromkeys(reasons))) if all(reasons) else finding


def _of_the_loop(finding: Finding, one: Difference, loop: LoopState | None) -> str:
    """Bounds are the outer loop's: as it wants them, has ordered them, or found them when it did."""
    bound = BOUNDS.get(one.path, "") if finding.resource_type == TARGET else ""
    if loop is None or not bound:
        return ""
    ordered = (loop.move.bounds, loop.move.before) if loop.move is not None else ()
    ours = {getattr(bounds, bound) for bounds in (loop.wanted, *ordered) if bounds is not None}
    return "set by the outer loop, by demand" if one.found in ours else ""


def _of_actions(finding: Finding, one: Difference, holds: Iterable[Hold]) -> str:
    """Until when it is held, and for what."""
    hold = next((hold for hold in holds if hold.live and _is_held(finding, one, hold)), None)
    return f"held until {told(hold.until)}, for {hold.condition}" if hold is not None else ""


def _is_held(finding: Finding, one: Difference, hold: Hold) -> bool:
    """Whether it is what the hold has made of it, and no more than that."""
    asked = HELD.get((finding.resource_type, "/" + one.path.split("/")[1] if one.path else ""))
    return asked is not None and asked(finding, one, hold)


def _bound(finding: Finding, one: Difference, hold: Hold) -> bool:
    return hold.scope == f"capacity:{finding.stack}" and hold.is_ours(BOUNDS[one.path], one.found)


def _muted(finding: Finding, _one: Difference, hold: Hold) -> bool:
    muted = hold.target.get("alarms")
    return isinstance(muted, tuple | list) and finding.known_as in muted


def _another_class(_finding: Finding, one: Difference, hold: Hold) -> bool:
    return hold.is_ours("class", one.found)


def _other_subnets(finding: Finding, one: Difference, hold: Hold) -> bool:
    return one.path.startswith(SUBNETS) and f"subnets:{finding.stack}" in hold.target


def _other_pools(finding: Finding, _one: Difference, hold: Hold) -> bool:
    return hold.scope == f"service:{finding.stack}" and "connections" in hold.target


# By the type, and the property that an action of ours changes.
HELD: Mapping[tuple[str, str], Callable[[Finding, Difference, Hold], bool]] = {
    (TARGET, "/MinCapacity"): _bound,
    (TARGET, "/MaxCapacity"): _bound,
    (ALARM, "/ActionsEnabled"): _muted,
    (DATABASE, "/DBInstanceClass"): _another_class,
    (SERVICE, "/NetworkConfiguration"): _other_subnets,
    (SERVICE, "/TaskDefinition"): _other_pools,
}


def _of_aws(finding: Finding, one: Difference, environment: Environment) -> str:
    explained = REASONS.get((finding.resource_type, one.path))
    return explained(one, environment) if explained is not None else ""


def _no_tasks(one: Difference, environment: Environment) -> str:
    return ASLEEP if environment.rest is not None and str(one.found) == "0" else ""


def _newer_version(one: Difference, _environment: Environment) -> str:
    """The template names where a database starts; RDS applies minor versions itself, as it is told to."""
    major, _, declared = str(one.declared).partition(".")
    same, _, found = str(one.found).partition(".")
    newer = same == major and declared.isdecimal() and found.isdecimal() and int(found) > int(declared)
    return "RDS applies minor versions by itself, as declared" if newer else ""


def _grown(one: Difference, environment: Environment) -> str:
    declared = environment.spec.database
    found = str(one.found)
    grown = found.isdecimal() and declared.storage_gb < int(found) <= declared.max_storage_gb
    return "RDS has enlarged the volume, within what is declared" if grown else ""


REASONS: Mapping[tuple[str, str], Callable[[Difference, Environment], str]] = {
    (SERVICE, "/DesiredCount"): _no_tasks,
    (DATABASE, "/EngineVersion"): _newer_version,
    (DATABASE, "/AllocatedStorage"): _grown,
}
