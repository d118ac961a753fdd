"""What the real LiteLLM proxy with two workers makes of more and more clients: what the twin is held to.

Closed-loop clients ask at once again when answered, so a level is a number of requests in flight. Both
cores are the server's; the load and the stand-in for Bedrock are kept to core 1 and their use is stated.
All three go before whatever else this machine does, which gets what is left and is stated beside every
level; CPU is taken from /proc for the server alone. Not in it: the database (spend, virtual keys), the
network, another machine's CPU.
"""

import argparse
import asyncio
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.litellm_levels import Level, Probe, summary
from local.judges.clients import Answer, Clients, Door
from local.judges.litellm_proxy import BINARY, MASTER_KEY, Listening, litellm, stand_in
from local.judges.mixture import Mixture
from local.judges.pace import PACES, TOKENS_PER_EVENT
from local.judges.processes import PREFERENCE, preferred

CURVE = Path(__file__).parents[1] / "local" / "twin" / "calibration" / "litellm_load.json"
LEVELS = (0, 1, 2, 5, 10, 20, 40, 80, 120)
PIECES_AT = 10
"""Clients of the runs that tell a plain request's cost from a stream's; well below saturation."""
PIECES = {"plain only": Mixture(streamed=0.0), "streamed only": Mixture(streamed=1.0)}
_ASK_VERSIONS = """
import json, platform
from importlib.metadata import version
found = {name: version(name) for name in ("litellm", "uvicorn", "fastapi", "prometheus-client", "langfuse")}
print(json.dumps({**found, "python": platform.python_version()}))
"""
SERVER_CORES, LOAD_CORES = (0, 1), (1,)


@dataclass(frozen=True)
class Plan:
    settle_seconds: float
    measure_seconds: float
    turns: int


def main(arguments: Sequence[str]) -> int:
    asked = _arguments().parse_args(arguments)
    os.sched_setaffinity(0, LOAD_CORES)
    plan = Plan(asked.settle, asked.seconds, asked.turns)
    with tempfile.TemporaryDirectory(prefix="litellm-load-") as name:
        folder = Path(name)
        began = time.monotonic()
        with stand_in(folder, LOAD_CORES) as outside, litellm(folder, outside.url, SERVER_CORES) as server:
            alive_after = {"alive_after_seconds": round(time.monotonic() - began, 1)}
            probe = Probe(server.program.pid, outside.program.pid)
            with preferred(probe.server, probe.stand_in, os.getpid()):
                measured = alive_after | asyncio.run(_measure(server, probe, plan))
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(json.dumps({**_about(plan), **measured}, indent=1) + "\n")
    print(f"written: {asked.out}")
    return 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.litellm_load", description=__doc__)
    parser.add_argument("--settle", type=float, default=10, help="seconds before a level counts")
    parser.add_argument("--seconds", type=float, default=30, help="seconds that a level counts")
    parser.add_argument("--turns", type=int, default=2, help="how often each level is measured")
    parser.add_argument("--out", type=Path, default=CURVE)
    return parser


async def _measure(server: Listening, probe: Probe, plan: Plan) -> dict[str, Any]:
    """Every level once per turn, so that some disturbed minutes spoil a sample of each and not one level."""
    await _level(server, probe, Mixture(), 5, plan)  # what is loaded at first use is loaded
    levels: dict[int, list[Level]] = {clients: [] for clients in LEVELS}
    for _ in range(plan.turns):
        for clients in LEVELS:
            levels[clients].append(await _level(server, probe, Mixture(), clients, plan))
    pieces = {
        name: [await _level(server, probe, mixture, PIECES_AT, plan) for _ in range(plan.turns)]
        for name, mixture in PIECES.items()
    }
    return {
        "levels": [summary(samples) for samples in levels.values()],
        "pieces": {name: summary(samples) for name, samples in pieces.items()},
    }


async def _level(server: Listening, probe: Probe, mixture: Mixture, clients: int, plan: Plan) -> Level:
    answers: list[Answer] = []
    load = Clients(Door("127.0.0.1", server.port, MASTER_KEY), mixture, answers.append, seed=clients)
    await load.arrive(clients, plan.settle_seconds / 2)
    await asyncio.sleep(plan.settle_seconds / 2)
    answers.clear()
    before = probe.read()
    await asyncio.sleep(plan.measure_seconds)
    after = probe.read()
    measured = Level(clients, before, after, tuple(answers))
    await load.stop()
    print(json.dumps(summary([measured])["median"]), file=sys.stderr, flush=True)
    return measured


def _about(plan: Plan) -> dict[str, Any]:
    return {
        "what": "LiteLLM proxy under closed-loop load, made by bench/litellm_load.py (make litellm-load)",
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": _versions(),
        "machine": _machine(),
        "cores": {
            "server": list(SERVER_CORES),
            "load and stand-in": list(LOAD_CORES),
            "shared": "core 1: what load and stand-in use of it (stated in each level), the server cannot",
        },
        "server": {
            "workers": 2,
            "database": None,
            "started_as": "gateway/stacks/litellm.yaml says, config over S3",
        },
        "plan": asdict(plan) | {"nice": PREFERENCE},
        "mixture": asdict(Mixture()),
        "models": {name: asdict(pace) for name, pace in PACES.items()}
        | {"tokens_per_event": TOKENS_PER_EVENT},
        "units": {
            "cpu_percent": "of two vCPUs, as ECS would show it",
            "added_seconds": "later than the model alone would have been: waiting and work in the gateway",
            "memory_mb": "proportional share, each worker",
            "spread": "least and most over the turns",
        },
    }


def _versions() -> dict[str, str]:
    ran = subprocess.run([BINARY.parent / "python", "-c", _ASK_VERSIONS], capture_output=True, check=True)
    return {**json.loads(ran.stdout), "kernel": platform.release()}


def _machine() -> dict[str, Any]:
    text = Path("/proc/cpuinfo").read_text()
    model = next(line.partition(": ")[2] for line in text.splitlines() if line.startswith("model name"))
    return {"cpu": model, "cores": os.cpu_count(), "system": platform.system()}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
