"""What a gateway is made with, and what must be known before and after: stacks, regions, quotas, remains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from stargate.domain.gateway.manifest import Manifest
    from stargate.domain.life.ends import Kept
    from stargate.domain.provisioning.certificates import Certificate
    from stargate.domain.provisioning.moves import ObservedStack, ObservedTask, StackEvent
    from stargate.domain.provisioning.planning import ProposedUpdate, ResourceChange
    from stargate.domain.provisioning.quotas import Quota
    from stargate.domain.provisioning.returning import AccountSecret
    from stargate.domain.provisioning.rights import Right


class Manifests(Protocol):
    def read(self, version: str) -> Manifest: ...

    def template_url(self, version: str, key: str) -> str: ...


class Shelf(Protocol):
    """Where the gateway is published to."""

    def put(self, key: str, content: bytes) -> None: ...


class Stacks(Protocol):
    """CloudFormation, in the region of each stack."""

    def describe(self, region: str, stack_name: str) -> ObservedStack | None: ...

    def names(self, region: str) -> frozenset[str]:
        """Of whatever stack there is, ours or not: in few calls, where to ask for each would take many."""
        ...

    def resources(self, region: str, stack_id: str) -> dict[str, str]:
        """The physical ids of the stack's resources by their logical ids."""
        ...

    def events(self, region: str, stack_id: str) -> list[StackEvent]:
        """The stack's history from oldest to newest, as far as its latest operation goes."""
        ...

    def create(
        self,
        region: str,
        stack_name: str,
        template: str,
        parameters: Mapping[str, str],
        tags: Mapping[str, str],
        request_token: str,
    ) -> str:
        """Begin to create it and return its id; StackExistsError or StackRefusedError.

        `template` is the address of a published one, or the text of one that is not.
        """
        ...

    def update(
        self,
        region: str,
        stack_name: str,
        template_url: str,
        parameters: Mapping[str, str],
        request_token: str,
    ) -> None:
        """Begin to update it; StackUnchangedError if nothing would change, or StackRefusedError."""
        ...

    def delete(self, region: str, stack_id: str, request_token: str, retain: Sequence[str] = ()) -> None:
        """Begin to delete it, but for what is to be retained of one that is stuck; StackRefusedError."""
        ...

    def continue_rollback(self, region: str, stack_id: str, request_token: str, skip: Sequence[str]) -> None:
        """Begin to go on with a roll-back that failed, without the resources named; StackRefusedError."""
        ...


class ChangeSets(Protocol):
    def previews(self, updates: Sequence[ProposedUpdate]) -> list[list[ResourceChange]]:
        """What each would change, by change sets that are never executed; StackRefusedError."""
        ...


class Adoptions(Protocol):
    """What takes secrets over that CloudFormation did not make."""

    def take_back(self, region: str, secret: AccountSecret, tags: Mapping[str, str]) -> None:
        """Restore it if it is within its window, and have it bear these tags; again it is no error."""
        ...

    def adopt(
        self,
        region: str,
        stack_name: str,
        template: str,
        parameters: Mapping[str, str],
        secrets: Mapping[str, str],
        request_token: str,
    ) -> None:
        """Begin to have a stack that stands import the secrets, ARNs by logical ids; StackRefusedError."""
        ...


class Tasks(Protocol):
    """One-off ECS tasks."""

    def start(
        self,
        region: str,
        cluster: str,
        family: str,
        subnets: Sequence[str],
        security_group: str,
        started_by: str,
        client_token: str,
    ) -> str: ...

    def describe(self, region: str, cluster: str, task_arn: str) -> ObservedTask | None: ...


class Regions(Protocol):
    """What a region offers and already holds."""

    def zones(self, region: str) -> dict[str, str]:
        """Name, which is this account's own, to id, which is every account's; in the order of templates."""
        ...

    def vpc_cidrs(self, region: str) -> dict[str, tuple[str, ...]]:
        """VPC id to its CIDR blocks."""
        ...


class Quotas(Protocol):
    def granted(self, region: str, quotas: Iterable[Quota]) -> dict[Quota, float]:
        """What the account may have; without those that AWS tells nothing of."""
        ...

    def used(self, region: str, zones: Sequence[str]) -> dict[Quota, float]:
        """What the account has, of those that can be counted; in the fullest of these zones if by zone."""
        ...


class Rights(Protocol):
    """What the role may do that CloudFormation acts with, its organization's policies considered."""

    def refused(self, region: str, name: str, types: Iterable[str]) -> dict[Right, str]:
        """What it may not do that making these types for an environment takes, each with the reason."""
        ...


class Offers(Protocol):
    """What AWS would sell us in a region."""

    def database_zones(self, region: str, instance_class: str, *, multi_az: bool) -> frozenset[str]:
        """The zones in which PostgreSQL of the gateway's version can be had on it."""
        ...

    def instance_zones(self, region: str, instance_type: str) -> frozenset[str]:
        """The zones in which EC2 has such machines."""
        ...

    def closed_models(self, region: str, models: Sequence[str]) -> dict[str, str]:
        """The models that the account may not use there, each with what AWS says of it."""
        ...

    def has_use_form(self, region: str) -> bool:
        """Whether the account has ever told Anthropic what it wants models for."""
        ...


class Belongings(Protocol):
    """What the account has already."""

    def certificate(self, arn: str) -> Certificate | None:
        """Of ACM in us-east-1, the only place where CloudFront looks."""
        ...

    def secrets(self, region: str, prefix: str) -> list[AccountSecret]:
        """Those whose names begin so, and those among them that only wait to be deleted."""
        ...

    def has_database(self, region: str, identifier: str) -> bool: ...

    def left_over(self, region: str, name: str) -> list[str]:
        """What holds a name that the environment will give: log groups, cluster, observer."""
        ...

    def web_acls(self, name: str) -> list[str]:
        """Those of CloudFront that are called so."""
        ...


class Account(Protocol):
    """What only the account's owner can do, and may have forgotten."""

    def unused_cost_tags(self, keys: Sequence[str]) -> list[str]:
        """Those that are not activated for cost allocation; AccountUnaskableError where nobody may ask."""
        ...

    def listeners(self) -> int:
        """How many have confirmed that they want to hear of alarms."""
        ...


class Inventory(Protocol):
    def tagged(self, region: str, environment_id: str) -> list[str]:
        """ARNs of everything in the region that carries the environment's id."""
        ...


class Remains(Protocol):
    """What outlives the stacks of an environment."""

    def of(self, region: str, name: str, environment_id: str) -> list[Kept]:
        """Its secrets, those within their window with the window's end, and snapshots of its database."""
        ...

    def secrets(self, region: str, name: str, environment_id: str) -> list[Kept]:
        """The secrets alone."""
        ...

    def schedule_secret(self, secret: Kept, days: int) -> None:
        """Have it deleted after so many days, in which it can be restored."""
        ...

    def erase_secret(self, secret: Kept) -> None:
        """Delete it at once, also if it was scheduled before; one that is gone is no error."""
        ...

    def delete_snapshot(self, snapshot: Kept) -> None:
        """One that is gone is no error."""
        ...

    def delete_late_logs(self, region: str, name: str) -> list[str]:
        """Log groups that services made anew when their stack had gone; answers their names."""
        ...
