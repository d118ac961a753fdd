"""AWS's own client takes the stand-in for Bedrock's runtime: shapes, framing, errors, time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config

from local.judges.litellm_proxy import PROFILES, stand_in

if TYPE_CHECKING:
    from collections.abc import Iterator

HAIKU = PROFILES["haiku"]


@pytest.fixture(scope="module")
def bedrock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A client of the stand-in that does not try again by itself."""
    with stand_in(tmp_path_factory.mktemp("stand-in")) as outside:
        yield boto3.client(
            "bedrock-runtime",
            endpoint_url=outside.url,
            region_name="us-east-1",
            aws_access_key_id="AKIDEXAMPLE",
            aws_secret_access_key="not-a-secret",  # noqa: S106
            config=Config(retries={"total_max_attempts": 1}),
        )


def question(text: str, tokens: int) -> dict[str, Any]:
    return {
        "modelId": HAIKU,
        "messages": [{"role": "user", "content": [{"text": text}]}],
        "inferenceConfig": {"maxTokens": tokens},
    }


def test_a_whole_answer_has_the_shape_and_the_usage_of_bedrock(bedrock):
    """Four characters are a token, and as many come back as were allowed."""
    answer = bedrock.converse(**question("x" * 400, 12))
    assert answer["usage"] == {"inputTokens": 100, "outputTokens": 12, "totalTokens": 112}
    assert len(answer["output"]["message"]["content"][0]["text"].split()) == 12


def test_a_stream_is_framed_as_botocore_reads_it_and_takes_its_time(bedrock):
    """Each event under its name, the text in order, the first long before the last."""
    began = time.monotonic()
    events = [
        (time.monotonic() - began, event)
        for event in bedrock.converse_stream(**question("tell me", 70))["stream"]
    ]
    names = [name for _, event in events for name in event]
    assert names == [
        "messageStart",
        *["contentBlockDelta"] * 14,
        "contentBlockStop",
        "messageStop",
        "metadata",
    ]
    said = "".join(event["contentBlockDelta"]["delta"]["text"] for _, event in events[1:15])
    assert said.split() == [f"{place:03d}" for place in range(70)]
    assert events[-1][1]["metadata"]["usage"]["outputTokens"] == 70
    assert events[-1][0] - events[1][0] > 0.3


def test_what_is_beyond_the_quota_is_throttled(bedrock):
    """With the error that botocore knows by this name."""
    with pytest.raises(bedrock.exceptions.ThrottlingException, match="Too many tokens"):
        bedrock.converse(**question("throttle", 5))
