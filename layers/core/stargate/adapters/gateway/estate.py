"""What the services tell of an environment, and how what drifted is put back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stargate.adapters.aws import client
from stargate.adapters.gateway.repose import AwsRepose
from stargate.adapters.gateway.security_groups import add_rule, remove_rule, rules_of_groups
from stargate.adapters.gateway.web_acls import put_rules, rules_of_web_acl
from stargate.adapters.provisioning.belongings import AwsBelongings
from stargate.adapters.refusals import named, refused
from stargate.domain.life.drift.finding import PutAlarm, PutWebAcl, RestoreSecret, SetRules, SetTarget

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stargate.domain.environment import Environment
    from stargate.domain.life.drift.finding import Repair
    from stargate.domain.life.drift.rules import Rule
    from stargate.domain.life.rest import Target

AT_ONCE = 100  # names that CloudWatch takes in one call


class AwsEstate:
    def target(self, region: str, cluster: str, service: str) -> Target | None:
        return AwsRepose().target(region, cluster, service)

    def rules(self, region: str, group_ids: Sequence[str]) -> dict[str, frozenset[Rule]]:
        return rules_of_groups(region, group_ids)

    def alarms(self, region: str, names: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        found: dict[str, Mapping[str, Any]] = {}
        for first in range(0, len(names), AT_ONCE):
            some = list(names[first : first + AT_ONCE])
            with named("DescribeAlarms"):
                answer = client("cloudwatch", region).describe_alarms(AlarmNames=some, MaxRecords=AT_ONCE)
            found |= {alarm["AlarmName"]: alarm for alarm in answer["MetricAlarms"]}
        return found

    def web_acl(self, region: str, name: str, acl_id: str, scope: str) -> list[Any] | None:
        return rules_of_web_acl(region, name, acl_id, scope)

    def secrets(self, region: str, prefix: str) -> dict[str, bool]:
        with named("ListSecrets"):
            return {one.name: one.is_going for one in AwsBelongings().secrets(region, prefix)}


class AwsMending:
    def put_back(self, environment: Environment, stack: str, repair: Repair) -> None:
        region = environment.region_of(stack)
        match repair:
            case SetTarget():
                with refused("RegisterScalableTarget"):
                    AwsRepose().set_target(region, environment.cluster, repair.service, repair.target)
            case SetRules():
                for rule in repair.missing:
                    add_rule(region, repair.group_id, rule)
                for rule in repair.extra:
                    remove_rule(region, repair.group_id, rule)
            case PutAlarm():
                with refused("PutMetricAlarm"):
                    client("cloudwatch", region).put_metric_alarm(**repair.properties)
            case PutWebAcl():
                put_rules(region, repair.name, repair.acl_id, repair.scope, repair.rules)
            case RestoreSecret():
                with refused("RestoreSecret"):
                    client("secretsmanager", region).restore_secret(SecretId=repair.name)
