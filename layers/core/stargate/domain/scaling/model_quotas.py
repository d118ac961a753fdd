"""Bedrock's quotas of the models that a gateway serves: their names, and how much was last known.

A quota is the account's, by region, model and inference profile: `us.` and `global.` have each their own.
Codes and names are from public lists of Service Quotas (bedrock-usage-analyzer's quota index); the values
are AWS's published defaults for accounts that are not new, and stand in only while Service Quotas tells
none. New accounts are cut to a fraction of them.
"""

from __future__ import annotations

from dataclasses import dataclass

SERVICE = "bedrock"


@dataclass(frozen=True)
class KnownQuota:
    code: str
    name: str
    value: float


@dataclass(frozen=True)
class ModelQuota:
    """Of one model by one kind of profile: tokens and requests a minute.

    An output token counts `burndown` times; a token read from a cache counts nothing, one written to it once.
    Bedrock User Guide, "How tokens are counted in Amazon Bedrock".
    """

    model: str
    profile: str
    bedrock_id: str
    tokens: KnownQuota
    requests: KnownQuota
    burndown: float = 5.0

    @property
    def key(self) -> str:
        return f"{self.profile}.{self.model}"

    @property
    def served_as(self) -> str:
        """The name that LiteLLM's callers ask for."""
        return f"claude-{self.model}-4-5"


def _of(
    model: str, bedrock_id: str, name: str, codes: tuple[str, str], values: tuple[float, float]
) -> ModelQuota:
    tokens, requests = (
        f"Cross-region model inference {what} per minute for Anthropic {name}"
        for what in ("tokens", "requests")
    )
    return ModelQuota(
        model,
        "us",
        bedrock_id,
        KnownQuota(codes[0], tokens, values[0]),
        KnownQuota(codes[1], requests, values[1]),
    )


US_QUOTAS = (
    _of(
        "haiku",
        "us.anthropic.claude-haiku-4-5-20251001-v1:0",
        "Claude Haiku 4.5",
        ("L-58BE175A", "L-CCA5DF70"),
        (5_000_000, 10_000),
    ),
    _of(
        "sonnet",
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "Claude Sonnet 4.5 V1",
        ("L-F4DDD3EB", "L-4A6BFAB1"),
        (5_000_000, 10_000),
    ),
    _of(
        "opus",
        "us.anthropic.claude-opus-4-5-20251101-v1:0",
        "Claude Opus 4.5",
        ("L-7007E9C9", "L-27989F42"),
        (2_000_000, 1_000),
    ),
)
BY_MODEL = {quota.model: quota for quota in US_QUOTAS}
