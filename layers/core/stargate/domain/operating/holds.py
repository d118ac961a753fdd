"""Something that an action changed for a while, kept in mind so that it is not forgotten there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action, Target, Value

HOLD_SECONDS = 900.0  # then it is renewed while its condition is open, and taken back when it is not


@dataclass(frozen=True)
class Hold:
    """`target` is as we set it, `was` as it was found before anything of ours; `scope` is the action's.

    `target_before` is what we had set before, for as long as nobody saw that AWS took the new one; one that
    is `spent` has missed its effect, and is taken back although its condition is open.
    """

    scope: str
    subject: str
    kind: str
    condition: str
    target: Target
    was: Target
    until: float
    action_id: str
    fence: int
    live: bool = True
    spent: bool = False
    target_before: Target | None = None
    version: int = 0

    def is_ours(self, name: str, value: Value) -> bool:
        """Whether it is as we set it, and not as somebody else did."""
        before = self.target_before or {}
        return value in {self.target.get(name), before.get(name)} - {None}

    def without_the_last(self) -> Hold:
        """As it is when AWS refused the last change: what was set before, or nothing."""
        if self.target_before is None:
            return replace(self, live=False)
        return replace(self, target=self.target_before, target_before=None)

    def sure(self) -> Hold:
        """As it is once AWS has taken the last change."""
        return replace(self, target_before=None)

    def spent_at(self, now: float) -> Hold:
        return replace(self, target_before=None, spent=True, until=min(self.until, now))


def begun(before: Hold | None, action: Action, found: Target) -> Hold:
    """What is changed is held for its time; what to go back to is as it was before the first change.

    Of what is changed now for the first time that is as it was found now.
    """
    live = before if before is not None and before.live else None
    return Hold(
        scope=action.scope,
        subject=action.subject,
        kind=action.kind,
        condition=action.condition,
        target=action.target,
        was={**found, **live.was} if live else found,
        until=action.since + HOLD_SECONDS,
        action_id=action.action_id,
        fence=action.fence,
        target_before=live.target if live else None,
        version=before.version if before else 0,
    )
