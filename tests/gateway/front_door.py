"""A person's side of the gateway: requests to LiteLLM, and what reached the other side."""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import requests

from local.judges.litellm_proxy import MASTER_KEY, Listening

KEY = {"Authorization": f"Bearer {MASTER_KEY}"}


@dataclass(frozen=True)
class Piece:
    """One event of a streamed answer, and how many seconds after the question it came."""

    seconds: float
    document: Mapping[str, Any]


@dataclass(frozen=True)
class FrontDoor:
    proxy: Listening
    outside: Listening

    def get(self, path: str, headers: Mapping[str, str] = KEY) -> requests.Response:
        return requests.get(self.proxy.url + path, headers=headers, timeout=60)

    def ask(
        self, model: str, prompt: str, tokens: int = 20, headers: Mapping[str, str] = KEY
    ) -> requests.Response:
        """A plain completion, as OpenAI's clients ask for it."""
        return requests.post(
            self._completions, json=_body(model, prompt, tokens), headers=headers, timeout=60
        )

    def stream(self, model: str, prompt: str, tokens: int) -> Iterator[Piece]:
        """The same, streamed: each event as it comes, but for the last, which only says that it is done."""
        body = _body(model, prompt, tokens) | {"stream": True, "stream_options": {"include_usage": True}}
        began = time.monotonic()
        with requests.post(self._completions, json=body, headers=KEY, timeout=120, stream=True) as answer:
            for line in answer.iter_lines(chunk_size=None):
                if line.startswith(b"data: {"):
                    yield Piece(time.monotonic() - began, json.loads(line.removeprefix(b"data: ")))

    def reached(self, part: str) -> int:
        """How many requests the outside world has had on paths that hold this part."""
        seen: dict[str, int] = requests.get(f"{self.outside.url}/seen", timeout=10).json()
        return sum(count for path, count in seen.items() if part in path)

    @property
    def _completions(self) -> str:
        return f"{self.proxy.url}/v1/chat/completions"


def _body(model: str, prompt: str, tokens: int) -> dict[str, Any]:
    return {"model": model, "max_tokens": tokens, "messages": [{"role": "user", "content": prompt}]}
