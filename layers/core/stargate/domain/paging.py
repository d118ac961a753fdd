"""One page of a longer list, and the opaque mark where the next begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")

LARGEST_PAGE = 100
USUAL_PAGE = 25


@dataclass(frozen=True)
class Page(Generic[Item]):
    items: tuple[Item, ...]
    after: str | None
