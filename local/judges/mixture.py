"""What people ask a gateway for, drawn at random: model, lengths of prompt and answer, streamed or not.

Assumed, for want of a trace of such a gateway: mostly chat with files pasted in now and then, mostly the
small model, mostly streamed. The public traces of such services lie on both sides of it (Azure's code
completions: prompts of 1,469 tokens and answers of 13 in the median; ServeGen's language models: answers of
15 to 180 tokens on average).
"""

import math
from dataclasses import dataclass
from random import Random

from local.judges.converse import Request
from local.judges.pace import PACES, words


@dataclass(frozen=True)
class Lengths:
    """Tokens, spread log-normally."""

    median: int
    spread: float
    """Standard deviation of the logarithm."""
    most: int

    def draw(self, chance: Random) -> int:
        return max(1, min(self.most, round(self.median * math.exp(chance.gauss(0, self.spread)))))


@dataclass(frozen=True)
class Mixture:
    models: tuple[tuple[str, float], ...] = (("haiku", 0.6), ("sonnet", 0.3), ("opus", 0.1))
    streamed: float = 0.8
    prompt: Lengths = Lengths(500, 1.0, 8000)
    answer: Lengths = Lengths(150, 0.9, 1200)

    def draw(self, chance: Random) -> "Wish":
        names, shares = zip(*self.models, strict=True)
        return Wish(
            model=chance.choices(names, shares)[0],
            input_tokens=self.prompt.draw(chance),
            output_tokens=self.answer.draw(chance),
            streamed=chance.random() < self.streamed,
        )


@dataclass(frozen=True)
class Wish:
    model: str
    """haiku, sonnet or opus."""
    input_tokens: int
    output_tokens: int
    streamed: bool

    @property
    def modelled(self) -> Request:
        """What the model behind the gateway will see, and how long it will take by itself."""
        return Request(PACES[self.model], self.input_tokens, self.output_tokens)

    def body(self) -> dict[str, object]:
        """The request in OpenAI's words."""
        asked: dict[str, object] = {
            "model": f"claude-{self.model}-4-5",
            "max_tokens": self.output_tokens,
            "messages": [{"role": "user", "content": words(self.input_tokens)}],
        }
        if self.streamed:
            asked |= {"stream": True, "stream_options": {"include_usage": True}}
        return asked
