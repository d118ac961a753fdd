# ruff: noqa: ARG002  (a fake takes what its port takes, and needs less of it)
"""What is changed of a gateway beside its services. Each remembers in `done` what was done to it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

from stargate.domain.operating.facts import DatabaseServer, KeyBudget, Keys, Pools, QuotaFacts, Zones
from stargate.errors import ActionRefusedError, AwsThrottledError

PLACED = {"s-a": "use1-az1", "s-b": "use1-az2", "s-c": "use1-az4"}


@dataclass
class FakeZonalShifts:
    """Three zones; a task moves when the test says so."""

    facts: Zones | None = field(
        default_factory=lambda: Zones(
            "arn:balancer",
            {"use1-az1": "us-east-1a", "use1-az2": "us-east-1b", "use1-az4": "us-east-1c"},
            (),
            {"litellm": PLACED, "grafana": PLACED},
            {"use1-az1": 2, "use1-az2": 2},
        )
    )
    done: list = field(default_factory=list)

    def describe(self, region, cluster, balancer_arn, services):
        return self.facts

    def shift(self, region, balancer_arn, zone, comment):
        if zone not in self.facts.away:
            self.done.append(("shift", zone))
            self.facts = replace(self.facts, away=(*self.facts.away, zone))

    def shift_back(self, region, balancer_arn, zone):
        if zone in self.facts.away:
            self.done.append(("shift back", zone))
            self.facts = replace(self.facts, away=tuple(one for one in self.facts.away if one != zone))

    def place(self, region, cluster, service, subnets):
        if sorted(self.facts.subnets[service]) != sorted(subnets):
            self.done.append(("place", service, tuple(subnets)))
            placed = {subnet: PLACED[subnet] for subnet in subnets}
            self.facts = replace(self.facts, subnets={**self.facts.subnets, service: placed})

    def moves(self):
        """Every task is where it may be."""
        self.facts = replace(
            self.facts, tasks={zone: 2 for zone in self.facts.zones if zone not in self.facts.away}
        )


@dataclass
class FakeDatabaseServers:
    """RDS begins at once and is done when the test says so."""

    facts: DatabaseServer | None = field(
        default_factory=lambda: DatabaseServer(
            "available", "db.r6g.large", multi_az=True, zone="us-east-1a", standby_zone="us-east-1b"
        )
    )
    done: list = field(default_factory=list)

    def describe(self, region, identifier):
        return self.facts

    def change_class(self, region, identifier, instance_class):
        self.done.append(("class", instance_class))
        self.facts = replace(self.facts, status="modifying", pending_class=instance_class)

    def fail_over(self, region, identifier):
        self.done.append(("fail over",))
        self.facts = replace(self.facts, status="rebooting")

    def is_changed(self):
        self.facts = replace(
            self.facts, status="available", instance_class=self.facts.pending_class, pending_class=""
        )

    def has_failed_over(self):
        zones = {"zone": self.facts.standby_zone, "standby_zone": self.facts.zone}
        self.facts = replace(self.facts, status="available", **zones)


@dataclass
class FakeQuotaRequests:
    facts: QuotaFacts | None = field(
        default_factory=lambda: QuotaFacts("bedrock", "L-1", "Tokens per minute", 1000.0, adjustable=True)
    )
    done: list = field(default_factory=list)
    loses: bool = False

    def describe(self, region, service, name):
        return self.facts

    def ask(self, region, service, code, value):
        self.done.append((region, service, code, value))
        if not self.loses:
            self.facts = replace(self.facts, asked=value)


@dataclass
class FakeConnectionPools:
    facts: Pools | None = field(default_factory=lambda: Pools("t:1", 10))
    done: list = field(default_factory=list)

    def describe(self, region, cluster, service):
        return self.facts

    def deploy(self, region, cluster, service, connections):
        self.done.append(("deploy", service, connections))
        self.facts = Pools("t:2", connections)

    def go_back(self, region, cluster, service, task_definition):
        self.done.append(("go back", service, task_definition))
        self.facts = Pools(task_definition, 10)


@dataclass
class FakeKeys:
    facts: Keys | None = field(default_factory=lambda: Keys(""))

    def look(self, region, environment):
        return self.facts


@dataclass
class FakeKeyBudgets:
    """As the observer does it: from what is expected, and less to unimportant keys alone.

    `facts` are of all keys. `refuse`: LiteLLM takes nothing; `lose_answers`: it does, and nobody hears of it.
    """

    facts: dict | None = field(
        default_factory=lambda: {"batch-jobs": KeyBudget(Decimal("80.4"), Decimal(100), unimportant=True)}
    )
    done: list = field(default_factory=list)
    refuse: str = ""
    lose_answers: int = 0

    def read(self, region, environment, also):
        if self.facts is None:
            return None
        return {alias: key for alias, key in self.facts.items() if key.unimportant or alias in also}

    def change(self, region, environment, changes):
        if self.refuse:
            raise ActionRefusedError(self.refuse)
        for alias, change in changes.items():
            self._change(alias, change)
        if self.lose_answers:
            self.lose_answers -= 1
            raise AwsThrottledError("the observer does not answer")

    def _change(self, alias, change):
        key = self.facts.get(alias)
        if key is None or key.most not in change.expected or key.most == change.most:
            return
        less = change.most is not None and (key.most is None or change.most < key.most)
        if key.unimportant or not less:
            self.done.append((alias, change.most))
            self.facts[alias] = replace(key, most=change.most)


@dataclass
class FakeModels:
    facts: dict | None = field(default_factory=dict)
    done: list = field(default_factory=list)
    refuse: str = ""
    forgets: bool = False

    def aliases(self, region, environment):
        return self.facts

    def route(self, region, environment, aliases):
        if self.refuse:
            raise ActionRefusedError(self.refuse)
        self.done.append(dict(aliases))
        if not self.forgets:
            self.facts = dict(aliases)
