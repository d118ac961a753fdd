# ruff: noqa: PLC0415  (late imports are the point: cold starts)
"""What makers of every kind need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.adapters.clock import SystemClock
from stargate.adapters.identifiers import RandomIdentifiers
from stargate.usecases.narrate import Narrator

if TYPE_CHECKING:
    from stargate import settings
    from stargate.adapters.workflows.stepfunctions import StepFunctionsWorkflows


def narrator_of(actor: str) -> Narrator:
    return Narrator(SystemClock(), RandomIdentifiers(), actor)


def workflows_of(given: settings.ApiSettings | settings.KeepTimeSettings) -> StepFunctionsWorkflows:
    from stargate.adapters.workflows.stepfunctions import StepFunctionsWorkflows
    from stargate.domain.environment import Work

    machines = {
        Work.PROVISION: given.provision_arn,
        Work.UPDATE: given.provision_arn,
        Work.SLEEP: given.sleep_arn,
        Work.WAKE: given.wake_arn,
        Work.RETIRE: given.retire_arn,
    }
    return StepFunctionsWorkflows(machines)
