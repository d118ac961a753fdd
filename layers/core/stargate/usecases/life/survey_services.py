"""Read from the services what templates declare of bounds, rules, alarms and secrets, and compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.gateway.declared import (
    ALARM,
    GROUP,
    SECRET,
    TARGET,
    WEB_ACL,
    Scope,
    declared_resources,
)
from stargate.domain.gateway.shared import SECRETS
from stargate.domain.life.drift.survey import Standing, findings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stargate.domain.environment import Environment
    from stargate.domain.gateway.declared import DeclaredResource
    from stargate.domain.life.drift.finding import Finding
    from stargate.ports.drift import Estate
    from stargate.ports.provisioning import Manifests, Stacks

    Declared = dict[str, tuple[DeclaredResource, ...]]


@dataclass(frozen=True)
class SurveyServices:
    manifests: Manifests
    stacks: Stacks
    estate: Estate

    def __call__(self, environment: Environment) -> tuple[Finding, ...]:
        """Whether meant or not."""
        declared = self._declared(environment)
        return findings(environment, declared, self._standing(environment, declared))

    def _declared(self, environment: Environment) -> Declared:
        manifest, found = self.manifests.read(environment.gateway_version), {}
        for stack, stack_name, owner in _stacks(environment):
            template, region = manifest.stacks[stack], environment.region_of(stack)
            observed = self.stacks.describe(region, stack_name) if template.watched else None
            if observed is not None and observed.belongs_to(owner):
                physical = self.stacks.resources(region, observed.stack_id)
                scope = Scope(template, observed.parameters, region, physical)
                found[stack] = declared_resources(scope)
        return found

    def _standing(self, environment: Environment, declared: Declared) -> Standing:
        region, cluster = environment.region, environment.cluster
        listed = [(stack, one) for stack, resources in declared.items() for one in resources]
        targets = {
            stack: self.estate.target(region, cluster, stack) for stack, one in listed if one.type == TARGET
        }
        groups = [one.physical_id for _, one in listed if one.type == GROUP and one.physical_id]
        alarms: dict[str, list[str]] = {}  # by the region of their stack
        for stack, one in listed:
            if one.type == ALARM:
                alarms.setdefault(environment.region_of(stack), []).append(str(one.properties["AlarmName"]))
        acls = {
            one.physical_id: self.estate.web_acl(environment.region_of(stack), *one.physical_id.split("|"))
            for stack, one in listed
            if one.type == WEB_ACL and one.physical_id
        }
        secrets = any(one.type == SECRET for _, one in listed)
        return Standing(
            targets={service: target for service, target in targets.items() if target is not None},
            rules=self.estate.rules(region, groups) if groups else {},
            alarms={
                name: alarm
                for place, names in alarms.items()
                for name, alarm in self.estate.alarms(place, names).items()
            },
            web_acls={name: rules for name, rules in acls.items() if rules is not None},
            secrets=self.estate.secrets(region, environment.secrets_prefix) if secrets else {},
        )


def _stacks(environment: Environment) -> Iterator[tuple[str, str, str]]:
    """Its own stacks, and the set of secrets that it shares: node, name, and whose it is by its tag."""
    for node in environment.graph.stacks:
        yield node.name, environment.stack_name(node.name), environment.environment_id
    if environment.shared is not None:
        yield SECRETS, environment.shared.stack_name, environment.shared.owner
