"""How long AWS takes between two of its services: as measured when asked for, and not at all otherwise."""

import pytest

from local import latency
from local.latency import Latency

MEASURED = Latency(p10=100.0, p50=200.0, p90=400.0, p99=900.0)


@pytest.mark.parametrize(("share", "seconds"), [(0.1, 0.1), (0.5, 0.2), (0.9, 0.4), (0.99, 0.9)])
def test_the_measured_percentiles_are_met(share, seconds):
    """What so many percent stayed below when somebody measured it, they stay below here."""
    assert MEASURED.at(share) == pytest.approx(seconds)


def test_between_and_beyond_them_it_only_grows():
    """Also below the least and above the greatest percentile that is known."""
    durations = [MEASURED.at(share / 1000) for share in range(1, 1000)]
    assert durations == sorted(durations)
    assert 0 < durations[0] < 0.1
    assert 0.9 < durations[-1] < 3 * 0.9


def test_nothing_waits_unless_it_was_asked_for():
    """The caller of a local cloud that knows no latency has gone on before it could look."""
    latency.install("")
    gone = []
    latency.then(Latency(1e6, 1e6, 1e6, 1e6), lambda: gone.append(True))
    latency.wait(Latency(1e6, 1e6, 1e6, 1e6))
    assert gone == [True]


def test_a_word_that_is_not_known_is_refused_at_the_start():
    """Rather than measuring something else than was meant."""
    with pytest.raises(ValueError, match="STARGATE_LATENCY must be aws or not set, not AWS"):
        latency.install("AWS")
