"""What is compared, over all seeds on all cores, then printed and written down."""

import json
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from bench.scaling.charts import show_case, show_verdicts
from bench.scaling.comparison import Case, Job, Played, document, played
from bench.scaling.reaction import Reaction, reactions
from bench.scaling.settings import SETTINGS
from bench.scaling.traces import Trace, made, read
from bench.scaling.verdicts import Verdict, verdicts
from stargate.domain.scaling.outer_loop import SETTINGS as LOOP

RESULT = Path(__file__).resolve().parents[2] / "out" / "bench" / "scaling.json"
LOADS = (0.5, 1.0, 1.5)
SCARCE, AMPLE = 1.0 / 1.5, 2.0  # demand 1.5 times the quota, and half of it
SHORT_SEEDS = 2


@dataclass(frozen=True)
class Asked:
    """Without `users` all loads are played; without `quota_share` no quota, a scarce and an ample one."""

    traces: tuple[Path, ...] = ()
    users: float | None = None
    quota_share: float | None = None
    seeds: int = 5
    days: float = 1.0


def run() -> bool:
    """The short version, for `make bench`: our own loads. Whether target tracking was beaten is printed."""
    compare(Asked(seeds=SHORT_SEEDS), RESULT)
    return True


def compare(asked: Asked, out: Path | None) -> None:
    """TraceError if a trace cannot be read."""
    traces = [read(path, asked.days) for path in asked.traces] or made()
    cases = _cases(traces, asked)
    grouped = _play(cases, asked.seeds)
    documents = [document(case, runs) for case, runs in zip(cases, grouped, strict=True)]
    reached, found = reactions(), verdicts(documents)
    console = Console(highlight=False, width=170)
    for case, runs in zip(documents, grouped, strict=True):
        show_case(console, case, runs[0])
    for name, reaction in reached.items():
        console.print(f"  {name}: triggers after {reaction.trigger:.0f} s, helps after {reaction.help:.0f} s")
    show_verdicts(console, found)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(_document(documents, reached, found), indent=1) + "\n", encoding="utf-8")


def _cases(traces: Sequence[Trace], asked: Asked) -> list[Case]:
    loads = LOADS if asked.users is None else (1.0,)
    shares = (None,) if asked.quota_share is None else (asked.quota_share,)
    cases = [Case(trace, load, share, asked.users) for trace in traces for load in loads for share in shares]
    if asked.quota_share is None:
        cases += [Case(trace, 1.0, share, asked.users) for trace in traces for share in (SCARCE, AMPLE)]
    return cases


def _play(cases: Sequence[Case], seeds: int) -> list[list[Played]]:
    jobs = [Job(case, seed) for case in cases for seed in range(seeds)]
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        done = list(pool.map(played, jobs))
    return [done[at : at + seeds] for at in range(0, len(done), seeds)]


def _document(
    cases: list[dict[str, Any]], reached: dict[str, Reaction], found: Sequence[Verdict]
) -> dict[str, Any]:
    return {
        "simulated": True,
        "settings": asdict(SETTINGS),
        "loop": asdict(LOOP),
        "reactions": {name: asdict(reaction) for name, reaction in reached.items()},
        "cases": cases,
        "verdicts": [verdict.document() for verdict in found],
    }
