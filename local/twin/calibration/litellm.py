"""The run of the real LiteLLM proxy, and what the twin makes of the same load.

The run (`litellm_load.json`, made by bench/litellm_load.py) has clients that ask again at once, so that their
number is that of requests in flight; one task of two cores; its own mixture of requests; models with no
chance. The twin is given just that, with the costs of a request from its own parameters, and nothing is
fitted to the levels: they are what it is judged by.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from math import exp
from pathlib import Path
from random import Random
from typing import Any

from local.twin.fleet import DeploymentRules, Fleet, TaskSize
from local.twin.fleet.timing import AT_ONCE
from local.twin.gateway import Gateway
from local.twin.parameters import PARAMETERS, ModelParameters, Parameters, UserParameters
from local.twin.quota import Quota

MEASURED = Path(__file__).parent / "litellm_load.json"
PLENTY = Quota(1e9, 1e12)
SETTLING = 120
MEASURING = 600


@dataclass(frozen=True)
class Level:
    """What so many requests in flight make of a task: CPU in percent of two cores, seconds that it adds."""

    clients: int
    cpu_percent: float
    requests_per_second: float
    added_seconds: float


@dataclass(frozen=True)
class Costs:
    """CPU seconds of a request whose answer comes in one piece, and of each output token that is streamed."""

    per_request: float
    per_output_token: float


def costs(run: dict[str, Any]) -> Costs:
    """What the two runs with one kind of request tell; an event of a stream carries several tokens."""
    plain, streamed = (run["pieces"][kind]["median"] for kind in ("plain only", "streamed only"))
    per_request = plain["cpu_seconds_per_request"]
    events = streamed["events_per_second"] / streamed["requests_per_second"]
    per_event = (streamed["cpu_seconds_per_request"] - per_request) / events
    return Costs(per_request, per_event / run["models"]["tokens_per_event"])


def measured(run: dict[str, Any]) -> list[Level]:
    """The levels of the run at which somebody asked; what it added is the median over requests."""
    medians = [level["median"] for level in run["levels"] if level["clients"]]
    return [
        Level(
            int(median["clients"]),
            median["cpu_percent"],
            median["requests_per_second"],
            median["added_seconds_p50"],
        )
        for median in medians
    ]


def predicted(run: dict[str, Any], clients: int) -> Level:
    """What the twin says of the same load; what the gateway added is the mean over requests."""
    gateway = _gateway(_parameters(run))
    gateway.set_users(clients)
    gateway.advance(SETTLING)
    gateway.take_readings()
    before = gateway.totals.completed
    gateway.advance(SETTLING + MEASURING)
    means = _means(gateway)
    return Level(
        clients,
        means["service:litellm", "cpu"],
        (gateway.totals.completed - before) / MEASURING,
        means["balancer", "response_seconds"] - _first_token(gateway, means),
    )


def load(path: Path = MEASURED) -> dict[str, Any]:
    run: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return run


def _parameters(run: dict[str, Any]) -> Parameters:
    mixture = run["mixture"]
    users = UserParameters(
        think_seconds=0.0,
        model_shares=dict(mixture["models"]),
        input_tokens=_mean(mixture["prompt"]),
        output_tokens=_mean(mixture["answer"]),
        tokens_spread=mixture["answer"]["spread"],
    )
    prompt = users.input_tokens / 1000.0
    models = tuple(
        ModelParameters(
            name,
            pace["first_token_seconds"] + prompt * pace["seconds_per_thousand_input_tokens"],
            0.0,
            pace["tokens_per_second"],
            5.0,
            PLENTY,
        )
        for name, pace in run["models"].items()
        if isinstance(pace, dict)
    )
    task = replace(
        PARAMETERS.task,
        admission=False,  # the run was of LiteLLM alone
        idle_cpu_share=0.0,
        cpu_seconds_per_output_token=mixture["streamed"] * PARAMETERS.task.cpu_seconds_per_output_token,
    )
    return replace(PARAMETERS, models=models, users=users, task=task)


def _mean(lengths: dict[str, float]) -> float:
    """Of lognormal lengths that are cut at the most there may be."""
    chance = Random(1)  # noqa: S311 - the mean of a distribution
    drawn = [lengths["median"] * exp(chance.gauss(0.0, lengths["spread"])) for _ in range(20_000)]
    return sum(min(lengths["most"], length) for length in drawn) / len(drawn)


def _gateway(parameters: Parameters) -> Gateway:
    chance = Random(1)  # noqa: S311 - a model's chance, not a secret's
    fleet = Fleet(chance, ("us-east-1a",), AT_ONCE)
    fleet.add_service("litellm", TaskSize(2048, 4096), 1, 0.0, DeploymentRules())
    return Gateway(fleet, parameters, chance, 0.0)


def _means(gateway: Gateway) -> dict[tuple[str, str], float]:
    sums: dict[tuple[str, str], tuple[float, float]] = {}
    for reading in gateway.take_readings():
        if reading.period == 60:
            name = reading.subject, reading.measure
            total, count = sums.get(name, (0.0, 0.0))
            sums[name] = total + reading.samples.total, count + reading.samples.count
    return {name: total / count for name, (total, count) in sums.items()}


def _first_token(gateway: Gateway, means: dict[tuple[str, str], float]) -> float:
    shares = gateway.users.shares
    return sum(share * means[f"model:{name}", "first_token_ms"] for name, share in shares.items()) / 1000.0
