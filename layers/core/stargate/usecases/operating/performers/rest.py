"""The whole environment put to sleep, as a person would ask for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stargate.errors import ActionRefusedError, EnvironmentBusyError

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.operations import Overview
    from stargate.usecases.life.begin_work import BeginWork


@dataclass(frozen=True)
class PutToSleep:
    begin: BeginWork

    def __call__(self, overview: Overview, action: Action) -> None:
        """The workflow `sleep` goes on from here; its ledger names the action that asked for it."""
        narrator = replace(self.begin.narrator, actor=f"action {action.action_id}")
        try:
            replace(self.begin, narrator=narrator)("sleep", overview.environment.name)
        except EnvironmentBusyError as busy:
            raise ActionRefusedError(str(busy)) from busy
