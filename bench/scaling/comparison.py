"""All autoscalers on one trace at one load, seed by seed, and the figures that are made of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from bench.scaling.play import AUTOSCALERS, CLAIRVOYANT, FINE, MAXIMUM, STARGATE, play
from bench.scaling.service import Score
from bench.scaling.settings import SETTINGS
from bench.scaling.traces import STEP, Trace
from stargate.domain.costs.snapshot import SNAPSHOT
from stargate.domain.scaling.expenses import usd_per_task_hour
from stargate.domain.scaling.service_model import REQUESTS_PER_USER, TASK

HOUR = 3600.0
REGION = "us-east-1"
SERVES_SHARE = 0.9  # of the CPU of the maximum: beyond it, chance alone makes requests miss the objective


@dataclass(frozen=True)
class Case:
    """A trace whose highest minute is `load` times what the maximum serves, or that of so many `users`.

    `quota_share`: the quota, as a share of what the trace asks for on average; None is no quota.
    """

    trace: Trace
    load: float
    quota_share: float | None = None
    users: float | None = None

    def scaled(self) -> Trace:
        if self.users is not None:
            return self.trace.scaled(self.users * REQUESTS_PER_USER)
        serves = SERVES_SHARE * SETTINGS.maximum * TASK.capacity / self.trace.work_at_peak()
        return self.trace.scaled(self.load * serves)

    def quota(self, trace: Trace) -> float | None:
        """Tokens a second, as Bedrock counts them."""
        if self.quota_share is None:
            return None
        burnt = sum(rate * trace.kind(STEP * step).burnt for step, rate in enumerate(trace.rates))
        return self.quota_share * burnt / len(trace.rates)


@dataclass(frozen=True)
class Job:
    case: Case
    seed: int


@dataclass(frozen=True)
class Played:
    job: Job
    scores: dict[str, Score]
    tasks: dict[str, tuple[int, ...]]
    asked: tuple[float, ...]  # requests a second, of each minute


def played(job: Job) -> Played:
    trace = job.case.scaled()
    arrivals = list(trace.draw(job.seed))
    quota = job.case.quota(trace)
    runs = {name: play(trace, arrivals, name, quota) for name in AUTOSCALERS}
    return Played(
        job,
        {name: run.score for name, run in runs.items()},
        {name: run.tasks for name, run in runs.items()},
        tuple(sum(arrivals[at : at + 60]) / 60.0 for at in range(0, len(arrivals) - 59, 60)),
    )


@dataclass(frozen=True)
class Figures:
    """Of one autoscaler, mean over the seeds; percent of requests, hours of tasks, US dollars."""

    missed_percent: float
    avoidable_percent: float
    throttles: float
    retries: float
    refused: float
    completed_tokens: float
    in_objective_tokens: float
    task_hours: float
    actions: float
    usd: float


def figures(name: str, runs: Sequence[Played]) -> Figures:
    scores = [run.scores[name] for run in runs]
    missed = fmean(_missed(score) for score in scores)
    unavoidable = fmean(_missed(run.scores[MAXIMUM]) for run in runs)
    hours = fmean(score.task_seconds for score in scores) / HOUR
    return Figures(
        missed_percent=missed,
        avoidable_percent=max(0.0, missed - unavoidable),
        throttles=fmean(score.throttles for score in scores),
        retries=fmean(score.retries for score in scores),
        refused=fmean(score.refused for score in scores),
        completed_tokens=fmean(score.tokens for score in scores),
        in_objective_tokens=fmean(score.good_tokens for score in scores),
        task_hours=hours,
        actions=fmean(score.actions for score in scores),
        usd=hours * usd_per_task_hour(SNAPSHOT, REGION),
    )


def _missed(score: Score) -> float:
    return 100.0 * (1.0 - score.good / score.requests) if score.requests else 0.0


def ratios(found: dict[str, Figures]) -> dict[str, float | None]:
    """Stargate's figures as multiples of others'."""
    own, tracking, best = found[STARGATE], found[FINE], found[CLAIRVOYANT]
    return {
        "avoidable_to_tracking": _ratio(own.avoidable_percent, tracking.avoidable_percent),
        "task_hours_to_tracking": _ratio(own.task_hours, tracking.task_hours),
        "task_hours_to_clairvoyant": _ratio(own.task_hours, best.task_hours),
        "completed_tokens_to_tracking": _ratio(own.completed_tokens, tracking.completed_tokens),
        "in_objective_tokens_to_tracking": _ratio(own.in_objective_tokens, tracking.in_objective_tokens),
        "throttles_to_tracking": _ratio(own.throttles, tracking.throttles),
        "retries_to_tracking": _ratio(own.retries, tracking.retries),
        "actions_to_tracking": _ratio(own.actions, tracking.actions),
        "usd_to_tracking": _ratio(own.usd, tracking.usd),
    }


def _ratio(own: float, other: float) -> float | None:
    return round(own / other, 4) if other else None


def to_tracking(found: dict[str, Figures], name: str) -> dict[str, float | None]:
    """Every figure of an autoscaler as a multiple of target tracking's with 20-second metrics."""
    own, other = vars(found[name]), vars(found[FINE])
    return {key: _ratio(own[key], other[key]) for key in own}


def document(case: Case, runs: Sequence[Played]) -> dict[str, Any]:
    """One case, for JSON; docs/scaling.md explains each member."""
    found = {name: figures(name, runs) for name in AUTOSCALERS}
    trace = case.scaled()
    return {
        "trace": case.trace.name,
        "stationary": case.trace.stationary,
        "load": None if case.users is not None else case.load,
        "users": case.users,
        "peak_requests_per_second": round(max(trace.minutes()), 3),
        "hours": round(trace.seconds / HOUR, 3),
        "quota_share": case.quota_share,
        "quota_tokens_per_minute": None
        if case.quota_share is None
        else round(60.0 * (case.quota(trace) or 0.0)),
        "seeds": len(runs),
        "policies": {
            name: {key: round(value, 4) for key, value in vars(one).items()}
            | {"to_tracking_20_s": to_tracking(found, name)}
            for name, one in found.items()
        },
        "ratios": ratios(found),
    }
