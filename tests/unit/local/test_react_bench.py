"""The benchmark of reactions counts what an event led to by itself, against a hop of the same run."""

from bench.react import _figure
from bench.reactions import reactions

BEGAN, TRACE = 100.0, "Root=1-a"


def entry(name, kind, cause, actor="receive_signal", **detail):
    return {"id": name, "kind": kind, "cause": cause, "actor": actor, "detail": detail}


def call(operation, began, trace=TRACE):
    return {"operation": operation, "trace": trace, "began": began, "ended": began + 0.002}


def journal(*calls):
    """An event, the function that took it, and the one that acted on the decision `decided`."""
    return {
        "events": [{"id": "event", "source": "aws.cloudwatch", "at": BEGAN}],
        "invocations": [
            {"key": "event", "trace": TRACE, "began": BEGAN + 0.1, "ended": BEGAN + 0.2},
            {"key": "decided", "trace": "Root=1-b", "began": BEGAN + 0.3, "ended": BEGAN + 0.4},
        ],
        "calls": list(calls),
    }


SIGNAL = entry("signal", "signal", "event")
WRITTEN = call("TransactWriteItems", BEGAN + 0.15)


def test_a_reaction_is_timed_from_the_event_to_its_decision_and_to_its_action():
    """By when the table had taken the decision, and Application Auto Scaling the bound."""
    ledger = [
        SIGNAL,
        entry("decided", "decision", "signal", verdict="act"),
        entry("done", "action", "decided", "perform_action"),
    ]
    known = journal(
        call("Query", BEGAN + 0.12), WRITTEN, call("RegisterScalableTarget", BEGAN + 0.35, "Root=1-b")
    )
    (found,) = reactions([ledger], known, since=BEGAN)
    assert (found.verdict, round(found.decision, 3), round(found.action, 3)) == ("act", 0.152, 0.352)
    assert found.calls == ("Query", "TransactWriteItems")


def test_what_the_minute_decided_later_is_no_reaction():
    """A signal that a guard held, and whose condition had been held by it before, led to nothing itself."""
    ledger = [SIGNAL, entry("decided", "decision", "signal", "examine_conditions", verdict="act")]
    assert reactions([ledger], journal(WRITTEN), since=BEGAN) == []


def test_what_was_before_the_measuring_is_left_out():
    """Functions were cold then."""
    ledger = [SIGNAL, entry("decided", "decision", "signal", verdict="hold")]
    assert reactions([ledger], journal(WRITTEN), since=BEGAN + 1) == []
    assert [one.verdict for one in reactions([ledger], journal(WRITTEN), since=BEGAN)] == ["hold"]


def test_both_ratios_keep_the_bound_and_there_are_enough_samples():
    """Median against the hop's median, the slowest against its slowest; few samples prove nothing."""
    hop = [0.1] * 50
    assert _figure("", [0.29] * 50, hop, 3.0, 50).ok
    assert not _figure("", [0.29] * 49, hop, 3.0, 50).ok
    assert not _figure("", [0.31] * 50, hop, 3.0, 50).ok
    slow = _figure("", [0.1] * 49 + [0.5], hop, 3.0, 50)
    assert (slow.median_ratio, slow.p99_ratio, slow.ok) == (1.0, 5.0, False)
