"""What the role may do that CloudFormation acts with, by IAM's own simulator."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stargate.adapters.aws import client, code_of, message_of
from stargate.domain.provisioning.rights import Place, Right, rights_to_make
from stargate.throttles import throttle_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

ALLOWED = "allowed"
AT_ONCE = 4  # a call for each service: one after the other they take as long as the function has


@dataclass(frozen=True)
class SimulatedRights:
    """`role_arn` is asked about, as if it gave its roles the boundary."""

    role_arn: str
    boundary_arn: str

    def refused(self, region: str, name: str, types: Iterable[str]) -> dict[Right, str]:
        _, partition, _, _, account, _ = self.role_arn.split(":", 5)
        wanted = rights_to_make(types, Place(partition, account, region, name))
        services = [list(rights) for _, rights in groupby(sorted(wanted, key=_by_service), _by_service)]
        client("iam")  # made before there are threads: boto3 makes no two clients side by side
        ask = partial(self._refused_of_service, region)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return {right: reason for told in pool.map(ask, services) for right, reason in told.items()}

    def _refused_of_service(self, region: str, rights: Sequence[Right]) -> dict[Right, str]:
        """The simulator tries each action on each resource: of its answers only the pairs asked for count."""
        try:
            results = list(self._try(region, rights))
        except ClientError as error:
            throttled = throttle_in(error)
            if throttled:
                raise throttled from error
            return dict.fromkeys(rights, f"IAM does not tell ({code_of(error)}: {message_of(error)})")
        decided = {(one["EvalActionName"], one["EvalResourceName"]): one for one in results}
        reasons = {right: _reason(decided.get((right.action, right.resource), {})) for right in rights}
        return {right: reason for right, reason in reasons.items() if reason}

    def _try(self, region: str, rights: Sequence[Right]) -> Iterator[Mapping[str, Any]]:
        paginator = client("iam").get_paginator("simulate_principal_policy")
        pages = paginator.paginate(
            PolicySourceArn=self.role_arn,
            ActionNames=sorted({right.action for right in rights}),
            ResourceArns=sorted({right.resource for right in rights}),
            ContextEntries=[
                _context("aws:RequestedRegion", region),
                _context("iam:PermissionsBoundary", self.boundary_arn),
                _context("iam:PassedToService", "ecs-tasks.amazonaws.com"),
            ],
        )
        for page in pages:
            yield from page["EvaluationResults"]


def _by_service(right: Right) -> str:
    return right.service


def _context(key: str, value: str) -> dict[str, Any]:
    return {"ContextKeyName": key, "ContextKeyType": "string", "ContextKeyValues": [value]}


def _reason(result: Mapping[str, Any]) -> str:
    """Who says no, and what to do about it; "" if nobody does."""
    decision = result.get("EvalDecision", "")
    if decision == ALLOWED:
        return ""
    if result.get("OrganizationsDecisionDetail", {}).get("AllowedByOrganizations") is False:
        return "a policy of the account's organization denies it; have that changed"
    if result.get("PermissionsBoundaryDecisionDetail", {}).get("AllowedByPermissionsBoundary") is False:
        return "its permissions boundary leaves no room for it; widen that"
    if decision == "explicitDeny":
        return "one of its policies denies it; take that away"
    return "none of its policies allows it; deploy the control plane again"
