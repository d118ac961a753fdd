"""How fast a model answers, with no chance in it, so that its share of a measured time is known.

The values are assumptions of the order that public measurements of these models on Bedrock show; a model's
real times vary by the hour. They matter for how many requests are open at once, not for what one costs the
gateway.
"""

from dataclasses import dataclass

CHARACTERS_PER_TOKEN = 4
TOKENS_PER_EVENT = 5
"""Claude's streams bring several at a time; what an event costs the gateway hardly depends on its size."""


@dataclass(frozen=True)
class Pace:
    first_token_seconds: float
    """With a short prompt."""
    seconds_per_thousand_input_tokens: float
    tokens_per_second: float

    def first(self, input_tokens: int) -> float:
        """Seconds until the first token."""
        return self.first_token_seconds + self.seconds_per_thousand_input_tokens * input_tokens / 1000

    def whole(self, input_tokens: int, output_tokens: int) -> float:
        """Seconds until the last token."""
        return self.first(input_tokens) + output_tokens / self.tokens_per_second


PACES = {
    "haiku": Pace(0.5, 0.04, 140),
    "sonnet": Pace(1.0, 0.08, 75),
    "opus": Pace(1.4, 0.10, 65),
}


def tokens_in(characters: int) -> int:
    """Roughly what English prose of this length comes to."""
    return max(1, characters // CHARACTERS_PER_TOKEN)


def words(tokens: int, after: int = 0) -> str:
    """Text that comes to as many tokens, going on after so many; LiteLLM cuts streams that repeat."""
    return "".join(f"{place % 1000:03d} " for place in range(after, after + tokens))
