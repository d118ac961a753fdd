"""What a performer promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.operations import Overview


class Performer(Protocol):
    """Does one kind of action as its target says, and nothing else: what to do was decided before.

    A second call for the same action does no more than the first, but for a page: nobody can ask whether it
    was sent. ActionRefusedError if AWS will not have it.
    """

    def __call__(self, overview: Overview, action: Action) -> None: ...
