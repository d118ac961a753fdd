"""Rules of security groups, read and written in our one form of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stargate.adapters.aws import client, code_of
from stargate.adapters.refusals import named, refused
from stargate.domain.life.drift.rules import ALL_PORTS, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stargate.domain.life.drift.rules import Direction

# In EC2's words: the list that a peer is told in, and its name there.
PEERS = {
    "cidr": ("IpRanges", "CidrIp"),
    "cidr of IPv6": ("Ipv6Ranges", "CidrIpv6"),
    "prefix list": ("PrefixListIds", "PrefixListId"),
    "group": ("UserIdGroupPairs", "GroupId"),
}
WAYS = {"in": "ingress", "out": "egress"}
DONE_ALREADY = frozenset({"InvalidPermission.Duplicate", "InvalidPermission.NotFound"})


def rules_of_groups(region: str, group_ids: Sequence[str]) -> dict[str, frozenset[Rule]]:
    pages = client("ec2", region).get_paginator("describe_security_groups")
    with named("DescribeSecurityGroups"):
        # By a filter and not by ids, of which a missing one would fail the whole call.
        filters = [{"Name": "group-id", "Values": list(group_ids)}]
        return {
            group["GroupId"]: frozenset(
                [
                    *_rules("in", group["IpPermissions"]),
                    *_rules("out", group["IpPermissionsEgress"]),
                ]
            )
            for page in pages.paginate(Filters=filters)
            for group in page["SecurityGroups"]
        }


def add_rule(region: str, group_id: str, rule: Rule) -> None:
    _change("authorize", region, group_id, rule)


def remove_rule(region: str, group_id: str, rule: Rule) -> None:
    _change("revoke", region, group_id, rule)


def _change(verb: str, region: str, group_id: str, rule: Rule) -> None:
    ec2, method = client("ec2", region), f"{verb}_security_group_{WAYS[rule.direction]}"
    with refused(ec2.meta.method_to_api_mapping[method]):
        try:
            getattr(ec2, method)(GroupId=group_id, IpPermissions=[_permission(rule)])
        except ClientError as error:
            if code_of(error) not in DONE_ALREADY:
                raise


def _rules(direction: Direction, permissions: list[dict[str, Any]]) -> Iterator[Rule]:
    for one in permissions:
        protocol = str(one["IpProtocol"])
        everything = protocol == "-1"
        first = ALL_PORTS if everything else int(one.get("FromPort", ALL_PORTS))
        last = ALL_PORTS if everything else int(one.get("ToPort", ALL_PORTS))
        for kind, (listed, name) in PEERS.items():
            for peer in one.get(listed, ()):
                yield Rule(direction, protocol, first, last, kind, peer[name])


def _permission(rule: Rule) -> dict[str, Any]:
    listed, name = PEERS[rule.peer_kind]
    ports = {} if rule.protocol == "-1" else {"FromPort": rule.first_port, "ToPort": rule.last_port}
    return {"IpProtocol": rule.protocol, **ports, listed: [{name: rule.peer}]}
