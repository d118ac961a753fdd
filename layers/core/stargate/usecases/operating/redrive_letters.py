"""Show what lies among the dead letters, bring it back to whom it was for, or throw away what is named.

A letter is brought back before it is removed: cut off in between it is brought back again, which does no
harm, because whatever is called asynchronously here takes a copy as a copy. One that fails again is a letter
again, after its retries.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.operating.letters import Letter, letter_of
from stargate.errors import AwsDeniedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stargate.ports.letters import DeadLetters, Recipients

MOST = 500  # in one call; the next takes the rest


@dataclass(frozen=True)
class RedriveLetters:
    letters: DeadLetters
    recipients: Recipients
    prefix: str

    def __call__(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """`show`, or all or the `letters` that are named brought back, or with `discard` removed.

        Each with what became of it: `shown`, `brought back`, `discarded`, `kept` or `not there`; `more` if
        there may be more.
        """
        found = list(self._taken())
        done = [(letter, *self._settled(letter, order)) for letter in found]
        self.letters.give_back(
            [letter.message for letter, outcome, _ in done if outcome in {"shown", "kept"}]
        )
        told = [
            {**letter.document(), "outcome": outcome, **({"why": why} if why else {})}
            for letter, outcome, why in done
            if _is_meant(letter, order)
        ]
        return {"letters": [*told, *_missed(found, order)], "more": len(found) >= MOST}

    def _taken(self) -> Iterator[Letter]:
        seen: set[str] = set()
        while len(seen) < MOST:
            fresh = [one for one in self.letters.take() if one.message_id not in seen]
            if not fresh:
                return
            seen.update(one.message_id for one in fresh)
            yield from (letter_of(one, self.prefix) for one in fresh)

    def _settled(self, letter: Letter, order: Mapping[str, Any]) -> tuple[str, str]:
        if order.get("show"):
            return "shown", ""
        if not _is_meant(letter, order):
            return "kept", ""
        if order.get("discard"):
            self.letters.remove(letter.message)
            return "discarded", ""
        return self._brought_back(letter)

    def _brought_back(self, letter: Letter) -> tuple[str, str]:
        if not letter.function:
            return "kept", "it is for no function of the control plane: look at it, then discard it"
        try:
            self.recipients.call(letter.function, letter.payload)
        except AwsDeniedError as denied:
            return "kept", f"{letter.function} is none that letters are brought back to: {denied}"
        self.letters.remove(letter.message)
        return "brought back", ""


def _is_meant(letter: Letter, order: Mapping[str, Any]) -> bool:
    named = order.get("letters")
    return named is None or letter.message.message_id in named


def _missed(found: Sequence[Letter], order: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What was named and is not there: brought back by somebody else, or in somebody's hand this minute."""
    there = {letter.message.message_id for letter in found}
    return [{"id": one, "outcome": "not there"} for one in order.get("letters") or () if one not in there]
