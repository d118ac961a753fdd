"""Who used the models, as the gateway's own metrics tell it: tokens by virtual key, team and model.

LiteLLM counts what was read from the prompt cache, or written to it, among the input; Bedrock's bill does
not. What a key spent is reckoned here by the prices of the book, and LiteLLM's own figure stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stargate.domain.costs.rules import MILLION, MODELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stargate.domain.costs.prices import PriceBook

SHOWN_OF_A_HASH = 8


@dataclass(frozen=True)
class KeyUse:
    """Tokens that were used; `input` without what was read from the cache or written to it.

    `key` is the alias of the virtual key, or the beginning of its hash where it has none; `told` is what
    LiteLLM believes that it cost, in dollars.
    """

    key: str
    team: str
    model: str
    input: Decimal
    output: Decimal
    cache_read: Decimal
    cache_write: Decimal
    told: Decimal

    @property
    def who(self) -> tuple[str, str, str]:
        return self.key, self.team, self.model

    def plus(self, other: KeyUse) -> KeyUse:
        return KeyUse(
            *self.who,
            self.input + other.input,
            self.output + other.output,
            self.cache_read + other.cache_read,
            self.cache_write + other.cache_write,
            self.told + other.told,
        )

    def usd(self, book: PriceBook, region: str) -> Decimal:
        """Unrounded; nothing of a model that is none of the gateway's."""
        if self.model not in MODELS:
            return Decimal(0)
        counts = {
            "input": self.input,
            "output": self.output,
            "cache_read": self.cache_read,
            "cache_write": self.cache_write,
        }
        prices = {part: book.of(f"{self.model}_{part}", region).usd for part in counts}
        return sum((counts[part] * prices[part] / MILLION for part in counts), Decimal(0))


def key_uses(rows: Iterable[Mapping[str, Any]]) -> list[KeyUse]:
    """Of what the observer measured, a row for each key, team and model, without those that used nothing."""
    return [use for use in map(_use, rows) if use.input or use.output or use.cache_read or use.told]


def _use(row: Mapping[str, Any]) -> KeyUse:
    counts = {
        name: Decimal(str(row.get(name, 0))) for name in ("output", "cache_read", "cache_write", "spend")
    }
    cached = counts["cache_read"] + counts["cache_write"]
    asked = max(Decimal(0), Decimal(str(row.get("input", 0))) - cached)
    return KeyUse(
        str(row.get("alias") or str(row.get("hash") or "")[:SHOWN_OF_A_HASH] or "no key"),
        str(row.get("team") or ""),
        model_of(str(row.get("model") or "")),
        asked,
        counts["output"],
        counts["cache_read"],
        counts["cache_write"],
        counts["spend"],
    )


def model_of(name: str) -> str:
    """`claude-sonnet-4-5` is `sonnet`; what is none of the gateway's models keeps its name."""
    return next((model for model in MODELS if model in name), name or "no model")
