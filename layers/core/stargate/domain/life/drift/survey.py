"""What the services tell of an environment, held against what its templates and its specification declare."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stargate.domain.gateway.declared import ALARM, GROUP, SECRET, TARGET, WEB_ACL
from stargate.domain.gateway.tags import stack_tags
from stargate.domain.life.drift.comparing import differences, is_known, known_of
from stargate.domain.life.drift.finding import (
    ABSENT,
    Difference,
    Finding,
    PutAlarm,
    PutWebAcl,
    RestoreSecret,
    SetRules,
    SetTarget,
)
from stargate.domain.life.drift.rules import declared_rules
from stargate.domain.life.rest import Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from stargate.domain.environment import Environment
    from stargate.domain.gateway.declared import DeclaredResource
    from stargate.domain.life.drift.rules import Rule

    Declared = Mapping[str, tuple[DeclaredResource, ...]]  # by the stack

GOING = "waits to be deleted"
BY_CLOUDFORMATION = (
    "only CloudFormation can make it as declared: by a change set with the deployment mode REVERT_DRIFT"
)
LOST = "its value is lost: restore it from wherever it was noted, or let the gateway be made anew"
NOT_THERE = Difference("", "present", ABSENT)


@dataclass(frozen=True)
class Standing:
    """As the services tell it. What is not there is not in it.

    `targets` by service, `rules` by the id of their group, `alarms` by name, `web_acls` (their rules) by
    physical id, `secrets` by name with whether each only waits to be deleted.
    """

    targets: Mapping[str, Target] = field(default_factory=dict)
    rules: Mapping[str, frozenset[Rule]] = field(default_factory=dict)
    alarms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    web_acls: Mapping[str, list[Any]] = field(default_factory=dict)
    secrets: Mapping[str, bool] = field(default_factory=dict)


def findings(environment: Environment, declared: Declared, standing: Standing) -> tuple[Finding, ...]:
    """One for each resource that is other than declared, with how it is put back."""
    found: list[Finding] = []
    for stack, resources in declared.items():
        found.extend(_targets(environment, stack, _of_type(resources, TARGET), standing))
        found.extend(_groups(stack, resources, standing))
        found.extend(_alarms(environment, stack, _of_type(resources, ALARM), standing))
        found.extend(_web_acls(stack, _of_type(resources, WEB_ACL), standing))
        found.extend(_secrets(stack, _of_type(resources, SECRET), standing))
    return tuple(found)


def _of_type(resources: Iterable[DeclaredResource], kind: str) -> list[DeclaredResource]:
    return [one for one in resources if one.type == kind]


def _targets(
    environment: Environment, stack: str, resources: list[DeclaredResource], standing: Standing
) -> Iterator[Finding]:
    """The limits are the specification's: the stack's own parameters may have carried a raised bound.

    What sleeps is held against what sleep has made of it.
    """
    limits = environment.spec.litellm
    declared = Target(limits.min_tasks, limits.max_tasks)
    if environment.rest is not None:
        slept = {one.name: one.target for one in environment.rest.services}
        declared = (slept.get(stack) or declared).stilled()
    for one in resources:
        target = standing.targets.get(stack)
        if target is None:
            yield Finding(stack, one.name, one.type, (NOT_THERE,), unrepaired=BY_CLOUDFORMATION)
            continue
        listed = tuple(_target_differences(declared, target))
        if listed:
            yield Finding(stack, one.name, one.type, listed, repair=SetTarget(stack, declared))


def _target_differences(declared: Target, found: Target) -> Iterator[Difference]:
    if declared.minimum != found.minimum:
        yield Difference("/MinCapacity", declared.minimum, found.minimum)
    if declared.maximum != found.maximum:
        yield Difference("/MaxCapacity", declared.maximum, found.maximum)
    if declared.suspended != found.suspended:
        yield Difference("/SuspendedState", list(declared.suspended), list(found.suspended))


def _groups(stack: str, resources: tuple[DeclaredResource, ...], standing: Standing) -> Iterator[Finding]:
    declared = declared_rules(resources)
    for one in _of_type(resources, GROUP):
        if declared is None or one.physical_id is None:
            continue
        if one.physical_id not in standing.rules:
            yield Finding(stack, one.name, one.type, (NOT_THERE,), unrepaired=BY_CLOUDFORMATION)
            continue
        wanted = {each.rule for each in declared[one.physical_id]}
        found = standing.rules[one.physical_id]
        missing, extra = tuple(sorted(wanted - found)), tuple(sorted(found - wanted))
        listed = tuple(
            [Difference("/rules", str(rule), ABSENT) for rule in missing]
            + [Difference("/rules", ABSENT, str(rule)) for rule in extra]
        )
        if listed:
            repair = SetRules(one.physical_id, missing, extra)
            yield Finding(stack, one.name, one.type, listed, repair=repair)


def _alarms(
    environment: Environment, stack: str, resources: list[DeclaredResource], standing: Standing
) -> Iterator[Finding]:
    muted = environment.rest.alarms if environment.rest is not None else ()
    for one in resources:
        name = str(one.properties["AlarmName"])
        wanted = {"ActionsEnabled": name not in muted, **one.properties}
        there = standing.alarms.get(name)
        missing = there is None
        if missing:  # CloudWatch takes tags of a new alarm only
            tags = stack_tags(environment, stack).items()
            wanted["Tags"] = [{"Key": key, "Value": value} for key, value in tags]
        listed = (NOT_THERE,) if missing else tuple(differences(wanted, there))
        properties = known_of(wanted, there)
        if listed:
            repair = PutAlarm(name, properties) if is_known(properties) else None
            unrepaired = "" if repair else BY_CLOUDFORMATION
            yield Finding(stack, one.name, one.type, listed, "", repair, unrepaired, known_as=name)


def _web_acls(stack: str, resources: list[DeclaredResource], standing: Standing) -> Iterator[Finding]:
    """Its physical id is `name|id|scope`."""
    for one in resources:
        there = standing.web_acls.get(one.physical_id or "")
        wanted = one.properties.get("Rules", [])
        if there is None:
            yield Finding(stack, one.name, one.type, (NOT_THERE,), unrepaired=BY_CLOUDFORMATION)
            continue
        listed = tuple(differences(wanted, there, "/Rules"))
        if listed:
            name, acl_id, scope = str(one.physical_id).split("|")
            yield Finding(stack, one.name, one.type, listed, repair=PutWebAcl(name, acl_id, scope, wanted))


def _secrets(stack: str, resources: list[DeclaredResource], standing: Standing) -> Iterator[Finding]:
    for one in resources:
        name = str(one.properties["Name"])
        if name not in standing.secrets:
            yield Finding(stack, one.name, one.type, (NOT_THERE,), unrepaired=LOST)
        elif standing.secrets[name]:
            going = (Difference("", "present", GOING),)
            yield Finding(stack, one.name, one.type, going, repair=RestoreSecret(name))
