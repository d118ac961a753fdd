"""At the quota: what our hook in the real LiteLLM, and a model that stands in, spare Bedrock and callers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
import requests

from gateway.observer.index import counts
from local.judges.clients import Answer, Door, ask_once
from local.judges.litellm_proxy import MASTER_KEY, Listening, litellm, stand_in
from local.judges.mixture import Wish
from tests.gateway.patience import eventually

A_SECOND = 4.0  # requests
SECONDS, SECONDS_SHIFTED = 20.0, 8.0
WARMING = 4  # requests, for both workers
INPUT, OUTPUT = 100, 40
QUOTA = A_SECOND / 2 * 60 * (INPUT + 5 * OUTPUT)  # tokens a minute: half of what is asked for
OUR_REFUSAL = "the gateway lets no more in than Bedrock answers"


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

    @property
    def told_no(self) -> list[Answer]:
        return [one for one in self.answers if one.status == 429]

    @property
    def turned_away(self) -> list[Answer]:
        """By us, by the headers that SDKs obey: come again, but not at once."""
        ours = ("\r\nx-should-retry: false\r\n", "\r\nretry-after: 10\r\n")
        return [one for one in self.told_no if all(header in one.head for header in ours)]

    def __str__(self) -> str:
        answered = f"{self.completed} of {len(self.answers)} answered, {self.in_time} in time"
        return f"{answered}, {self.refused} times refused by the quota"


@dataclass(frozen=True)
class Proxy:
    """A LiteLLM and what it calls out to."""

    listening: Listening
    outside: Listening

    @property
    def door(self) -> Door:
        return Door("127.0.0.1", self.listening.port, MASTER_KEY)

    def counted(self) -> dict[str, float]:
        """What the observer reads of Sonnet in the one exposition of both workers."""
        shown = requests.get(f"{self.listening.url}/metrics/", timeout=10).text
        found: dict[str, float] = counts(shown)["models"]["claude-sonnet-4-5"]
        return found

    def log(self) -> list[str]:
        return self.listening.program.log.read_text(errors="replace").splitlines()

    def at_twice_the_quota(self, model: str, seconds: float) -> Seen:
        quota = {"model": model, "tokens_per_minute": QUOTA}
        requests.post(f"{self.outside.url}/quota", json=quota, timeout=10).raise_for_status()
        answers = asyncio.run(self._load(Wish(model, INPUT, OUTPUT, streamed=True), seconds))
        refused = requests.get(f"{self.outside.url}/refused", timeout=10).json()
        return Seen(answers, refused.get(model, 0))

    def warm(self) -> None:
        for _ in range(WARMING):
            asyncio.run(ask_once(self.door, Wish("sonnet", INPUT, OUTPUT, streamed=True)))

    async def _load(self, wish: Wish, seconds: float) -> list[Answer]:
        """Requests come as they come, whatever became of those before."""
        chance, asking = Random(7), []  # noqa: S311 - load, no secret
        ends = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < ends:
            asking.append(asyncio.create_task(ask_once(self.door, wish)))
            await asyncio.sleep(chance.expovariate(A_SECOND))
        return await asyncio.gather(*asking)


def without_hook(config: dict[str, Any]) -> None:
    del config["guardrails"]


def opus_by_haiku(config: dict[str, Any]) -> None:
    """As LiteLLM has it after `shift_model`, which writes it into its database: there is none here."""
    config["router_settings"] = {"model_group_alias": {"claude-opus-4-5": "claude-haiku-4-5"}}


@pytest.fixture(scope="module")
def storm(tmp_path_factory) -> Seen:
    """LiteLLM alone."""
    folder = tmp_path_factory.mktemp("without_hook")
    with stand_in(folder, change=without_hook) as outside, litellm(folder, outside.url) as listening:
        proxy = Proxy(listening, outside)
        proxy.warm()
        return proxy.at_twice_the_quota("sonnet", SECONDS)


@pytest.fixture(scope="module")
def proxy(tmp_path_factory):
    """LiteLLM as it is published, but that Haiku serves whoever asks for Opus."""
    folder = tmp_path_factory.mktemp("as_published")
    with stand_in(folder, change=opus_by_haiku) as outside, litellm(folder, outside.url) as listening:
        found = Proxy(listening, outside)
        found.warm()
        yield found


@pytest.fixture(scope="module")
def paced(proxy) -> Seen:
    """The same load, with our hook."""
    return proxy.at_twice_the_quota("sonnet", SECONDS)


def test_a_short_wait_stands_in_for_a_storm_of_retries(storm, paced, measured):
    """Bedrock refuses a fraction of what it did, and about as many are answered."""
    measured(f"LiteLLM alone: {storm}", f"with admission: {paced}")
    assert paced.refused < 0.35 * storm.refused
    assert paced.completed >= 0.75 * storm.completed


def test_who_is_answered_is_answered_in_time(storm, paced):
    """The wait is shorter than the objective; LiteLLM's own retries are not."""
    assert paced.in_time >= 0.8 * paced.completed
    assert paced.in_time > storm.in_time


def test_who_is_turned_away_is_told_when_to_come_again(paced):
    """All others who hear no were refused by Bedrock itself, before there was a pace and at its edge."""
    assert {one.status for one in paced.answers} == {200, 429}
    assert paced.turned_away
    assert len(paced.told_no) - len(paced.turned_away) <= paced.refused


def test_the_observer_counts_who_was_turned_away_and_what_was_reserved(proxy, paced):
    """Apart from what Bedrock refused; with what LiteLLM counts itself, a little later than it answers."""
    asked = len(paced.answers) + WARMING
    expected = {
        "refused": len(paced.turned_away),
        "throttles": paced.refused,
        "reserved_tokens": OUTPUT * asked,
        "finished": asked,
    }
    assert eventually(lambda: expected.items() <= proxy.counted().items(), seconds=20), proxy.counted()


def test_to_turn_somebody_away_is_a_line_in_the_log_and_no_traceback(proxy, paced):
    """It is no error, and there may be many."""
    ours = [line for line in proxy.log() if OUR_REFUSAL in line]
    assert len(ours) == len(paced.turned_away)
    assert not [line for line in ours if "Traceback" in line]


def test_another_model_takes_what_the_quota_does_not(proxy, measured):
    """Opus has the same quota, and nobody is refused, at Bedrock or here."""
    shifted = proxy.at_twice_the_quota("opus", SECONDS_SHIFTED)
    measured(f"served by another: {shifted}")
    assert shifted.refused == 0
    assert shifted.completed == len(shifted.answers)
