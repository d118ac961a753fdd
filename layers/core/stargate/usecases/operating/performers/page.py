"""A person paged, through the operators' topic, with LiteLLM's last minutes if they are to be had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.operating.pages import composed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stargate.domain.operating.action import Action
    from stargate.domain.operating.facts import Minute
    from stargate.domain.operating.operations import Overview
    from stargate.ports.people import Pager
    from stargate.ports.world import Clock
    from stargate.usecases.operating.gather_facts import LastMinutes

SERVED_BY = "litellm"


@dataclass(frozen=True)
class PagePerson:
    pager: Pager
    minutes: LastMinutes
    clock: Clock

    def __call__(self, overview: Overview, action: Action) -> None:
        self.pager.tell(composed(overview, action, self._measured(overview), self.clock.now()))

    def _measured(self, overview: Overview) -> Sequence[Minute]:
        """A page goes out without numbers rather than not at all."""
        try:
            return self.minutes(overview, SERVED_BY, thorough=False)
        except Exception:  # noqa: BLE001  (whatever keeps us from measuring may be what is wrong)
            return ()
