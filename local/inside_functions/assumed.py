"""Plays `stargate.adapters.assumptions` inside a function: what the local cloud assumes."""

OF_A_RESTORE = (
    "on the local cloud, where a restore is assumed to take about 25 minutes and nothing reads what is in it",
)
