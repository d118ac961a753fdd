"""What is changed of a running gateway beside its services: zones, database, models, quotas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from stargate.domain.operating.actions.budgets_moved import BudgetChange
    from stargate.domain.operating.facts import DatabaseServer, KeyBudget, Keys, Pools, QuotaFacts, Zones


class ZonalShifts(Protocol):
    """Which zones a gateway uses: its balancer by a zonal shift of ARC, its services by their subnets."""

    def describe(self, region: str, cluster: str, balancer_arn: str, services: Sequence[str]) -> Zones | None:
        """None if the balancer is none that can be shifted."""
        ...

    def shift(self, region: str, balancer_arn: str, zone: str, comment: str) -> None:
        """Keep the balancer from a zone, for a day at most; nothing if it is kept from it already."""
        ...

    def shift_back(self, region: str, balancer_arn: str, zone: str) -> None: ...

    def place(self, region: str, cluster: str, service: str, subnets: Sequence[str]) -> None:
        """Deploy the service into these subnets; nothing if it is in them and in no others."""
        ...


class DatabaseServers(Protocol):
    def describe(self, region: str, identifier: str) -> DatabaseServer | None: ...

    def change_class(self, region: str, identifier: str, instance_class: str) -> None:
        """Now, and not in RDS's own window: minutes without a database, seconds if it spans zones."""
        ...

    def fail_over(self, region: str, identifier: str) -> None: ...


class QuotaRequests(Protocol):
    def describe(self, region: str, service: str, name: str) -> QuotaFacts | None:
        """The quota of that name; None where AWS knows none."""
        ...

    def ask(self, region: str, service: str, code: str, value: float) -> None: ...


class ConnectionPools(Protocol):
    """LiteLLM's pools, read when a task starts and at no other time."""

    def describe(self, region: str, cluster: str, service: str) -> Pools | None:
        """None if the task definition names no pool."""
        ...

    def deploy(self, region: str, cluster: str, service: str, connections: int) -> None:
        """A new revision of the task definition that differs in this one value, and its deployment."""
        ...

    def go_back(self, region: str, cluster: str, service: str, task_definition: str) -> None:
        """Deploy a revision that was deployed before."""
        ...


class KeyProbe(Protocol):
    def look(self, region: str, environment: str) -> Keys | None:
        """None while the observer itself cannot be asked: that says nothing of the gateway."""
        ...


class KeyBudgets(Protocol):
    """What LiteLLM's virtual keys may spend, through the observer: it needs the database.

    Keys are called by their aliases, and are themselves seen by nobody outside the VPC.
    """

    def read(self, region: str, environment: str, also: Collection[str]) -> Mapping[str, KeyBudget] | None:
        """Of those that are unimportant, and `also` of these; None if LiteLLM cannot say."""
        ...

    def change(self, region: str, environment: str, changes: Mapping[str, BudgetChange]) -> None:
        """Where each is as it is believed to be; ActionRefusedError if LiteLLM takes none of it.

        AwsThrottledError where nobody knows whether it was done: ask again.
        """
        ...


class Models(Protocol):
    """LiteLLM's routing, through the observer and LiteLLM's management API: it needs the database."""

    def aliases(self, region: str, environment: str) -> Mapping[str, str] | None:
        """Which model is served in the place of which; None if LiteLLM cannot say."""
        ...

    def route(self, region: str, environment: str, aliases: Mapping[str, str]) -> None:
        """Serve so from now on; ActionRefusedError if LiteLLM will not."""
        ...
