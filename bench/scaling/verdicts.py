"""The figures that the comparison is held to, and what was reached of each."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any

from bench.scaling.play import FINE, STARGATE

WORTH_AVOIDING = 0.5  # percent of requests


@dataclass(frozen=True)
class Verdict:
    """`value` is to be at most `bound`, or at least, where `least` says so."""

    name: str
    value: float
    bound: float
    least: bool = False

    @property
    def held(self) -> bool:
        return self.value >= self.bound if self.least else self.value <= self.bound

    def document(self) -> dict[str, Any]:
        return asdict(self) | {"held": self.held}


def verdicts(cases: Sequence[dict[str, Any]]) -> list[Verdict]:
    """Those that the cases allow to be judged."""
    free = [case for case in cases if case["quota_share"] is None]
    scarce = [case for case in cases if (case["quota_share"] or 1.0) < 1.0]
    ample = [case for case in cases if (case["quota_share"] or 0.0) > 1.0]
    return [*_against_tracking(free), *_steady(free), *_against_clairvoyant(free), *_at_quota(scarce, ample)]


def _against_tracking(cases: Sequence[dict[str, Any]]) -> list[Verdict]:
    worth = [case for case in cases if _avoidable(case, FINE) >= WORTH_AVOIDING]
    if not worth:
        return []
    ours, theirs = (sum(_avoidable(case, name) for case in worth) for name in (STARGATE, FINE))
    hours = [case["ratios"]["task_hours_to_tracking"] for case in worth]
    return [
        Verdict("avoidable misses, sum, to tracking's", ours / theirs, 0.25),
        Verdict("task-hours to tracking's, mean", fmean(hours), 1.05),
        Verdict("task-hours to tracking's, worst trace", max(hours), 1.20),
        Verdict("points of misses more than tracking, worst trace", max(map(_more_missed, cases)), 0.5),
    ]


def _steady(cases: Sequence[dict[str, Any]]) -> list[Verdict]:
    steady = [case for case in cases if case["stationary"]]
    if not steady:
        return []
    return [
        Verdict(
            "steady: task-hours to tracking's, mean",
            fmean(case["ratios"]["task_hours_to_tracking"] for case in steady),
            0.90,
        ),
        Verdict("steady: points of misses more than tracking", max(map(_more_missed, steady)), 0.1),
        Verdict(
            "steady: task-hours to the clairvoyant's, mean",
            fmean(case["ratios"]["task_hours_to_clairvoyant"] for case in steady),
            1.15,
        ),
    ]


def _against_clairvoyant(cases: Sequence[dict[str, Any]]) -> list[Verdict]:
    if not cases:
        return []
    hours = [case["ratios"]["task_hours_to_clairvoyant"] for case in cases]
    return [
        Verdict("task-hours to the clairvoyant's, mean", fmean(hours), 1.30),
        Verdict("task-hours to the clairvoyant's, worst trace", max(hours), 1.30),
    ]


def _at_quota(scarce: Sequence[dict[str, Any]], ample: Sequence[dict[str, Any]]) -> list[Verdict]:
    found = []
    if scarce:
        hours = [case["ratios"]["task_hours_to_tracking"] for case in scarce]
        found += [
            Verdict("at the quota: task-hours to tracking's, mean", fmean(hours), 0.70),
            Verdict("at the quota: task-hours to tracking's, worst trace", max(hours), 0.85),
            _least("at the quota: completed tokens to tracking's", scarce, "completed_tokens", 0.98),
            _least("at the quota: in-objective tokens to tracking's", scarce, "in_objective_tokens", 1.15),
        ]
    if ample:
        found.append(_least("quota to spare: completed tokens", ample, "completed_tokens", 0.995))
    return found


def _least(name: str, cases: Sequence[dict[str, Any]], figure: str, bound: float) -> Verdict:
    return Verdict(name, min(case["ratios"][f"{figure}_to_tracking"] for case in cases), bound, least=True)


def _avoidable(case: dict[str, Any], name: str) -> float:
    return float(case["policies"][name]["avoidable_percent"])


def _more_missed(case: dict[str, Any]) -> float:
    return float(case["policies"][STARGATE]["missed_percent"] - case["policies"][FINE]["missed_percent"])
