"""What a drill puts back once more after its end: only what nobody else has taken meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stargate.domain.operating.action import texts
from stargate.domain.operating.actions.zones_used import ZonesUsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from stargate.domain.drills.drill import Drill
    from stargate.domain.operating.operations import Overview


def left_of(drill: Drill, overview: Overview, drills: Iterable[Drill]) -> Drill:
    """The drill with what is still its own; among `drills` are those that were asked for after it.

    It has given everything back before. So what an action, a gateway's sleep or another drill has muted or
    taken out of use by now is theirs, and they give it back.
    """
    others = [one for one in drills if one.drill_id != drill.drill_id and one.put_back_at is None]
    silent = {*_muted(overview), *(name for one in others for name in one.muted)}
    zones = overview.operations.holds.get(ZonesUsed.scope)
    shifted = (zones is not None and zones.live) or any(one.left_zone for one in others)
    return replace(
        drill,
        muted=tuple(name for name in drill.muted if name not in silent),
        left_zone="" if shifted else drill.left_zone,
    )


def _muted(overview: Overview) -> Iterator[str]:
    for hold in overview.operations.holds.values():
        if hold.live and "alarms" in hold.target:
            yield from texts(hold.target, "alarms")
    if overview.environment.rest is not None:
        yield from overview.environment.rest.alarms
