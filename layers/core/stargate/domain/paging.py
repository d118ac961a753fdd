"""One page of a longer list, and the opaque mark where the next begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from stargate.domain.faults import Fault

Item = TypeVar("Item")

LARGEST_PAGE = 100
USUAL_PAGE = 25
NO_MARK = Fault("?next", "is no mark of a page", "the `next` of an earlier answer, unchanged")


@dataclass(frozen=True)
class Page(Generic[Item]):
    items: tuple[Item, ...]
    after: str | None
