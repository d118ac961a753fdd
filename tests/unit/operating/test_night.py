"""A thousand nights that nobody thought of: whatever comes, in whatever order, nothing wrong happens."""

from __future__ import annotations

import collections

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from stargate.domain.operating.guards import BY_PROPOSALS, GUARDS
from stargate.domain.playbook.default import DEFAULT
from tests.unit.operating.night import STEPS, WIDE, tell

LEAST = 100
LONG = {"min_size": 50, "max_size": 60}
# Not `st.integers`, which draws constants of whatever is loaded: other tests would change the nights.
CHANCES = st.sampled_from(range(1_000_000))
NIGHTS = st.lists(st.tuples(st.sampled_from(STEPS), CHANCES), **LONG)
HOW = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}


def nights(count, **how):
    """How often each guard held, each rule fired and each action came to what, in so many nights."""
    counts = collections.Counter()

    @settings(max_examples=count, phases=(Phase.generate, Phase.shrink), **HOW, **how)
    @given(playbook=st.sampled_from((None, None, WIDE)), steps=NIGHTS)
    def night(playbook, steps):
        counts.update(tell(playbook, steps))
        counts["nights"] += 1

    night()
    return counts


def shown(counts):
    """Three paragraphs, for people."""
    for kind in ("guard", "rule", "action"):
        found = sorted((name, times) for name, times in counts.items() if name.startswith(f"{kind} "))
        told = ", ".join(f"{name.removeprefix(f'{kind} ')} {times}" for name, times in found)
        yield f"{kind}s in {counts['nights']} nights: {told}"


def too_seldom(counts, least):
    """Guards that hardly held and rules that hardly fired: what a run without them says nothing about."""
    guards = {f"guard {name}" for name in (*GUARDS, *BY_PROPOSALS)}
    rules = {f"rule {rule.name}" for rule in (*WIDE, *DEFAULT)}
    return {name: counts[name] for name in guards | rules if counts[name] < least}


@pytest.mark.timeout(900)  # half a minute of computing, on a machine that has others
def test_nothing_happens_that_may_not_in_a_thousand_nights(measured):
    """Limits, rests, one holder of a lease, mode, switch, window, approval; a cause and an end of all."""
    counts = nights(1000, derandomize=True)
    measured(*shown(counts))
    assert counts["nights"] >= 1000
    assert too_seldom(counts, LEAST) == {}
