"""The verdict of a drill, from its raw record, RDS's events, the alarms and the ledger."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.drills.alarms import alarms_of
from stargate.domain.drills.drill import DrillStatus
from stargate.domain.drills.history import earlier_of
from stargate.domain.drills.kinds import TRIALS
from stargate.domain.drills.markers import loss_of, series_of
from stargate.domain.drills.platform import reported_by
from stargate.domain.drills.probes import INTERVAL_SECONDS
from stargate.domain.drills.remediation import remediation_of
from stargate.domain.drills.report import page_of
from stargate.domain.drills.score import Evidence, Score, score
from stargate.domain.operating.notices import note
from stargate.domain.operating.operations import Change

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stargate.domain.drills.alarms import Alarms
    from stargate.domain.drills.drill import Drill, Watched
    from stargate.domain.drills.platform import PlatformEvent
    from stargate.domain.drills.remediation import Remediation
    from stargate.domain.environment import Environment
    from stargate.domain.ledger import Entry
    from stargate.domain.operating.operations import Overview
    from stargate.ports.drills import AlarmHistory
    from stargate.ports.gateway import Databases, GatewayMetrics
    from stargate.ports.people import Pager
    from stargate.ports.state import DrillRecords, Drills, Ledger, OperationsRows
    from stargate.ports.world import Clock
    from stargate.usecases.narrate import Narrator

BEFORE_SECONDS = 60.0  # RDS tells a failover's beginning by a clock of its own
CALM_MINUTES = 3 * 60.0
ENTRIES_AT_ONCE = 100


@dataclass(frozen=True)
class Scales:
    """What a drill is weighed with beside its own record."""

    databases: Databases
    alarms: AlarmHistory
    metrics: GatewayMetrics
    ledger: Ledger


@dataclass(frozen=True)
class ScoreDrill:
    operations: OperationsRows
    drills: Drills
    records: DrillRecords
    scales: Scales
    people: Pager
    clock: Clock
    narrator: Narrator

    def __call__(self, environment_id: str, drill_id: str) -> dict[str, Any]:
        drill = self.drills.get(environment_id, drill_id)
        if drill.is_over:
            return {"verdict": drill.result.get("verdict", "")}
        overview, watched = self.operations.by_id(environment_id), self.records.get(environment_id, drill_id)
        events = self._events(overview.environment, drill)
        judged = score(self._evidence(overview.environment, drill, watched, events))
        alarms, remediation = self._alarms(overview, drill, judged), self._remediation(drill, judged)
        result = {
            **judged.document(),
            "events": [event.document() for event in events],
            "alarms": alarms.document(),
            "remediation": remediation.document(),
            "findings": [*alarms.findings, *remediation.findings],
            "record_sha256": self.records.digest(environment_id, drill_id),
        }
        return self._tell(overview.environment, drill, watched, judged, result)

    def _events(self, environment: Environment, drill: Drill) -> list[PlatformEvent]:
        since = drill.injected_at or drill.requested_at
        return self.scales.databases.events(environment.region, environment.database, since - BEFORE_SECONDS)

    def _evidence(
        self, environment: Environment, drill: Drill, watched: Watched, events: list[PlatformEvent]
    ) -> Evidence:
        facts = self.scales.databases.describe(environment.region, environment.database)
        since = drill.injected_at or drill.requested_at
        return Evidence(
            drill.kind,
            since,
            watched.probes,
            loss_of(watched.acknowledged, watched.found, INTERVAL_SECONDS),
            series_of(watched.scrapes_seen, watched.scrapes_found, since),
            reported_by(events, drill.zone_before, facts.zone if facts else ""),
            drill.broken,
            drill.whole_at,
            drill.rescued_at,
        )

    def _alarms(self, overview: Overview, drill: Drill, judged: Score) -> Alarms:
        environment, since = overview.environment, drill.begun_at or drill.requested_at
        rang = self.scales.alarms.rang(environment.regions, f"{environment.cluster}-", since)
        until = drill.injected_at or since
        minutes = self.scales.metrics.minutes(
            environment, overview.outputs, "litellm", until - CALM_MINUTES, until
        )
        requests = max((one.requests or 0.0 for one in minutes), default=0.0)
        return alarms_of(judged.components, rang, TRIALS[drill.kind].alarms, requests)

    def _remediation(self, drill: Drill, judged: Score) -> Remediation:
        entries = self._entries(drill.environment_id, drill.begun_at or drill.requested_at)
        return remediation_of(entries, drill.drill_id, judged.wedge, drill.rescued_at)

    def _entries(self, environment_id: str, since: float) -> Iterable[Entry]:
        after: str | None = None
        while True:
            page = self.scales.ledger.page(environment_id, since, None, ENTRIES_AT_ONCE, after)
            yield from page.items
            after = page.after
            if after is None:
                return

    def _tell(
        self, environment: Environment, drill: Drill, watched: Watched, judged: Score, result: dict[str, Any]
    ) -> dict[str, Any]:
        simulated = f" (simulated: {'; '.join(watched.assumptions)})" if watched.assumptions else ""
        findings = "".join(f"; {finding}" for finding in result["findings"])
        entry = self.narrator.entry(
            environment, "drill", drill.kind.value,
            f"drill {drill.kind}: {judged.verdict}{simulated}: {judged.reason}{findings}", drill.cause,
            {**{name: result[name] for name in ("verdict", "record_sha256")}, "drill": drill.drill_id},
        )  # fmt: skip
        self.operations.record(environment.environment_id, Change((), (entry,)))
        scored = replace(
            drill, status=DrillStatus.SCORED, ended_at=self.clock.now(), reason=judged.reason,
            assumptions=watched.assumptions, result=result,
        )  # fmt: skip
        probes = [probe.document() for probe in watched.probes]
        earlier = earlier_of(drill, self.drills.all(drill.environment_id))
        page = page_of({**scored.document(), "probes": probes, "earlier": earlier})
        self.records.put_page(drill.environment_id, drill.drill_id, page)
        self.drills.set(scored, "status", "ended_at", "reason", "assumptions", "result")
        verdict = f"Drill of {drill.environment}: {drill.kind} {judged.verdict}"
        text = "\n".join((*_lines(scored), *result["findings"]))
        self.people.tell(note(drill.environment, drill.drill_id, verdict, text, "verdict"))
        return {"verdict": judged.verdict.value}


def _lines(drill: Drill) -> tuple[str, ...]:
    simulated = f"simulated {'; '.join(drill.assumptions)}" if drill.assumptions else ""
    page = f"the page: stargate drill show {drill.environment} {drill.drill_id}"
    return tuple(line for line in (drill.reason, drill.result["explanation"], simulated, page) if line)
