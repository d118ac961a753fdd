"""A person paged, through the operators' topic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.operating.pages import composed

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.operations import Overview
    from stargate.ports.people import Pager


@dataclass(frozen=True)
class PagePerson:
    pager: Pager

    def __call__(self, overview: Overview, action: Action) -> None:
        page = composed(overview, action)
        self.pager.page(page.subject, page.text)
