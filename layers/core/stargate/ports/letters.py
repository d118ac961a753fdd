"""Dead letters: the queue in which they lie, and the functions that they were for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stargate.domain.operating.letters import Message


class DeadLetters(Protocol):
    def take(self) -> Sequence[Message]:
        """Some that nobody else has in hand; after a while they are in nobody's hand again."""
        ...

    def give_back(self, messages: Sequence[Message]) -> None:
        """At once: whoever looks next finds them."""
        ...

    def remove(self, message: Message) -> None:
        """For good; one that is gone already is no error."""
        ...


class Recipients(Protocol):
    """The functions of the control plane that are called asynchronously."""

    def call(self, function: str, payload: Any) -> None:
        """And do not wait. `function` is the end of its name; AwsDeniedError if it may not be called."""
        ...


class Redriver(Protocol):
    """Shows and brings back dead letters, where the rights for it are."""

    def redrive(self, order: Mapping[str, Any]) -> dict[str, Any]: ...
