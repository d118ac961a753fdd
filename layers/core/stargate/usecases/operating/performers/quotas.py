"""More of a quota asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.operating.action import number
from stargate.usecases.operating.gather_facts import quota_region

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.operations import Overview
    from stargate.ports.actions import QuotaRequests


@dataclass(frozen=True)
class RequestQuota:
    quotas: QuotaRequests

    def __call__(self, overview: Overview, action: Action) -> None:
        target = action.target
        asked = str(target["service"]), str(target["code"]), float(number(target, "value"))
        self.quotas.ask(quota_region(overview, action.subject), *asked)
