"""Put back what is other than declared and can be put back without harm; what is meant stays as it is.

The truth is read anew before anything is touched, and again afterwards: what was put back is verified.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.environment import Mode
from stargate.domain.life.drift.purposes import meant
from stargate.domain.life.drift.report import Repaired, chosen, judged, with_repairs
from stargate.domain.life.works import EXAMINABLE, held_by_drill, standing
from stargate.domain.operating.operations import Change
from stargate.errors import ActionRefusedError

if TYPE_CHECKING:
    from stargate.domain.environment import Environment
    from stargate.domain.life.drift.finding import Finding
    from stargate.domain.life.drift.report import Report
    from stargate.domain.operating.operations import Overview
    from stargate.ports.drift import Announcer, Mending, Reports
    from stargate.ports.state import OperationsRows
    from stargate.ports.world import Clock
    from stargate.usecases.life.survey_services import SurveyServices
    from stargate.usecases.narrate import Narrator


@dataclass(frozen=True)
class RepairDrift:
    operations: OperationsRows
    reports: Reports
    survey: SurveyServices
    mending: Mending
    announcer: Announcer
    clock: Clock
    narrator: Narrator

    def __call__(self, environment_id: str, execution: str) -> dict[str, Any]:
        """How many were put back, and how many of them are seen to be; or `left`, why none is touched.

        Called again it does what is left.
        """
        overview = self.operations.by_id(environment_id)
        report = self.reports.get(environment_id)
        why = self._why_not(overview, report, execution)
        if report is None or why:
            return self._leave(environment_id, report, execution, why)
        doomed = chosen(judged(self._findings(overview.environment), report), report.only)
        refused = {one.address: self._put_back(overview, report, one) for one in doomed}
        left = {one.address: one for one in self._findings(overview.environment) if not one.purpose}
        done = [
            Repaired(one.fingerprint, one.address, str(one.repair), self.clock.now(), one.address not in left)
            for one in doomed
            if not refused[one.address]
        ]
        self._verified(overview, report, done)
        self._remember(overview, with_repairs(report, done), left)
        return {"repaired": len(done), "reached": sum(one.reached for one in done)}

    def _findings(self, environment: Environment) -> list[Finding]:
        found = self.survey(environment)
        overview = self.operations.by_id(environment.environment_id)
        return [meant(one, overview) for one in found]

    def _leave(self, environment_id: str, report: Report | None, execution: str, why: str) -> dict[str, Any]:
        """Whoever waits for it is told."""
        if report is not None and report.execution == execution:
            self.reports.put(environment_id, report.left_unfinished(why, self.clock.now()))
        return {"left": why, "repaired": 0, "reached": 0}

    def _why_not(self, overview: Overview, report: Report | None, execution: str) -> str:
        environment = overview.environment
        if report is None or report.execution != execution:
            return f"examination {execution} is not the latest any more"
        if environment.status not in EXAMINABLE:
            return f"{standing(environment)}: its drift is repaired when that is over"
        if not overview.switch.on:
            return "actions are switched off"
        if not report.repair and environment.mode is not Mode.ACT:
            return f"the mode of {environment.name} is {environment.mode}: drift is reported only"
        held = held_by_drill(environment, overview.operations.leases, self.clock.now())
        return held.reason if held is not None else ""

    def _put_back(self, overview: Overview, report: Report, finding: Finding) -> str:
        """Why AWS would not have it, or nothing; in the ledger either way, with what led to it."""
        if finding.repair is None:
            return "nothing to be done"
        refused = ""
        try:
            self.mending.put_back(overview.environment, finding.stack, finding.repair)
        except ActionRefusedError as error:
            refused = str(error)
        words = (
            f"drift of {finding.address} not repaired: {refused}" if refused else f"drift: {finding.repair}"
        )
        self._note(overview, "action", finding.address, words, report, finding.document())
        return refused

    def _verified(self, overview: Overview, report: Report, done: list[Repaired]) -> None:
        for one in done:
            outcome = "as declared again" if one.reached else "still other than declared"
            words = f"{one.address} is {outcome}"
            self._note(overview, "verification", one.address, words, report, one.document())

    def _note(
        self, overview: Overview, kind: str, subject: str, words: str, report: Report, detail: dict[str, Any]
    ) -> None:
        by = f"examination {report.execution}" + (
            f", asked for by {report.asked_by}" if report.repair else ""
        )
        entry = self.narrator.entry(overview.environment, kind, subject, words, by, detail)
        self.operations.record(overview.environment.environment_id, Change(entries=(entry,)))

    def _remember(self, overview: Overview, report: Report, left: dict[str, Finding]) -> None:
        """What still differs; what only CloudFormation sees was not touched and is as it was."""
        repaired = {one.address for one in report.repaired if one.reached}
        differs = tuple(
            one
            for one in report.differs
            if (address := f"{one['stack']}/{one['resource']}") in left or address not in repaired
        )
        after = replace(report, differs=differs, repairing=False)
        self.reports.put(overview.environment.environment_id, after)
        over = sorted(report.drifted_stacks - after.drifted_stacks)
        self.announcer.drift(overview.environment.name, {}, over)
