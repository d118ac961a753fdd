"""At the quota: what our hook in the real LiteLLM, and a model that stands in, spare Bedrock and callers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
import requests

from local.judges.clients import Answer, Door, ask_once
from local.judges.litellm_proxy import MASTER_KEY, Listening, litellm, stand_in
from local.judges.mixture import Wish

A_SECOND = 4.0  # requests
SECONDS = 30
WARMING = 4  # requests, for both workers
INPUT, OUTPUT = 100, 40
QUOTA = A_SECOND / 2 * 60 * (INPUT + 5 * OUTPUT)  # tokens a minute: half of what is asked for


@dataclass(frozen=True)
class Seen:
    """What came of a load at twice the quota: answers, and how often Bedrock refused."""

    answers: list[Answer]
    refused: int

    @property
    def completed(self) -> int:
        return sum(one.status == 200 for one in self.answers)

    @property
    def in_time(self) -> int:
        """With at most a second more than the model takes by itself."""
        return sum(one.status == 200 and one.added_seconds <= 1.0 for one in self.answers)

    def __str__(self) -> str:
        answered = f"{self.completed} of {len(self.answers)} answered, {self.in_time} in time"
        return f"{answered}, {self.refused} times refused by the quota"


def without_hook(config: dict[str, Any]) -> None:
    del config["guardrails"]


def shifted(config: dict[str, Any]) -> None:
    """As LiteLLM has it after `shift_model`, which writes it into its database: there is none here."""
    config["router_settings"] = {"model_group_alias": {"claude-sonnet-4-5": "claude-haiku-4-5"}}


def as_published(_config: dict[str, Any]) -> None:
    """As it is."""


def at_twice_the_quota(proxy: Listening, outside: Listening) -> Seen:
    for _ in range(WARMING):
        wish = Wish("sonnet", INPUT, OUTPUT, streamed=True)
        asyncio.run(ask_once(Door("127.0.0.1", proxy.port, MASTER_KEY), wish))
    quota = {"model": "sonnet", "tokens_per_minute": QUOTA}
    requests.post(f"{outside.url}/quota", json=quota, timeout=10).raise_for_status()
    answers = asyncio.run(_load(Door("127.0.0.1", proxy.port, MASTER_KEY)))
    refused = requests.get(f"{outside.url}/refused", timeout=10).json()
    return Seen(answers, refused.get("sonnet", 0))


async def _load(door: Door) -> list[Answer]:
    """Requests come as they come, whatever became of those before."""
    chance, asking = Random(7), []  # noqa: S311 - load, no secret
    ends = asyncio.get_running_loop().time() + SECONDS
    while asyncio.get_running_loop().time() < ends:
        asking.append(asyncio.create_task(ask_once(door, Wish("sonnet", INPUT, OUTPUT, streamed=True))))
        await asyncio.sleep(chance.expovariate(A_SECOND))
    return await asyncio.gather(*asking)


@pytest.fixture(scope="module")
def seen(tmp_path_factory) -> dict[str, Seen]:
    """Under the same load, one after the other."""
    found = {}
    for change in (without_hook, as_published, shifted):
        folder = tmp_path_factory.mktemp(change.__name__)
        with stand_in(folder, change=change) as outside, litellm(folder, outside.url) as proxy:
            found[change.__name__] = at_twice_the_quota(proxy, outside)
    print(*(f"{name}: {told}" for name, told in found.items()), sep="\n")  # noqa: T201 - docs/scaling.md has it
    return found


def test_a_short_wait_stands_in_for_a_storm_of_retries(seen):
    """Bedrock refuses a fraction of what it did, and no fewer are answered."""
    assert seen["as_published"].refused < 0.35 * seen["without_hook"].refused
    assert seen["as_published"].completed >= 0.9 * seen["without_hook"].completed


def test_who_is_answered_is_answered_in_time(seen):
    """The wait is shorter than the objective; LiteLLM's own retries are not."""
    assert seen["as_published"].in_time >= 0.9 * seen["as_published"].completed
    assert seen["as_published"].in_time > seen["without_hook"].in_time


def test_another_model_takes_what_the_quota_does_not(seen):
    """Nobody is refused any more, at Bedrock or here."""
    assert seen["shifted"].refused == 0
    assert seen["shifted"].completed == len(seen["shifted"].answers)
