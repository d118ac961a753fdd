"""Bedrock's Converse and ConverseStream: in the service model's shapes and in a model's time.

An answer has as many tokens as the request allows (`inferenceConfig.maxTokens`), so that a caller decides.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from local.judges.event_stream import event
from local.judges.pace import PACES, TOKENS_PER_EVENT, Pace, tokens_in, words

DEFAULT_OUTPUT_TOKENS = 100


@dataclass(frozen=True)
class Request:
    pace: Pace
    input_tokens: int
    output_tokens: int

    @property
    def seconds(self) -> float:
        return self.pace.whole(self.input_tokens, self.output_tokens)

    @property
    def usage(self) -> dict[str, int]:
        return {
            "inputTokens": self.input_tokens,
            "outputTokens": self.output_tokens,
            "totalTokens": self.input_tokens + self.output_tokens,
        }


def read(model_id: str, body: Mapping[str, Any]) -> Request:
    """What is asked of the model that the id names (`haiku` … somewhere in it); KeyError if it names none."""
    pace = next((pace for name, pace in PACES.items() if name in model_id), None)
    if pace is None:
        raise KeyError(model_id)
    messages = [*body["messages"], {"content": body.get("system", [])}]
    characters = sum(len(block.get("text", "")) for message in messages for block in message["content"])
    wanted = body.get("inferenceConfig", {}).get("maxTokens", DEFAULT_OUTPUT_TOKENS)
    return Request(pace, tokens_in(characters), wanted)


async def converse(request: Request) -> dict[str, Any]:
    """The whole answer, when the model would be done."""
    await asyncio.sleep(request.seconds)
    return {
        "output": {"message": {"role": "assistant", "content": [{"text": words(request.output_tokens)}]}},
        "stopReason": "end_turn",
        "usage": request.usage,
        "metrics": {"latencyMs": round(1000 * request.seconds)},
    }


async def converse_stream(request: Request) -> AsyncIterator[bytes]:
    """The framed events, each when the model would have it. A late one is not waited for twice."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    yield event("messageStart", {"role": "assistant"})
    for done in range(0, request.output_tokens, TOKENS_PER_EVENT):
        due = began + request.pace.whole(request.input_tokens, done)
        await asyncio.sleep(max(0.0, due - loop.time()))
        yield _delta(done, min(TOKENS_PER_EVENT, request.output_tokens - done))
    await asyncio.sleep(max(0.0, began + request.seconds - loop.time()))
    yield event("contentBlockStop", {"contentBlockIndex": 0})
    yield event("messageStop", {"stopReason": "end_turn"})
    yield event("metadata", {"usage": request.usage, "metrics": {"latencyMs": round(1000 * request.seconds)}})


def _delta(done: int, tokens: int) -> bytes:
    return event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": words(tokens, after=done)}})
