"""Prices, use and the bill."""
