"""How fast the loop reacts: from an event to its decision, and to the first action that follows from it.

Held against a bare hop on the same local cloud in the same run: an event, a rule, and the first line of a
function that does nothing. Both are warm and take turns, so that a busy machine slows them alike; all
moments are those of one monotonic clock. Each signal is an alarm of a gateway whose CPU is critical indeed:
its alarm is set to OK and the lower bound of its tasks to the declared one, as an operator could; then the
alarm rings again. Whatever an event led to by itself counts as it came; what the minute's examination
decides later, when a guard has lifted, waited for the guard and is no reaction.

The two steps of the way that are AWS's, from an event to its function and from a workflow's start to its
first one, take as long here as somebody has measured on AWS (local/latency.py says who), in the hop and in
the reaction alike: both simulated. Within the emulator's one process they take two milliseconds and twenty,
and one call of its table takes five. All else is measured as it is here: our functions, and their calls,
which are answered about as fast as DynamoDB does on AWS and faster than CloudWatch.

An event begins when it comes onto the bus. A decision is there when the table has answered the transaction
that holds it, an action when Application Auto Scaling has accepted the bound.
"""

import itertools
import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.reactions import Reaction, bare_seconds, ledgers, reactions
from bench.stage import GATEWAYS, SERVICE, SOURCE, Stage, raised

RESULT = Path(__file__).resolve().parents[1] / "out" / "bench" / "react.json"
SIGNALS = 62
WARMING = 2 * len(GATEWAYS)
DECISIONS_WANTED, ACTIONS_WANTED = 50, 30
DECISION_BOUND, ACTION_BOUND = 3.0, 4.0
DECLARED_MINIMUM, MAXIMUM = 2, 6
# Real seconds. A gateway's turn comes again after 6.4 s: longer than the cool-down (3 simulated minutes) and
# the verification, and fewer than the ten times an hour that a bound may be raised.
AFTER_ALL_CLEAR, AFTER_BARE, AFTER_ALARM = 0.6, 0.5, 2.1
PERCENTILE = 0.99


@dataclass(frozen=True)
class Figure:
    """Milliseconds, and how many times the same statistic of the bare hop; both ratios keep the bound."""

    name: str
    samples: int
    median: float
    p99: float
    median_ratio: float
    p99_ratio: float
    bound: float | None
    wanted: int

    @property
    def ok(self) -> bool:
        enough = self.samples >= self.wanted
        return self.bound is None or (enough and max(self.median_ratio, self.p99_ratio) <= self.bound)


def run() -> bool:
    with raised() as stage:
        _take_turns(stage, WARMING)
        since = time.monotonic()
        _take_turns(stage, SIGNALS)
        written = ledgers(stage)
        time.sleep(AFTER_ALARM)  # an invocation is in the journal once it has ended
        journal = stage.control("journal")
        bare = bare_seconds(stage, journal, since)
        found = reactions(written, journal, since)
    figures = _figures(bare, found)
    ok = all(figure.ok for figure in figures)
    _print(figures, found)
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    document = {"figures": [{**asdict(figure), "ok": figure.ok} for figure in figures], "ok": ok}
    RESULT.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return ok


def _take_turns(stage: Stage, signals: int) -> None:
    alarms, events, scaling = (
        stage.client(name) for name in ("cloudwatch", "events", "application-autoscaling")
    )
    for name in itertools.islice(itertools.cycle(GATEWAYS), signals):
        alarm = f"stargate-{name}-litellm-cpu-critical"
        alarms.set_alarm_state(AlarmName=alarm, StateValue="OK", StateReason="measuring")
        # At once: CPU is critical indeed, so the alarm may ring by itself before it is made to.
        scaling.register_scalable_target(
            ServiceNamespace="ecs",
            ResourceId=f"service/stargate-{name}/{SERVICE}",
            ScalableDimension="ecs:service:DesiredCount",
            MinCapacity=DECLARED_MINIMUM,
            MaxCapacity=MAXIMUM,
        )
        time.sleep(AFTER_ALL_CLEAR)
        events.put_events(Entries=[_bare_event(alarm)])
        time.sleep(AFTER_BARE)
        alarms.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="measuring")
        time.sleep(AFTER_ALARM)


def _bare_event(alarm: str) -> dict[str, Any]:
    detail = {"alarmName": alarm, "state": {"value": "ALARM"}}
    return {"Source": SOURCE, "DetailType": "Bare", "Detail": json.dumps(detail)}


def _figures(bare: Sequence[float], found: Sequence[Reaction]) -> list[Figure]:
    acted = [one for one in found if one.verdict == "act"]
    others = [one for one in found if one.verdict != "act"]
    actions = [one.action for one in found if one.action is not None]
    return [
        _figure("bare hop", bare, bare),
        _figure(
            "to the decision to act", [one.decision for one in acted], bare, DECISION_BOUND, DECISIONS_WANTED
        ),
        _figure("to any other decision", [one.decision for one in others], bare, DECISION_BOUND),
        _figure("to the first action", actions, bare, ACTION_BOUND, ACTIONS_WANTED),
    ]


def _figure(
    name: str, samples: Sequence[float], bare: Sequence[float], bound: float | None = None, wanted: int = 0
) -> Figure:
    if not samples:
        return Figure(name, 0, 0.0, 0.0, 0.0, 0.0, bound, wanted)
    median, worst = statistics.median(samples), _p99(samples)
    hops = statistics.median(bare), _p99(bare)
    return Figure(
        name,
        len(samples),
        round(1000 * median, 1),
        round(1000 * worst, 1),
        round(median / hops[0], 2),
        round(worst / hops[1], 2),
        bound,
        wanted,
    )


def _p99(samples: Sequence[float]) -> float:
    """The nearest rank: of a hundred samples or fewer, the longest but one or the longest."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(PERCENTILE * len(ordered)))]


def _print(figures: Sequence[Figure], found: Sequence[Reaction]) -> None:
    print("from an event to its effects, in real time on the local cloud, all warm;")
    print("event to function and workflow to function take as long as measured on AWS: simulated")
    for figure in figures:
        bound = (
            "" if figure.bound is None else f"(at most {figure.bound:g})  {'held' if figure.ok else 'BROKE'}"
        )
        print(
            f"  {figure.name:<24}{figure.samples:4d} samples  median {figure.median:6.1f} ms"
            f"  p99 {figure.p99:6.1f} ms  {figure.median_ratio:5.2f} {figure.p99_ratio:5.2f} times the hop"
            f"  {bound}"
        )
    for verdict, calls in sorted({(one.verdict, one.calls) for one in found}):
        count = sum((one.verdict, one.calls) == (verdict, calls) for one in found)
        print(f"  {count:4d} times {verdict}, by {len(calls)} calls: {', '.join(calls)}")
