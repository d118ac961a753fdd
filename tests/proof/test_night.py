"""Ten thousand nights, others each time: a fault in one is shrunk to the few steps that it needs."""

from __future__ import annotations

import pytest

from stargate.domain.operating.actions.registry import ACTIONS
from tests.unit.operating.test_night import LEAST, nights, shown, too_seldom

# They seldom come to another end than the one they are for.
TAKE_BACKS = {name for name in ACTIONS if name.startswith(("release_", "restore_", "unmute_"))}


@pytest.mark.timeout(1800)  # four minutes of computing, on a machine that has others
def test_nothing_happens_that_may_not_in_ten_thousand_nights(measured):
    """And every kind of action reached its effect in some, and came to another end in others."""
    counts = nights(10_000)
    measured(*shown(counts))
    assert counts["nights"] >= 10_000
    assert too_seldom(counts, LEAST) == {}
    assert {kind for kind in ACTIONS if not counts[f"action {kind} reached"]} == set()
    ends = ("missed", "failed", "withdrawn")
    others = {kind for kind in ACTIONS if sum(counts[f"action {kind} {end}"] for end in ends)}
    assert set(ACTIONS) - others - TAKE_BACKS == set()
