"""The people who look after the gateways, and how they are reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from stargate.domain.operating.facts import Delivery
    from stargate.domain.operating.notices import Notice


class Pager(Protocol):
    def tell(self, notice: Notice) -> None:
        """Tell whoever has subscribed, each in his form; ActionRefusedError if it is not taken."""
        ...

    def deliveries(self, since: float, until: float) -> tuple[Delivery, ...]:
        """Minutes in which messages reached somebody, from the oldest to the newest."""
        ...


class Approvers(Protocol):
    """The people who may answer approvals, each reached alone."""

    def ask(self, approver: str, subject: str, text: str, link: str) -> None:
        """Tell this one person; the link is nobody else's. ActionRefusedError if it is not taken."""
        ...
