# ruff: noqa: ARG002  (fakes take what the ports give)
"""Plays a drill against fakes: rows, records, a database and a watch that sees what the test says."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from stargate.domain.drills.drill import DatabaseFacts, Watched
from stargate.domain.drills.platform import PlatformEvent
from stargate.errors import DrillNotFoundError

HEALTHY = DatabaseFacts(
    "available", multi_az=True, zone="us-east-1a", standby_zone="us-east-1b", backup_days=7
)


@dataclass
class FakeDrills:
    rows: dict = field(default_factory=dict)

    def get(self, environment_id, drill_id):
        if (environment_id, drill_id) not in self.rows:
            raise DrillNotFoundError(f"there is no drill {drill_id}")
        return self.rows[environment_id, drill_id]

    def all(self, environment_id):
        return [drill for (holder, _), drill in self.rows.items() if holder == environment_id]

    def put(self, drill):
        self.rows[drill.environment_id, drill.drill_id] = drill

    def set(self, drill, *names):
        present = self.get(drill.environment_id, drill.drill_id)
        self.put(replace(present, **{name: getattr(drill, name) for name in names}))


@dataclass
class FakeDrillRecords:
    records: dict = field(default_factory=dict)

    def put(self, environment_id, drill_id, watched):
        self.records[drill_id] = watched

    def get(self, environment_id, drill_id):
        return self.records[drill_id]


@dataclass
class FakeDrillWorkflow:
    started: list = field(default_factory=list)

    def start(self, execution_name, payload):
        self.started.append((execution_name, payload))


@dataclass
class FakeDatabases:
    clock: object
    facts: DatabaseFacts | None = HEALTHY
    failed_over: list = field(default_factory=list)
    told: list = field(default_factory=list)

    def describe(self, region, identifier):
        return self.facts

    def fail_over(self, region, identifier):
        self.failed_over.append((region, identifier))
        self.told.append(PlatformEvent(self.clock.now(), "Multi-AZ instance failover started."))

    def completes(self):
        self.told.append(PlatformEvent(self.clock.now(), "Multi-AZ instance failover completed."))
        self.facts = replace(self.facts, zone=self.facts.standby_zone, standby_zone=self.facts.zone)

    def events(self, region, identifier, since):
        return [event for event in self.told if event.at >= since]


@dataclass
class FakeWatch:
    """Each second it asks `see` for the probes of that second, and lets a second pass."""

    clock: object
    see: object
    assumptions: tuple = ()

    def watch(self, environment, region, domain, seconds, enough):
        probes, until = [], self.clock.now() + seconds
        while self.clock.now() < until and not enough(probes):
            probes += self.see(self.clock.now())
            self.clock.pass_seconds(1)
        markers = tuple((one.at, f"m{one.at}") for one in probes if one.component == "database" and one.ok)
        return Watched(tuple(probes), markers, frozenset(name for _, name in markers), self.assumptions)
