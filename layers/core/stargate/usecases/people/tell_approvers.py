"""Whoever may answer an approval is told that it is asked for, each with a one-time link of one's own.

The hashes of the links are written before the messages go, and that they went afterwards. What was cut off
between is done again with new links: a person may be told twice, and only the newest link is good.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stargate.domain.operating.operations import Change
from stargate.domain.people.approvals import approval_name
from stargate.domain.people.approvers import asked_people
from stargate.domain.people.links import hashed, token_of
from stargate.domain.people.requests_for_approval import composed

if TYPE_CHECKING:
    from stargate.domain.operating.operations import Overview
    from stargate.domain.people.approvals import Approval
    from stargate.ports.people import Approvers, Pager
    from stargate.ports.state import OperationsRows
    from stargate.ports.world import Clock, Secrets


@dataclass(frozen=True)
class TellApprovers:
    """`links_url` is what a link's token follows."""

    operations: OperationsRows
    pager: Pager
    approvers: Approvers
    secrets: Secrets
    links_url: str
    clock: Clock

    def __call__(self, overview: Overview) -> Overview:
        """What is known once people were told of each that they were not; ConflictError: look again."""
        for one in overview.operations.approvals.values():
            if one.is_pending(self.clock.now()) and one.told_at is None:
                overview = self._tell(overview, one)
        return overview

    def _tell(self, overview: Overview, approval: Approval) -> Overview:
        name = approval_name(overview.environment, approval.approval_id)
        secrets = {who: self.secrets.secret() for who in asked_people(overview.environment, approval)}
        hashes = {who: hashed(secret) for who, secret in secrets.items()}
        overview = self._write(overview, replace(approval, links=hashes))
        notice = composed(overview, approval)
        if not secrets:
            self.pager.tell(notice)
        for who, secret in secrets.items():
            link = f"{self.links_url}{token_of(name, secret)}"
            self.approvers.ask(who, notice.subject, notice.text, link)
        known = overview.operations.approvals[approval.approval_id]
        return self._write(overview, replace(known, told_at=self.clock.now()))

    def _write(self, overview: Overview, approval: Approval) -> Overview:
        change = Change((approval,))
        self.operations.record(overview.environment.environment_id, change)
        return replace(overview, operations=overview.operations.after(change))
