"""Benchmarks: each prints a ratio of two things measured side by side, and fails beyond its bound."""
