"""What only the account's owner can do: nothing fails without it, but something will be missed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.gateway.tags import ENVIRONMENT_TAG, PRESET_TAG
from stargate.errors import AccountUnaskableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stargate.ports.provisioning import Account

COST_TAGS = (ENVIRONMENT_TAG, PRESET_TAG)


@dataclass(frozen=True)
class Owner:
    account: Account

    def warnings(self) -> Iterator[str]:
        yield from self._about_tags()
        if not self.account.listeners():
            yield (
                "nobody hears of alarms: subscribe to the operators' topic, and confirm it by the link that "
                "AWS sends"
            )

    def _about_tags(self) -> Iterator[str]:
        """A tag is offered for activation a day after a resource has borne it, and counts from then on."""
        try:
            unused = self.account.unused_cost_tags(COST_TAGS)
        except AccountUnaskableError as unaskable:
            yield f"whether costs are told by environment is not known ({unaskable}): ask the payer's account"
            return
        if unused:
            yield (
                f"costs by environment are seen from the day on that {' and '.join(unused)} "
                f"{'is' if len(unused) == 1 else 'are'} activated for cost allocation, which the payer's "
                "account does; AWS offers a tag a day after a resource has borne it"
            )
