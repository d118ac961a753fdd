"""What a request to LiteLLM asks of a quota, as far as one can tell before it is answered. Pure.

Requests are anybody's: whatever is not in the usual form counts as nothing, and never fails here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CHARACTERS_OF_A_TOKEN, BURNDOWN, USUAL_OUTPUT = 4.0, 5.0, 300.0
MOST_OUTPUT = 1_000_000.0  # no model answers more, whatever a request says


def weight_of(data: Mapping[str, Any]) -> float:
    """Tokens as the quota counts them: those in, and the usual answer or the most that it may have."""
    characters = sum(len(text) for message in _messages(data) for text in _texts(message))
    return 1.0 + characters / CHARACTERS_OF_A_TOKEN + BURNDOWN * min(USUAL_OUTPUT, asked_output(data))


def asked_output(data: Mapping[str, Any]) -> float:
    """The most tokens that its answer may have; the usual ones where it does not say."""
    for name in ("max_tokens", "max_completion_tokens", "max_output_tokens"):
        if isinstance(data.get(name), int):
            return min(max(0.0, float(data[name])), MOST_OUTPUT)
    return USUAL_OUTPUT


def _messages(data: Mapping[str, Any]) -> Iterator[Any]:
    for name in ("system", "messages", "input", "prompt"):
        found = data.get(name)
        if isinstance(found, list):
            yield from found
        elif found is not None:
            yield found


def _texts(message: Any) -> Iterator[str]:
    content = message.get("content") if isinstance(message, dict) else message
    for part in content if isinstance(content, list) else [content]:
        text = part.get("text") if isinstance(part, dict) else part
        if isinstance(text, str):
            yield text
