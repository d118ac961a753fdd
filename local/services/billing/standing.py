"""What stands in the account and is paid for by the hour or the month, with the tags that it bears."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ministack.core.responses import get_account_id, request_scope
from ministack.services import (
    alb,
    cloudwatch,
    ec2,
    ecs,
    rds,
    secretsmanager,
    servicediscovery,
    waf,
)

from local.services.billing.products import REGIONS
from local.services.billing.tariff import Owner, Tariff
from local.services.tagging import as_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Standing = tuple[Any, str, Decimal]  # tags, item, how many
ONE = Decimal(1)
STOPPED = frozenset({"stopped"})
METRICS_OF_CLUSTER, METRICS_OF_SERVICE = Decimal(12), Decimal(25)  # that Container Insights publishes
BOT_CONTROL = "AWSManagedRulesBotControlRuleSet"


def charge_standing(tariff: Tariff, since: float, until: float) -> None:
    """For the time between, all that stands now, in every region that has prices."""
    account = get_account_id()
    for region in REGIONS:
        with request_scope(account, region):
            for collect in COLLECTORS:
                for tags, item, count in collect():
                    owner = Owner(account, region, _named(tags))
                    tariff.stood(since, until, owner, item, count)


def _named(tags: Any) -> dict[str, str]:
    """Whichever way a service keeps them."""
    return {_of(tag, "key"): _of(tag, "value") for tag in as_list(tags)}


def _of(tag: dict[str, str], name: str) -> str:
    return tag.get(name) or tag.get(name.title()) or tag.get(f"Tag{name.title()}") or ""


def _balancers() -> Iterator[Standing]:
    for arn, balancer in list(alb._lbs.items()):
        tags = alb._tags.get(arn)
        yield tags, "balancer", ONE
        if balancer["Scheme"] == "internet-facing":
            yield tags, "public_address", Decimal(len(balancer["Subnets"]))


def _ways_out() -> Iterator[Standing]:
    for name, gateway in list(ec2._nat_gateways.items()):
        if gateway["State"] == "available":
            yield ec2._tags.get(name), "nat_gateway", ONE
    for name, _ in list(ec2._addresses.items()):
        yield ec2._tags.get(name), "public_address", ONE


def _instances() -> Iterator[Standing]:
    """Each with its disk, and the public address that its subnet gave it."""
    for name, instance in list(ec2._instances.items()):
        if instance["State"]["Name"] == "running":
            tags = ec2._tags.get(name)
            yield tags, instance["InstanceType"], ONE
            yield tags, "disk_gp3", Decimal(8)
            if instance.get("PublicIpAddress"):
                yield tags, "public_address", ONE


def _databases() -> Iterator[Standing]:
    for instance in list(rds._instances.values()):
        tags, zones = instance.get("TagList"), "multi" if instance["MultiAZ"] else "single"
        yield tags, f"database_storage_{zones}", Decimal(str(instance["AllocatedStorage"]))
        if instance["DBInstanceStatus"] not in STOPPED:
            yield tags, f"{instance['DBInstanceClass']}_{zones}", ONE


def _secrets() -> Iterator[Standing]:
    for secret in list(secretsmanager._secrets.values()):
        if not secret.get("DeletedDate"):
            yield secret.get("Tags"), "secret", ONE


def _alarms() -> Iterator[Standing]:
    for alarm in list(cloudwatch._alarms.values()):
        metrics = sum("MetricStat" in query for query in alarm.get("Metrics") or [])
        yield cloudwatch._resource_tags.get(alarm["AlarmArn"]), "alarm_metric", Decimal(max(1, metrics))


def _firewalls() -> Iterator[Standing]:
    for acl in list(waf._web_acls.values()):
        tags, rules = waf._waf_tags.get(acl["ARN"]), acl["Rules"]
        yield tags, "firewall", ONE
        yield tags, "firewall_rule", Decimal(len(rules))
        bots = sum(BOT_CONTROL in str(rule["Statement"].get("ManagedRuleGroupStatement")) for rule in rules)
        yield tags, "bot_control", Decimal(bots)


def _insights() -> Iterator[Standing]:
    """Of each cluster that Container Insights looks at, and of each of its services that has tasks."""
    for cluster in list(ecs._clusters.values()):
        if {"name": "containerInsights", "value": "enabled"} not in (cluster.get("settings") or []):
            continue
        yield cluster.get("tags"), "custom_metric", METRICS_OF_CLUSTER
        for service in list(ecs._services.values()):
            if service["clusterArn"] == cluster["clusterArn"] and service.get("desiredCount"):
                yield service.get("tags"), "custom_metric", METRICS_OF_SERVICE


def _zones() -> Iterator[Standing]:
    for namespace in list(servicediscovery._namespaces.values()):
        if namespace["Type"] == "DNS_PRIVATE":
            yield servicediscovery._resource_tags.get(namespace["Arn"]), "private_zone", ONE


COLLECTORS: tuple[Callable[[], Iterator[Standing]], ...] = (
    _balancers,
    _ways_out,
    _instances,
    _databases,
    _secrets,
    _alarms,
    _firewalls,
    _insights,
    _zones,
)
