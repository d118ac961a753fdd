"""A quota of the account that is cut, what follows, and a rule that lets another model serve meanwhile."""

from stargate.domain.scaling.model_quotas import BY_MODEL

HAIKU, SONNET = (BY_MODEL[name].served_as for name in ("haiku", "sonnet"))
TOKENS = BY_MODEL["haiku"].tokens
# A third of what 120 users ask of Haiku: with half of it demand alone wants no fewer tasks.
GRANTED = 600_000.0
SHIFT = {
    "rule": "haiku-by-sonnet",
    "while": "quota-high",
    "of": HAIKU,
    "severity": "critical",
    "do": {"action": "shift_model", "with": {"from": HAIKU, "to": SONNET}},
    "why": "whoever asks for Haiku would rather wait for Sonnet than hear no",
}
CONDITIONS = (("quota-high", HAIKU), ("model-throttled", HAIKU), ("quota-warning", "bedrock"))
