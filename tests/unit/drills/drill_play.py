# ruff: noqa: ARG002  (fakes take what the ports give)
"""Plays a drill against fakes: rows, records, a gateway that can be broken, a watch that sees what is so."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace

from stargate.domain.drills.budget import Hour
from stargate.domain.drills.deeds import DatabaseFacts, ServiceStanding, TaskFacts
from stargate.domain.drills.drill import SCOPE, Watched
from stargate.domain.drills.platform import PlatformEvent
from stargate.domain.drills.probes import Probe
from stargate.domain.drills.restoring import Side
from stargate.domain.operating.facts import Zones
from stargate.domain.provisioning.moves import ObservedTask
from stargate.domain.provisioning.progress import NodeState, NodeStatus
from stargate.errors import ActionRefusedError, ConflictError, DrillNotFoundError
from stargate.usecases.drills.begin_drill import BeginDrill
from stargate.usecases.drills.inject_failure import InjectFailure
from stargate.usecases.drills.keep_drills import KeepDrills
from stargate.usecases.drills.rehearse_restore import RehearseRestore
from stargate.usecases.drills.request_drill import RequestDrill
from stargate.usecases.drills.score_drill import Scales, ScoreDrill
from stargate.usecases.drills.settle_drill import SettleDrill
from stargate.usecases.drills.show_drills import ShowDrills
from stargate.usecases.drills.stop_drill import StopDrill
from stargate.usecases.drills.survey_gateway import SurveyGateway
from stargate.usecases.drills.tend_drill import TendDrill
from stargate.usecases.drills.watch_gateway import WatchGateway
from tests import fakes
from tests.fakes.gateway import standing_in
from tests.unit.operating.loop_play import IDENTIFIER, NAME, LoopPlay

ENGINE = "postgres 16.13 on db.r6g.large"
ZONES = ("us-east-1a", "us-east-1b", "us-east-1c")
ZONE_IDS = {"use1-az1": ZONES[0], "use1-az2": ZONES[1], "use1-az3": ZONES[2]}
SUBNETS = {f"subnet-{name[-1]}": zone for zone, name in ZONE_IDS.items()}
TASKS = {"litellm": 2, "grafana": 2, "langfuse": 2, "victoria-metrics": 1}
ASKED_OF = ("ingestion", "langfuse", "grafana", "litellm", "victoria-metrics", "liveliness")
ALARMS = (
    "litellm-cpu-critical",
    "litellm-errors-critical",
    "litellm-errors-warning",
    "litellm-first-token-critical",
    "database-cpu-critical",
)


@dataclass
class FakeDrills:
    rows: dict = field(default_factory=dict)

    def get(self, environment_id, drill_id):
        if (environment_id, drill_id) not in self.rows:
            raise DrillNotFoundError(f"there is no drill {drill_id}")
        return self.rows[environment_id, drill_id]

    def all(self, environment_id):
        return self.since(environment_id, 0.0)

    def since(self, environment_id, at):
        found = [drill for (holder, _), drill in self.rows.items() if holder == environment_id]
        return [drill for drill in found if drill.requested_at >= at]

    def put(self, drill):
        self.rows[drill.environment_id, drill.drill_id] = drill

    def set(self, drill, *names):
        present = self.get(drill.environment_id, drill.drill_id)
        self.put(replace(present, **{name: getattr(drill, name) for name in names}))


@dataclass
class FakeDrillRecords:
    records: dict = field(default_factory=dict)
    pages: dict = field(default_factory=dict)

    def put(self, environment_id, drill_id, watched):
        self.records[drill_id] = watched

    def put_page(self, environment_id, drill_id, page):
        self.pages[drill_id] = page

    def get(self, environment_id, drill_id):
        return self.records[drill_id]

    def digest(self, environment_id, drill_id):
        return hashlib.sha256(repr(self.records[drill_id]).encode()).hexdigest()

    def links(self, environment_id, drill_id, seconds):
        return {"record": f"record of {drill_id}", "page": f"page of {drill_id}"}


@dataclass
class FakeDrillWorkflow:
    started: list = field(default_factory=list)
    statuses: dict = field(default_factory=dict)

    def start(self, kind, execution_name, payload):
        self.started.append((kind, execution_name, payload))
        self.statuses[execution_name] = "RUNNING"

    def status(self, kind, execution_name):
        return self.statuses.get(execution_name)


@dataclass
class FakeDatabases:
    clock: object
    facts: DatabaseFacts | None = None
    failed_over: list = field(default_factory=list)
    told: list = field(default_factory=list)

    def __post_init__(self):
        self.facts = DatabaseFacts("available", True, ZONES[0], ZONES[1], 7, None, ENGINE)  # noqa: FBT003

    def describe(self, region, identifier):
        if self.facts is None or not self.facts.backup_days:
            return self.facts
        return replace(self.facts, restorable_until=self.facts.restorable_until or self.clock.now() - 240)

    def fail_over(self, region, identifier):
        self.failed_over.append((region, identifier))
        self.facts = replace(self.facts, status="rebooting")
        self.told.append(PlatformEvent(self.clock.now(), "Multi-AZ instance failover started."))

    def completes(self):
        self.told.append(PlatformEvent(self.clock.now(), "Multi-AZ instance failover completed."))
        zone, standby = self.facts.standby_zone, self.facts.zone
        self.facts = replace(self.facts, zone=zone, standby_zone=standby, status="available")

    def events(self, region, identifier, since):
        return [event for event in self.told if event.at >= since]


@dataclass
class FakeServiceTasks:
    """Services with their tasks spread over the zones; a stopped task is replaced after `replaces_in`."""

    clock: object
    replaces_in: float = 70.0
    counts: dict = field(default_factory=lambda: dict(TASKS))
    stopped: dict = field(default_factory=dict)

    def standing(self, region, cluster, services):
        return {
            name: ServiceStanding(self.counts[name], self.running(name))
            for name in services
            if name in self.counts
        }

    def running(self, service):
        return tuple(task for number in range(self.counts[service]) if (task := self._task(service, number)))

    def _task(self, service, number):
        zone = ZONES[number % len(ZONES)]
        at = self.stopped.get(f"{service}-{number}")
        if at is None:
            return TaskFacts(f"{service}-{number}", zone, 1000.0 + number)
        back = at + self.replaces_in
        return TaskFacts(f"{service}-{number}-new", zone, back) if self.clock.now() >= back else None

    def serves(self, service):
        return bool(self.running(service))

    def stop(self, region, cluster, task_id, reason):
        self.stopped[task_id] = self.clock.now()


@dataclass
class FakeShifts:
    """Services by the subnets that they are in; `known` is False for a balancer that ARC does not know."""

    known: bool = True
    away: set = field(default_factory=set)
    placed: dict = field(default_factory=lambda: {name: tuple(sorted(SUBNETS)) for name in TASKS})
    breaks: bool = False

    def describe(self, region, cluster, balancer_arn, services):
        if not self.known:
            return None
        subnets = {name: {one: SUBNETS[one] for one in placed} for name, placed in self.placed.items()}
        return Zones(balancer_arn, ZONE_IDS, tuple(sorted(self.away)), subnets)

    def shift(self, region, balancer_arn, zone, comment):
        self.away.add(zone)

    def shift_back(self, region, balancer_arn, zone):
        self.away.discard(zone)

    def place(self, region, cluster, service, subnets):
        if self.breaks:
            self.breaks = False
            raise ActionRefusedError("UpdateService: no")
        self.placed[service] = tuple(sorted(subnets))


@dataclass
class FakeRehearsals:
    """A restore takes `seconds`, the reading task a minute, a deletion five; `exits` is how the task ends."""

    clock: object
    seconds: float = 1500.0
    exits: tuple = (0, 0)
    ends_as: str = "available"
    made: dict = field(default_factory=dict)
    tags: dict = field(default_factory=dict)
    deleted_at: float | None = None
    read_at: float | None = None
    reads: list = field(default_factory=list)

    def restore(self, region, source, side, tags):
        self.made.setdefault(side, self.clock.now())
        self.tags = tags

    def describe(self, region, side):
        now, made = self.clock.now(), self.made.get(side)
        if made is None or (self.deleted_at is not None and now >= self.deleted_at + 300):
            return None
        if self.deleted_at is not None:
            return Side("deleting")
        return Side(self.ends_as, "side.rds") if now >= made + self.seconds else Side("creating")

    def delete(self, region, side):
        found = self.describe(region, side)
        if found is not None and found.status == "creating":
            raise ConflictError(f"{side} is creating")
        if found is not None and self.deleted_at is None:
            self.deleted_at = self.clock.now()

    def check(self, region, cluster, network, address, marked_at, token):
        self.read_at = self.clock.now()
        self.reads.append((cluster, address, marked_at, token))
        return "task-1"

    def checked(self, region, cluster, task_arn):
        stopped = self.clock.now() >= self.read_at + 60
        return ObservedTask(task_arn, stopped, self.exits if stopped else (None, None), "")


@dataclass
class FakeErrorCounts:
    hours_counted: tuple = (Hour(36_000.0, 4.0),)

    def hours(self, environment, outputs, until):
        return self.hours_counted


@dataclass
class FakeAlarmActions:
    """`rung` are alarms by name and moment."""

    off: set = field(default_factory=set)
    rung: list = field(default_factory=list)
    where: dict = field(default_factory=dict)

    def sounding(self, regions, prefix):
        there = standing_in(regions, self.where, (f"{prefix}{name}" for name in ALARMS))
        return tuple(sorted(there - self.off))

    def mute(self, regions, names):
        self.off |= standing_in(regions, self.where, names)

    def unmute(self, regions, names):
        self.off -= standing_in(regions, self.where, names)

    def rang(self, regions, prefix, since):
        there = standing_in(regions, self.where, (f"{prefix}{one.name}" for one in self.rung))
        return tuple(one for one in self.rung if one.at >= since and f"{prefix}{one.name}" in there)


@dataclass
class FakeWatch:
    """Each second it asks `see` for the probes of that second, and lets a second pass."""

    clock: object
    see: object
    assumptions: tuple = ()
    scrapes: list = field(default_factory=list)
    forgets: tuple = ()

    def watch(self, environment, secrets_prefix, region, domain, seconds, enough):
        probes, until = [], self.clock.now() + seconds
        while self.clock.now() < until and not enough(probes):
            probes += self.see(self.clock.now())
            self.clock.pass_seconds(1)
        markers = tuple((one.at, f"m{one.at}") for one in probes if one.component == "ingestion" and one.ok)
        seen = tuple(one.at for one in probes if one.component == "victoria-metrics" and one.ok)
        scrapes = tuple(at for at in seen if not int(at) % 15)
        kept = tuple(at for at in scrapes if at not in self.forgets)
        found = frozenset(name for _, name in markers)
        return Watched(tuple(probes), markers, found, self.assumptions, scrapes, kept)


@dataclass
class DrillPlay:
    """The failover takes `seconds`; a wedged LiteLLM needs `mends_in` after its new deployment."""

    seconds: float = 60
    wedges: bool = False
    mends_in: float = 70
    kind: str = "database-failover"
    loop: LoopPlay = field(default_factory=LoopPlay)

    def __post_init__(self):
        loop, clock = self.loop, self.loop.clock
        self.clock, self.drills, self.records = clock, FakeDrills(), FakeDrillRecords()
        self.workflow, self.databases = FakeDrillWorkflow(), FakeDatabases(clock)
        self.tasks, self.errors, self.alarms = FakeServiceTasks(clock), FakeErrorCounts(), FakeAlarmActions()
        environments, nodes = fakes.FakeEnvironments(loop.table), fakes.FakeNodes(loop.table)
        edge = NodeState("edge", NodeStatus.STANDING, 1, outputs={"DistributionDomain": "d1.cloudfront.net"})
        network = NodeState("network", NodeStatus.STANDING, 1, outputs={"PrivateSubnetIds": "subnet-a"})
        loop.table.nodes[IDENTIFIER] = {"edge": edge, "network": network}
        operations, narrator = loop.operations, loop.narrator
        self.shifts, self.pager = FakeShifts(), fakes.FakePager()
        survey = SurveyGateway(self.databases, self.tasks, self.shifts, self.errors, clock)
        self.ask = RequestDrill(
            operations, self.drills, survey, self.workflow, clock, loop.identifiers, "someone"
        )
        self.begin = BeginDrill(
            operations, self.drills, self.ask, self.alarms, self.pager, clock, narrator("begin_drill")
        )
        self.inject = InjectFailure(
            operations, self.drills, survey, self.databases, self.tasks, self.shifts, clock,
            narrator("inject_failure"),
        )  # fmt: skip
        self.tend = TendDrill(operations, self.drills, survey, loop.services, clock, narrator("tend_drill"))
        self.fake_watch = FakeWatch(clock, self.see, ("on a fake",))
        self.watch = WatchGateway(environments, nodes, self.drills, self.records, self.fake_watch, clock)
        scales = Scales(self.databases, self.alarms, loop.metrics, loop.ledger)
        self.score = ScoreDrill(
            operations, self.drills, self.records, scales, self.pager, clock, narrator("score_drill")
        )
        self.rehearsals, self.observer = FakeRehearsals(clock), fakes.FakeObserver()
        self.settle = SettleDrill(
            operations,
            self.drills,
            self.alarms,
            self.shifts,
            self.rehearsals,
            clock,
            narrator("settle_drill"),
        )
        self.rehearse = RehearseRestore(
            operations, self.drills, nodes, survey, self.observer, self.rehearsals, clock,
            narrator("rehearse_restore"), ("on a fake",),
        )  # fmt: skip
        self.show = ShowDrills(environments, self.drills, self.records, clock)
        self.stop = StopDrill(environments, self.drills, "ann")
        self.keep = KeepDrills(
            environments, operations, self.drills, self.ask, self.settle, clock, narrator("keep_drills")
        )
        self.ids = None

    def requested(self, **more):
        self.ids = (IDENTIFIER, self.ask(NAME, {"kind": self.kind, **more})["id"])
        return self.ids

    @property
    def drill(self):
        return self.drills.get(*self.ids)

    @property
    def muted(self):
        """Whether the loop is."""
        lease = self.loop.operations.by_id(IDENTIFIER).operations.leases.get(SCOPE)
        return lease is not None and lease.held_at(self.clock.now())

    def told(self, kind):
        return [entry.summary for entry in self.loop.ledger.page(IDENTIFIER, None, kind, 99, None).items]

    def see(self, now):
        """The other branch of the workflow goes on meanwhile, then each component answers."""
        if int(now) % 5 == 0:
            drill = self.drill
            if drill.injected_at is None:
                self.inject(*self.ids)
            else:
                self.tend(*self.ids)
        return [self.answer(component, now) for component in ASKED_OF]

    def answer(self, component, now):
        drill = self.drill
        injected = drill.injected_at if "database" in drill.broken else None
        back = None if injected is None else injected + self.seconds
        if back is not None and now >= back and self.databases.told[-1].message.endswith("started."):
            self.databases.completes()
        service = {"ingestion": "langfuse", "liveliness": "litellm"}.get(component, component)
        gone = not self.tasks.serves(service)
        down = gone or (back is not None and now < back and component != "liveliness")
        mended = drill.rescued_at is not None and now >= drill.rescued_at + self.mends_in
        wedged = self.wedges and back is not None and component == "litellm" and not mended
        return Probe(now, component, not (down or wedged), 0.1, "401" if wedged else "503" if down else "")

    def begun(self, **more):
        self.requested(**more)
        self.begin(*self.ids)
        return self.ids

    def steady(self, **more):
        """Begun, and seen well by a watch that was heard of just now."""
        self.begun(**more)
        now = self.clock.now()
        self.drills.set(replace(self.drill, steady_at=now, watched_at=now), "steady_at", "watched_at")
        return self.ids

    def run(self, **more):
        self.begun(**more)
        self.watch(*self.ids)
        for _ in range(20):  # the watch is over; the other branch waits for the tasks
            if self.tend(*self.ids)["over"]:
                break
            self.clock.pass_seconds(10)
        self.settle(*self.ids, "put_back")
        self.score(*self.ids)
        return self.show.one(NAME, self.ids[1])
