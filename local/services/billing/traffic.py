"""What gateways use by the piece: tokens, bytes, requests, load; by the twins' own sums, not by metrics."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import alb, bedrock, cloudfront, cloudwatch_logs, ec2, efs, waf

from local.services.billing.tariff import Owner, Tariff, hours_of_month
from local.services.tagging import as_list
from local.twin.footprint import GB, Footprint

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from local.twin import Gateway, Reading
    from local.twin.fleet import Happening

TAG = "stargate:environment"
GLOBAL_REGION = "us-east-1"  # of CloudFront and its firewalls
EVERY = 900.0
TOKENS_OF_UNIT = 1e6


@dataclass
class Traffic:
    tariff: Tariff
    seen: dict[str, tuple[float, Footprint]] = field(default_factory=dict)

    def follow(
        self, cluster: str, gateway: Gateway, _happenings: list[Happening], _readings: list[Reading]
    ) -> None:
        """Charge what was used since the last time, every quarter of an hour."""
        now, nothing = gateway.at, Footprint(gateway.parameters.wire)
        since, before = self.seen.get(cluster, (now, nothing))
        if gateway.footprint.stored_gb_hours < before.stored_gb_hours:
            since, before = now, nothing  # another gateway, under the name of an old one
        if cluster not in self.seen or since == now:
            self.seen[cluster] = (since, before)
        if now - since < EVERY:
            return
        after = deepcopy(gateway.footprint)
        for tags, region, item, amount in used(cluster, before, after, since):
            if amount > 0:
                owner = Owner(get_account_id(), region, tags)
                self.tariff.use(since, now, owner, item, Decimal(repr(amount)))
        self.seen[cluster] = (now, after)


Used = tuple[dict[str, str], str, str, float]  # tags, region, item, units of the price list


def used(cluster: str, before: Footprint, after: Footprint, since: float) -> Iterator[Used]:
    yield from _tokens(cluster, before, after)
    here = get_region()
    for arn, balancer in list(alb._lbs.items()):
        if balancer and (tags := _tags_if_of(cluster, alb._tags.get(arn))):
            yield tags, here, "balancer_lcu", after.balancer_unit_hours - before.balancer_unit_hours
    for name in list(ec2._nat_gateways)[:1]:
        if tags := _tags_if_of(cluster, ec2._tags.get(name)):
            moved = after.to_models - before.to_models + after.from_models - before.from_models
            yield tags, here, "nat_gateway_data", moved / GB
    for name in list(ec2._vpcs):
        if tags := _tags_if_of(cluster, ec2._tags.get(name)):
            yield tags, here, "zone_transfer", (after.between_zones - before.between_zones) / GB
    yield from _edge(cluster, before, after)
    yield from _files(cluster, before, after, float(hours_of_month(since)))
    yield from _logs(cluster, before, after)


def _tokens(cluster: str, before: Footprint, after: Footprint) -> Iterator[Used]:
    """Of the environment's inference profiles, wherever they are."""
    for (account, region, _), profile in bedrock._inference_profiles_apps.all_items():
        if account != get_account_id():
            continue
        tags = _tags_if_of(cluster, bedrock._tags.get(profile["InferenceProfileArn"]))
        model = next(
            (one for one in after.tokens if f"-claude-{one}" in profile["InferenceProfileName"]), None
        )
        if tags and model:
            was = before.tokens.get(model, (0, 0))
            for part, old, new in zip(("input", "output"), was, after.tokens[model], strict=True):
                yield tags, region, f"{model}_{part}", (new - old) / TOKENS_OF_UNIT


def _edge(cluster: str, before: Footprint, after: Footprint) -> Iterator[Used]:
    requests = after.requests - before.requests
    for distribution in list(cloudfront._distributions.values()):
        if tags := _tags_if_of(cluster, cloudfront._tags.get(distribution.get("ARN"))):
            yield tags, GLOBAL_REGION, "cdn_requests", requests
            yield tags, GLOBAL_REGION, "cdn_out", (after.sent_down - before.sent_down) / GB
            yield tags, GLOBAL_REGION, "cdn_to_origin", (after.sent_up - before.sent_up) / GB
    with request_scope(get_account_id(), GLOBAL_REGION):
        owners = [_tags_if_of(cluster, waf._waf_tags.get(acl["ARN"])) for acl in waf._web_acls.values()]
    for tags in filter(None, owners):
        yield tags, GLOBAL_REGION, "firewall_requests", requests


def _files(cluster: str, before: Footprint, after: Footprint, month: float) -> Iterator[Used]:
    """A gigabyte that lies there for all hours of a month is a gigabyte-month, of February's as well."""
    for files in list(efs._file_systems.values()):
        if tags := _tags_if_of(cluster, files.get("Tags")):
            here, stored = get_region(), (after.stored_gb_hours - before.stored_gb_hours) / month
            yield tags, here, "file_storage", stored
            yield tags, here, "file_backup", stored
            yield tags, here, "file_read", (after.files_read - before.files_read) / GB
            yield tags, here, "file_write", (after.files_written - before.files_written) / GB


def _logs(cluster: str, before: Footprint, after: Footprint) -> Iterator[Used]:
    environment = cluster.removeprefix("stargate-")
    for service, written in after.logged.items():
        group = cloudwatch_logs._log_groups.get(f"/stargate/{environment}/{service}")
        if group and (tags := _tags_if_of(cluster, group.get("tags"))):
            amount = (written - before.logged.get(service, 0.0)) / GB
            yield tags, get_region(), "log_ingest", amount
            yield tags, get_region(), "log_storage", amount  # for the month that it is kept


def _tags_if_of(cluster: str, tags: Any) -> dict[str, str]:
    found = {tag["Key"]: tag["Value"] for tag in as_list(tags)}
    return found if found.get(TAG) == cluster.removeprefix("stargate-") else {}
