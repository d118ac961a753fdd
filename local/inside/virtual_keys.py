"""The virtual keys of each LiteLLM, as its database has them: what each is called, has spent and may spend.

The twin's people share one, which pays for what they ask at list prices, once a minute as LiteLLM writes it;
who has spent what a key may is refused with 429. Keys live as long as the local cloud. Shapes and refusals
are those of litellm 1.103.0: key_management_endpoints.py and auth_checks.py of its proxy.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from math import isfinite
from typing import TYPE_CHECKING, Any

from local import control
from local.gateways import registry
from local.gateways.control import addressed, refuse
from local.inside.key_series import HASH, PEOPLE, dollars

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from local.gateways.registry import Place
    from local.twin import Gateway, Reading
    from local.twin.fleet import Happening

Tokens = dict[str, tuple[int, int]]
LARGEST_PAGE, USUAL_PAGE = 100, 10


class RefusedError(Exception):
    """LiteLLM will not; `status` is what it answers."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass
class VirtualKey:
    """`token` is the hash by which LiteLLM keeps the key itself; sums in dollars, None is no limit."""

    token: str
    alias: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    most: float | None = None
    spent: float = 0.0

    @property
    def is_used_up(self) -> bool:
        return self.most is not None and self.spent >= self.most

    def document(self) -> dict[str, Any]:
        return {
            "token": self.token,
            "key_alias": self.alias,
            "spend": self.spent,
            "max_budget": self.most,
            "metadata": self.metadata,
        }


SORTED_BY: Mapping[str, Callable[[VirtualKey], Any]] = {
    "spend": lambda key: key.spent,
    "key_alias": lambda key: key.alias or "",
    "token": lambda key: key.token,
}
_kept: dict[Place, dict[str, VirtualKey]] = {}
_paid: dict[Place, Tokens] = {}


def install() -> None:
    _kept.clear()
    _paid.clear()
    registry.on_advance(pay)
    control.route("POST", f"{control.PREFIX}key", mark)


def of(place: Place) -> dict[str, VirtualKey]:
    """By their tokens."""
    return _kept.setdefault(place, {HASH: VirtualKey(HASH, PEOPLE)})


def known(place: Place, key: str) -> VirtualKey | None:
    return of(place).get(_token(key))


def people_of(place: Place) -> VirtualKey:
    return of(place)[HASH]


def mark(order: dict[str, Any]) -> dict[str, Any]:
    """{"environment", "unimportant"}: whether the people's key is marked so; answers it as LiteLLM has it."""
    entry, _, faults = addressed(order, {"unimportant"})
    if not isinstance(order.get("unimportant"), bool):
        faults.append(f"unimportant must be true or false, not {order.get('unimportant')!r}")
    refuse(faults)
    key = people_of(entry.place)
    key.metadata = {"stargate": {"importance": "low"}} if order["unimportant"] else {}
    return key.document()


def pay(cluster: str, gateway: Gateway, _happenings: list[Happening], _readings: list[Reading]) -> None:
    """Charge the people's key with the tokens since the last time, and refuse them when it is used up."""
    entry = registry.find(cluster)
    if entry is None:
        return
    key, after = people_of(entry.place), dict(gateway.footprint.tokens)
    before = _paid.get(entry.place, {})
    if any(after.get(model, (0, 0)) < tokens for model, tokens in before.items()):
        before = {}  # another gateway, in the place of one that slept or is gone
    for model, (into, out) in after.items():
        was_into, was_out = before.get(model, (0, 0))
        key.spent += dollars(model, into - was_into, out - was_out)
    _paid[entry.place] = after
    gateway.used_up = key.is_used_up


# ---- LiteLLM's management API --------------------------------------------------------------------------


def generate(place: Place, given: Mapping[str, Any]) -> dict[str, Any]:
    made = f"sk-{secrets.token_urlsafe(16)}"
    key = VirtualKey(_token(made))
    _set(place, key, given)
    of(place)[key.token] = key
    return {"key": made, **key.document()}


def update(place: Place, given: Mapping[str, Any]) -> dict[str, Any]:
    """By the key, its hash or its alias; what is not given stays as it is."""
    if not {"key", "key_alias"} & set(given):
        raise RefusedError(422, "either key or key_alias must be provided")
    key = _addressed(place, given)
    if key is None:
        raise RefusedError(404, "Key not found.")
    _set(place, key, given)
    return {"key": key.token, **key.document()}


def delete(place: Place, keys: Iterable[str]) -> dict[str, Any]:
    gone = list(keys)
    for key in gone:
        of(place).pop(_token(key), None)
    return {"deleted_keys": gone}


def page(place: Place, asked: Mapping[str, str]) -> dict[str, Any]:
    """One page of the list, whole keys or their hashes alone."""
    number, size = int(asked.get("page", 1)), int(asked.get("size", USUAL_PAGE))
    order = asked.get("sort_by", "token")
    if not 1 <= size <= LARGEST_PAGE or number < 1:
        raise RefusedError(422, f"page from 1 on, size up to {LARGEST_PAGE}")
    if order not in SORTED_BY:
        raise RefusedError(400, f"Invalid sort column. Must be one of: {', '.join(SORTED_BY)}")
    found = [key for key in of(place).values() if asked.get("key_alias") in {None, key.alias}]
    backwards = asked.get("sort_order", "desc") == "desc"
    found.sort(key=SORTED_BY[order], reverse=backwards)
    shown = found[(number - 1) * size : number * size]
    whole = asked.get("return_full_object", "false") == "true"
    return {
        "keys": [key.document() if whole else key.token for key in shown],
        "total_count": len(found),
        "current_page": number,
        "total_pages": -(-len(found) // size),
    }


def _addressed(place: Place, given: Mapping[str, Any]) -> VirtualKey | None:
    if given.get("key"):
        return of(place).get(_token(str(given["key"])))
    return next((key for key in of(place).values() if key.alias == given["key_alias"]), None)


def _set(place: Place, key: VirtualKey, given: Mapping[str, Any]) -> None:
    most = given.get("max_budget", key.most)
    if most is not None and not (isfinite(most) and most >= 0):
        raise RefusedError(400, f"max_budget must be a non-negative finite number. Received: {most}")
    alias = given.get("key_alias", key.alias)
    if alias is not None and any(one.alias == alias for one in of(place).values() if one is not key):
        raise RefusedError(400, f"Key with alias '{alias}' already exists.")
    key.most, key.alias, key.metadata = most, alias, dict(given.get("metadata", key.metadata) or {})


def _token(key: str) -> str:
    """What LiteLLM is given is the key itself, or its hash already."""
    return sha256(key.encode()).hexdigest() if key.startswith("sk-") else key
