"""A gateway that stands, and the month in which its costs are metered, billed and stated."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from gateway.build_manifest import build_manifest
from stargate.domain.costs.actuals.month import DAY, midnight
from stargate.domain.environment import Environment, Status
from stargate.domain.gateway.graph import PLAIN
from stargate.domain.gateway.manifest import Manifest
from stargate.domain.gateway.presets import PRESETS
from stargate.domain.provisioning.progress import NodeState, NodeStatus
from stargate.usecases.costs.collect_bill import CollectBill
from stargate.usecases.costs.meter_use import MeterUse
from stargate.usecases.costs.order_reports import OrderReports
from stargate.usecases.costs.report_costs import ReportCosts
from stargate.usecases.costs.show_reports import ShowReports
from stargate.usecases.costs.state_costs import StateCosts
from stargate.usecases.narrate import Narrator
from tests import fakes
from tests.unit.play import manifest

DOCUMENT = build_manifest(Path(__file__).parents[3] / "gateway")
REAL = Manifest.from_document(DOCUMENT)
PLAYED = Manifest.from_document({**DOCUMENT, "version": manifest().version})  # in the place of the play's
FIRST = date(2026, 11, 1)
ID = "0123456789ab"
# What a sandbox in usual work is seen to use in an hour.
USUAL = {
    "litellm_task_hours": Decimal(2),
    "grafana_task_hours": Decimal(2),
    "langfuse_task_hours": Decimal(2),
    "victoria-metrics_task_hours": Decimal(1),
    "database_hours": Decimal(1),
    "calls": Decimal(1000),
    "haiku_input": Decimal(1_000_000),
    "haiku_output": Decimal(100_000),
}


def moment(day, hour=0, minute=0):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC).timestamp()


def an_environment(preset="sandbox", **changes):
    chosen = PRESETS[preset]
    created = midnight(FIRST)
    given = {
        "environment_id": ID,
        "name": "sandbox",
        "preset": preset,
        "region": chosen.region,
        "status": Status.READY,
        "attempt": 1,
        "gateway_version": REAL.version,
        "spec": chosen.spec,
        "created_at": created,
        "updated_at": created,
        "attempt_started_at": created,
        "cause": "",
    }
    return Environment(**{**given, **changes})


@dataclass
class CostPlay:
    """Time is the test's, every hour like the last unless the test says otherwise."""

    environment: Environment = field(default_factory=an_environment)
    clock: fakes.FakeClock = field(default_factory=lambda: fakes.FakeClock(midnight(FIRST)))
    usage: fakes.FakeUsage = field(default_factory=lambda: fakes.FakeUsage(dict(USUAL)))
    days: fakes.FakeCostDays = field(default_factory=fakes.FakeCostDays)
    bills: fakes.FakeBills = field(default_factory=fakes.FakeBills)
    prices: fakes.FakePrices = field(default_factory=fakes.FakePrices)
    keys: fakes.FakeKeyUses = field(default_factory=fakes.FakeKeyUses)
    reports: fakes.FakeCostReports = field(default_factory=fakes.FakeCostReports)
    people: fakes.FakePager = field(default_factory=fakes.FakePager)
    workflow: fakes.FakeReporting = field(default_factory=fakes.FakeReporting)

    def __post_init__(self):
        self.table = fakes.FakeTable()
        self.environments = fakes.FakeEnvironments(self.table)
        self.nodes = fakes.FakeNodes(self.table)
        self.manifests = fakes.FakeManifests(REAL)
        self.stands(self.environment)
        shared = (self.manifests, self.usage, self.prices, self.days, self.clock)
        self.meter = MeterUse(self.environments, self.nodes, *shared, self.keys)
        self.collect = CollectBill(self.environments, self.bills, self.days, self.clock)
        self.state = StateCosts(self.environments, self.manifests, self.prices, self.days, self.clock)
        narrator = Narrator(self.clock, fakes.FakeIdentifiers(), "report_costs")
        told = (self.environments, self.state, self.reports, self.people, self.clock, narrator)
        self.report = ReportCosts(*told)
        self.show = ShowReports(self.environments, self.reports, self.clock)
        self.order = OrderReports(self.environments, self.days, self.reports, self.workflow, self.clock)

    def stands(self, environment, stacks=PLAIN.names):
        self.environment = environment
        self.table.environments[environment.environment_id] = environment
        self.table.names[environment.name] = environment.environment_id
        self.table.nodes[environment.environment_id] = {
            name: NodeState(name, status=NodeStatus.STANDING, stood_at=environment.created_at)
            if name in stacks
            else NodeState(name)
            for name in PLAIN.names
        }

    def gives_out(self, outputs):
        """Its stacks' outputs, as the nodes' rows have them."""
        nodes = self.table.nodes[self.environment.environment_id]
        nodes["network"] = replace(nodes["network"], outputs=outputs)

    def until(self, day, hour=0, minute=0, every=6):
        """Let time pass, with a look every so many hours."""
        end = moment(day, hour, minute)
        while self.clock.at < end:
            self.clock.at = min(end, self.clock.at + every * 3600.0)
            self.meter()
        return self

    def day(self, day):
        return self.days.get(ID, day)

    def stated(self, month=None):
        return self.state.of_name("sandbox", month)

    def bill(self, *lines, beside=()):
        """Lines are (day, service, usage type, dollars, quantity); beside are (day, record type, dollars)."""
        use = [(day, (service, usage), usd, quantity) for day, service, usage, usd, quantity in lines]
        self.bills.used = [answer(("SERVICE", "USAGE_TYPE"), use)]
        other = [(day, (kind, "AWS"), usd, 0) for day, kind, usd in beside]
        self.bills.beside_use = [answer(("RECORD_TYPE", "SERVICE"), other)]
        return self.collect(ID)


def answer(keys, rows, *, estimated=True):
    """As Cost Explorer words it: a period for each day, amounts as text."""
    periods = {}
    for day, values, usd, quantity in rows:
        periods.setdefault(day, []).append(
            {
                "Keys": list(values),
                "Metrics": {
                    "UnblendedCost": {"Amount": str(usd), "Unit": "USD"},
                    "AmortizedCost": {"Amount": str(usd), "Unit": "USD"},
                    "UsageQuantity": {"Amount": str(quantity), "Unit": "N/A"},
                },
            }
        )
    return {
        "GroupDefinitions": [{"Type": "DIMENSION", "Key": key} for key in keys],
        "ResultsByTime": [
            {
                "TimePeriod": {"Start": day.isoformat(), "End": (day + timedelta(days=1)).isoformat()},
                "Total": {},
                "Groups": groups,
                "Estimated": estimated,
            }
            for day, groups in sorted(periods.items())
        ],
    }


def as_billed(day, play, factor=Decimal(1)):
    """A bill of what was metered on that day, or of so much of it, by AWS's names."""
    lines = []
    for line in play.day(day).metered:
        service, usage, units = AWS_NAMES.get(line.item, (None, None, 1))
        if service:
            lines.append((day, service, usage, line.usd * factor, line.quantity * units * factor))
    return lines


AWS_NAMES = {
    "fargate_vcpu_x86_64": ("Amazon Elastic Container Service", "USE1-Fargate-vCPU-Hours:perCPU", 1),
    "fargate_gb_x86_64": ("Amazon Elastic Container Service", "USE1-Fargate-GB-Hours", 1),
    "db.r6g.large_multi": ("Amazon Relational Database Service", "Multi-AZUsage:db.r6g.large", 1),
    "database_storage_multi": ("Amazon Relational Database Service", "RDS:Multi-AZ-GP3-Storage", 1),
    "nat_gateway": ("EC2 - Other", "NatGateway-Hours", 1),
    "nat_gateway_data": ("EC2 - Other", "NatGateway-Bytes", 1),
    "balancer": ("Amazon Elastic Load Balancing", "LoadBalancerUsage", 1),
    "public_address": ("Amazon Virtual Private Cloud", "USE1-PublicIPv4:InUseAddress", 1),
    "secret": ("AWS Secrets Manager", "USE1-AWSSecretsManager-Secrets", 1),
    "alarm_metric": ("AmazonCloudWatch", "CW:AlarmMonitorUsage", 1),
    "haiku_input": ("Claude Haiku 4.5 (Amazon Bedrock Edition)", "USE1-MP:USE1_InputTokenCount-Units", 1),
    "haiku_output": ("Claude Haiku 4.5 (Amazon Bedrock Edition)", "USE1-MP:USE1_OutputTokenCount-Units", 1),
}


def loaded(document):
    """The document as whoever asks the API has it."""
    return json.loads(json.dumps(document, default=str))


def seconds(days):
    return days * DAY
