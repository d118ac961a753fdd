"""Alarms muted, and unmuted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.operating.action import texts

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.operations import Overview
    from stargate.ports.gateway import Repose


@dataclass(frozen=True)
class MuteAlarms:
    alarms: Repose

    def __call__(self, overview: Overview, action: Action) -> None:
        self.alarms.mute(overview.environment.regions, texts(action.target, "alarms"))


@dataclass(frozen=True)
class UnmuteAlarms:
    alarms: Repose

    def __call__(self, overview: Overview, action: Action) -> None:
        self.alarms.unmute(overview.environment.regions, texts(action.target, "alarms"))
