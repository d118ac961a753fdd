"""The open conditions that no drill may run beside; what money is spent says nothing of recovery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.conditions import OF_MONEY

if TYPE_CHECKING:
    from stargate.domain.operating.operations import Overview


def troubles(overview: Overview, expected: frozenset[str] = frozenset()) -> list[str]:
    """Their keys, in order, without those that the drill's own failure explains."""
    found = (one for one in overview.operations.conditions.values() if one.open and one.kind not in OF_MONEY)
    return sorted(one.key for one in found if one.key not in expected)
