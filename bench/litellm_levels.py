"""One level of a load run: what was answered and what it cost, between two readings of /proc."""

import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.judges.clients import Answer
from local.judges.usage import Usage, of_machine, of_session

VCPUS = 2
WORKER_MB = 150
"""Less memory than this has a process that only tracks the others' resources."""


@dataclass(frozen=True)
class Reading:
    """CPU seconds used so far, and by the server's processes each."""

    at: float
    supervisor: int
    server: Mapping[int, Usage]
    stand_in: float
    load: float
    machine: float


@dataclass(frozen=True)
class Probe:
    """Reads the server's session, the stand-in's and this process, which is the load."""

    server: int
    stand_in: int

    def read(self) -> Reading:
        return Reading(
            at=time.monotonic(),
            supervisor=self.server,
            server=of_session(self.server),
            stand_in=sum(usage.cpu_seconds for usage in of_session(self.stand_in).values()),
            load=sum(os.times()[:2]),
            machine=of_machine(),
        )


@dataclass(frozen=True)
class Level:
    clients: int
    before: Reading
    after: Reading
    answers: tuple[Answer, ...]

    @property
    def seconds(self) -> float:
        return self.after.at - self.before.at

    @property
    def server_cpu(self) -> float:
        """CPU seconds of all the server's processes."""
        return sum(self._cpu().values())

    def _cpu(self) -> dict[int, float]:
        began = self.before.server
        return {
            pid: usage.cpu_seconds - (began[pid].cpu_seconds if pid in began else 0.0)
            for pid, usage in self.after.server.items()
        }

    def figures(self) -> dict[str, float]:
        """All figures by name; seconds, percent and MB as the names say."""
        return {"clients": self.clients} | self._answered() | self._waited() | self._cost() | self._rest()

    def _answered(self) -> dict[str, float]:
        good = [answer for answer in self.answers if answer.status == 200]
        return {
            "requests": len(good),
            "refused": len(self.answers) - len(good),
            "requests_per_second": len(good) / self.seconds,
            "events_per_second": sum(a.events for a in good) / self.seconds,
            "output_tokens_per_second": sum(a.wish.output_tokens for a in good) / self.seconds,
        }

    def _waited(self) -> dict[str, float]:
        streamed = [answer for answer in self.answers if answer.wish.streamed]
        return (
            _quantiles("latency_seconds", self.answers, lambda a: a.seconds)
            | _quantiles("added_seconds", self.answers, lambda a: a.added_seconds)
            | _quantiles("first_token_seconds", streamed, lambda a: a.first_seconds)
            | _quantiles("added_first_token_seconds", streamed, lambda a: a.added_first_seconds)
        )

    def _cost(self) -> dict[str, float]:
        heavy = [pid for pid, usage in self.after.server.items() if usage.memory_mb > WORKER_MB]
        workers = [pid for pid in heavy if pid != self.after.supervisor]
        cpu = sorted(self._cpu()[pid] for pid in workers)
        return {
            "cpu_percent": 100 * self.server_cpu / self.seconds / VCPUS,
            **({"cpu_seconds_per_request": self.server_cpu / len(self.answers)} if self.answers else {}),
            "busiest_worker_core_percent": 100 * cpu[-1] / self.seconds,
            "idlest_worker_core_percent": 100 * cpu[0] / self.seconds,
            "workers": len(workers),
            "memory_mb_of_supervisor": self.after.server[self.after.supervisor].memory_mb,
            "memory_mb_per_worker": statistics.mean(self.after.server[pid].memory_mb for pid in workers),
            "memory_mb_all": sum(usage.memory_mb for usage in self.after.server.values()),
        }

    def _rest(self) -> dict[str, float]:
        """What others had of the two vCPUs."""
        stand_in = self.after.stand_in - self.before.stand_in
        load = self.after.load - self.before.load
        share = 100 / self.seconds / VCPUS
        return {
            "stand_in_percent": share * stand_in,
            "load_percent": share * load,
            "others_percent": self.others_percent,
        }

    @property
    def others_percent(self) -> float:
        """What neither server nor stand-in nor load used: the rest of this machine's life."""
        of_ours = self.after.stand_in - self.before.stand_in + self.after.load - self.before.load
        machine = self.after.machine - self.before.machine
        return max(0.0, 100 * (machine - self.server_cpu - of_ours) / self.seconds / VCPUS)


def _quantiles(name: str, answers: Sequence[Answer], measure: Callable[[Answer], float]) -> dict[str, float]:
    values = [measure(answer) for answer in answers if answer.status == 200]
    if len(values) < 2:
        return {}
    cut = statistics.quantiles(values, n=100, method="inclusive")
    return {f"{name}_p50": cut[49], f"{name}_p95": cut[94]}


def summary(samples: Sequence[Level]) -> dict[str, Any]:
    """Median and spread of each figure over the samples of one level."""
    figures = [sample.figures() for sample in samples]
    names = [name for name in figures[0] if all(name in one for one in figures)]
    return {
        "clients": samples[0].clients,
        "samples": len(samples),
        "median": {name: _rounded(statistics.median(one[name] for one in figures)) for name in names},
        "spread": {name: _spread([one[name] for one in figures]) for name in names},
    }


def _spread(values: Sequence[float]) -> list[float]:
    return [_rounded(min(values)), _rounded(max(values))]


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")
