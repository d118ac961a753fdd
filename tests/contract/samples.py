"""AWS's events as others have seen them, and what of a document is held against them: its shape."""

import json
from pathlib import Path

SAMPLES = Path(__file__).parents[3] / "shared/data/events"


def sample(name):
    """The event in this file of the samples; they are no part of the project (mark `shared_data`)."""
    return json.loads((SAMPLES / name).read_text())


def shape(value):
    """Keys and kinds of a document, and nothing of what it says; of a list its first element."""
    if isinstance(value, dict):
        return {key: shape(one) for key, one in value.items()}
    if isinstance(value, list):
        return [shape(one) for one in value[:1]]
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return "number" if number else type(value).__name__


def members(document):
    """The shape of a document's own members alone."""
    return {name: type(value).__name__ for name, value in document.items()}
