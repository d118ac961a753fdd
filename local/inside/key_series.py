"""What VictoriaMetrics would say that virtual keys have used: the twin's people share one key, of one team.

It knows the observer's own question, of LiteLLM's counters by key, and no other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from stargate.domain.costs.snapshot import SNAPSHOT

if TYPE_CHECKING:
    from local.gateways.registry import Running

ASKED = re.compile(
    r"sum by \(hashed_api_key, api_key_alias, team_alias, model\)"
    r" \(increase\(litellm_(input_tokens|output_tokens|spend|input_cached_tokens|input_cache_creation_tokens)"
    r"_metric_total\[(\d+)s\]\)\)"
)
HASH, PEOPLE = "5e8b" * 16, "people"
REGION, MILLION = "us-east-1", 1e6


def increase(entry: Running, query: str, at: float) -> list[dict[str, Any]] | None:
    """One series for each model that was called; None if that is not what is asked."""
    asked = ASKED.fullmatch(query)
    if asked is None:
        return None
    if "cache" in asked[1]:
        return []  # the twin's people cache nothing
    used = entry.gateway.tokens_between(at - int(asked[2]), at) if entry.gateway else {}
    return [
        _series(model, _figure(asked[1], model, *tokens), at) for model, tokens in used.items() if sum(tokens)
    ]


def _figure(what: str, model: str, into: int, out: int) -> float:
    if what == "spend":
        return dollars(model, into, out)
    return float(into if what == "input_tokens" else out)


def dollars(model: str, into: int, out: int) -> float:
    """What LiteLLM believes that it costs."""
    prices = (float(SNAPSHOT.of(f"{model}_{part}", REGION).usd) for part in ("input", "output"))
    return sum(price * tokens / MILLION for price, tokens in zip(prices, (into, out), strict=True))


def _series(model: str, value: float, at: float) -> dict[str, Any]:
    labels = {
        "hashed_api_key": HASH,
        "api_key_alias": PEOPLE,
        "team_alias": "everybody",
        "model": f"converse/us.anthropic.claude-{model}-4-5",
    }
    return {"metric": labels, "value": [at, str(value)]}
