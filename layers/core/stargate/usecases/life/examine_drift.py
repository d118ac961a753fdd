"""Examine an environment for drift, a step further with each call: begin, wait, compare, tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.environment import Mode
from stargate.domain.life.drift.purposes import meant
from stargate.domain.life.drift.report import begun, chosen, judged
from stargate.domain.life.works import EXAMINABLE, standing
from stargate.domain.operating.operations import Change
from stargate.errors import DriftNotExaminedYetError

if TYPE_CHECKING:
    from stargate.domain.environment import Environment
    from stargate.domain.life.drift.finding import Finding
    from stargate.domain.life.drift.report import Report
    from stargate.domain.operating.operations import Overview
    from stargate.ports.drift import Announcer, Reports
    from stargate.ports.state import OperationsRows
    from stargate.ports.world import Clock
    from stargate.usecases.life.detect_stacks import DetectStacks
    from stargate.usecases.life.survey_services import SurveyServices
    from stargate.usecases.narrate import Narrator

DRIFTED = "drift-detected"  # the condition that it opens and closes


@dataclass(frozen=True)
class ExamineDrift:
    operations: OperationsRows
    reports: Reports
    detect: DetectStacks
    survey: SurveyServices
    announcer: Announcer
    clock: Clock
    narrator: Narrator

    def __call__(self, environment_id: str, execution: str) -> dict[str, Any]:
        """`repair`: whether something is to be put back now; or `left`, why nothing is examined.

        DriftNotExaminedYetError while CloudFormation looks; the same call again goes on from there.
        """
        overview = self.operations.by_id(environment_id)
        environment = overview.environment
        known = self.reports.get(environment_id)
        why = self._why_not(environment, known, execution)
        if why:
            return self._leave(environment_id, known, execution, why)
        report = self.detect.look(environment, self._report(environment, known, execution))
        if report.pending:
            self.reports.put(environment_id, report)
            raise DriftNotExaminedYetError(f"CloudFormation looks at {', '.join(report.pending)}")
        found = self._findings(environment, report)
        repairs = self._puts_back(overview, report) and bool(chosen(found, report.only))
        report = report.ended(found, self.clock.now(), repairing=repairs)
        self.reports.put(environment_id, report)
        self._tell(overview, report)
        return {"differs": len(report.differs), "repair": repairs}

    def _why_not(self, environment: Environment, known: Report | None, execution: str) -> str:
        if environment.status not in EXAMINABLE:
            return f"{standing(environment)}: its drift is examined when that is over"
        if known is not None and known.execution != execution and known.is_running(self.clock.now()):
            return f"drift of {environment.name} is examined by {known.execution} already"
        return ""

    def _leave(self, environment_id: str, known: Report | None, execution: str, why: str) -> dict[str, Any]:
        """Whoever asked for it is told."""
        if known is not None and known.execution == execution:
            self.reports.put(environment_id, known.left_unfinished(why, self.clock.now()))
        return {"left": why, "differs": 0, "repair": False}

    def _report(self, environment: Environment, known: Report | None, execution: str) -> Report:
        """The examination's own, with CloudFormation's detections begun."""
        if known is None or known.execution != execution:
            report = begun(known, execution, self.clock.now(), self.narrator.actor)
            self.reports.begin(environment.environment_id, report, known)
            return self.detect.begin(environment, report)
        if known.detections or known.unchecked:
            return known
        return self.detect.begin(environment, known)

    def _findings(self, environment: Environment, report: Report) -> list[Finding]:
        found = [*self.detect.findings(environment, report), *self.survey(environment)]
        overview = self.operations.by_id(environment.environment_id)
        return judged([meant(one, overview) for one in found], report)

    def _tell(self, overview: Overview, report: Report) -> None:
        """The loop hears of each stack that differs, and of those that do not any more."""
        drifted: dict[str, list[str]] = {}
        for one in report.differs:
            drifted.setdefault(str(one["stack"]), []).append(str(one["resource"]))
        known = {
            one.subject for one in overview.operations.conditions.values() if one.open and one.kind == DRIFTED
        }
        environment = overview.environment
        self.announcer.drift(environment.name, drifted, sorted(known - set(drifted)))
        if not report.differs and not known:
            return
        addresses = ", ".join(f"{one['stack']}/{one['resource']}" for one in report.differs)
        entry = self.narrator.entry(
            environment,
            "step",
            environment.name,
            f"drift: {addresses or 'none any more'}",
            f"examination {report.execution}",
            {"differs": [dict(one) for one in report.differs], "asked_by": report.asked_by},
        )
        self.operations.record(environment.environment_id, Change(entries=(entry,)))

    def _puts_back(self, overview: Overview, report: Report) -> bool:
        return overview.switch.on and (report.repair or overview.environment.mode is Mode.ACT)
