"""Rules of security groups in one form, whoever tells them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from stargate.domain.gateway.declared import EGRESS, GROUP, INGRESS, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from stargate.domain.gateway.declared import DeclaredResource

Direction = Literal["in", "out"]
ALL_PORTS = -1
PEERS = {
    "CidrIp": "cidr",
    "CidrIpv6": "cidr of IPv6",
    "SourcePrefixListId": "prefix list",
    "DestinationPrefixListId": "prefix list",
    "SourceSecurityGroupId": "group",
    "DestinationSecurityGroupId": "group",
}


@dataclass(frozen=True, order=True)
class Rule:
    """`peer` is an address range, a prefix list or a group, as `peer_kind` says; -1 is every port."""

    direction: Direction
    protocol: str
    first_port: int
    last_port: int
    peer_kind: str
    peer: str

    def __str__(self) -> str:
        ports = "all ports" if self.first_port == ALL_PORTS else f"{self.first_port}-{self.last_port}"
        towards = "from" if self.direction == "in" else "to"
        protocol = "all protocols" if self.protocol == "-1" else self.protocol
        return f"{self.direction}: {protocol} {ports} {towards} {self.peer}"


def rule_of(direction: Direction, written: Mapping[str, Any]) -> Rule | None:
    """As a template has it; None where its peer cannot be known here."""
    protocol = str(written.get("IpProtocol", "tcp"))
    ports = [int(written.get(name, ALL_PORTS)) for name in ("FromPort", "ToPort")]
    first, last = (ALL_PORTS, ALL_PORTS) if protocol == "-1" else ports
    for name, kind in PEERS.items():
        if name in written:
            peer = written[name]
            return None if peer is UNKNOWN else Rule(direction, protocol, first, last, kind, str(peer))
    return None


@dataclass(frozen=True)
class DeclaredRule:
    """`resource` is what in the template declares it."""

    resource: str
    rule: Rule


def declared_rules(resources: Iterable[DeclaredResource]) -> dict[str, list[DeclaredRule]] | None:
    """By the id of their group. None if one of them cannot be known: then none may be held against it."""
    listed = list(resources)
    found: dict[str, list[DeclaredRule]] = {
        one.physical_id: [] for one in listed if one.type == GROUP and one.physical_id
    }
    for one in listed:
        for group, direction, written in _written(one):
            rule = rule_of(direction, written)
            if rule is None or group not in found:
                return None
            found[group].append(DeclaredRule(one.name, rule))
    return found


def _written(one: DeclaredResource) -> Iterator[tuple[str, Direction, Mapping[str, Any]]]:
    if one.type == GROUP and one.physical_id:
        for rule in one.properties.get("SecurityGroupIngress", []):
            yield one.physical_id, "in", rule
        for rule in one.properties.get("SecurityGroupEgress", []):
            yield one.physical_id, "out", rule
    elif one.type in {INGRESS, EGRESS}:
        yield str(one.properties["GroupId"]), "in" if one.type == INGRESS else "out", one.properties
