"""Asking people, telling them, and taking their answers."""
