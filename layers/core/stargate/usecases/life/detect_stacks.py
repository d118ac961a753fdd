"""CloudFormation's own drift detection over all stacks of an environment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stargate.domain.life.drift.detection import DETECTABLE, UNDETECTED, findings_of
from stargate.errors import StackRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stargate.domain.environment import Environment
    from stargate.domain.life.drift.finding import Finding
    from stargate.domain.life.drift.report import Report
    from stargate.ports.drift import DriftDetection
    from stargate.ports.provisioning import Stacks


@dataclass(frozen=True)
class DetectStacks:
    stacks: Stacks
    detection: DriftDetection

    def begin(self, environment: Environment, report: Report) -> Report:
        """With a detection for each stack, or why there is none."""
        detections: dict[str, str | None] = {}
        unchecked = {}
        for node in environment.graph.stacks:
            if node.name in UNDETECTED:
                continue
            region, name = environment.region_of(node.name), environment.stack_name(node.name)
            observed = self.stacks.describe(region, name)
            if observed is None or observed.status not in DETECTABLE:
                unchecked[node.name] = f"the stack is {observed.status if observed else 'absent'}"
                continue
            try:
                detections[node.name] = self.detection.begin(region, name)
            except StackRefusedError as refused:
                unchecked[node.name] = str(refused)
        return replace(report, detections=detections, unchecked=unchecked)

    def look(self, environment: Environment, report: Report) -> Report:
        """With those that have ended marked as read."""
        for stack in report.pending:
            outcome = self.detection.outcome(environment.region_of(stack), str(report.detections[stack]))
            if outcome is not None:
                report = report.read(stack, "" if outcome.complete else outcome.reason)
        return report

    def findings(self, environment: Environment, report: Report) -> Iterator[Finding]:
        for stack in report.detections:
            region, name = environment.region_of(stack), environment.stack_name(stack)
            yield from findings_of(stack, self.detection.drifted(region, name))
