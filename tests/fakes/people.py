"""The people on call, and those who approve: what reached them."""

from __future__ import annotations

from dataclasses import dataclass, field

from stargate.domain.operating.endings import INCIDENT_OVER
from stargate.domain.operating.facts import Delivery
from stargate.errors import ActionRefusedError


@dataclass
class FakePager:
    """Takes every page; a test says when one was delivered."""

    notices: list = field(default_factory=list)
    delivered: list = field(default_factory=list)
    refuse: str = ""

    @property
    def pages(self):
        """What people were told but for the ends of incidents, as subject and text."""
        return [(one.subject, one.text) for one in self.notices if one.news != INCIDENT_OVER]

    def tell(self, notice):
        if self.refuse:
            raise ActionRefusedError(self.refuse)
        self.notices.append(notice)

    def deliveries(self, since, until):
        return tuple(Delivery(at, 1.0) for at in self.delivered if since <= at < until)


@dataclass
class FakeApprovers:
    """Takes every request, with the link that is the approver's alone."""

    asked: list = field(default_factory=list)
    refuse: str = ""

    def ask(self, approver, subject, text, link):
        if self.refuse:
            raise ActionRefusedError(self.refuse)
        self.asked.append((approver, subject, text, link))
