"""Properties as a template declares them, held against those that a service tells.

A service tells more than was declared: defaults, times, ids. So only what was declared is looked at, but for
lists whose items have names: there an item that nobody declared is a difference too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stargate.domain.gateway.declared import UNKNOWN
from stargate.domain.life.drift.finding import ABSENT, Difference

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMED_BY = ("Name", "Id", "Key", "Priority")


def differences(declared: Any, found: Any, path: str = "") -> Iterator[Difference]:
    if declared is UNKNOWN:
        return
    if isinstance(declared, dict) and isinstance(found, dict):
        for name, value in declared.items():
            yield from differences(value, found.get(name, ABSENT), f"{path}/{name}")
    elif isinstance(declared, list) and isinstance(found, list):
        yield from _of_lists(declared, found, path)
    elif not is_same(declared, found):
        yield Difference(path, declared, found)


def _of_lists(declared: list[Any], found: list[Any], path: str) -> Iterator[Difference]:
    name = next((one for one in NAMED_BY if all(_has(item, one) for item in (*declared, *found))), None)
    if name is None:
        yield from _in_order(declared, found, path)
        return
    known = {str(item[name]): item for item in found}
    for item in declared:
        yield from differences(item, known.pop(str(item[name]), ABSENT), f"{path}/{item[name]}")
    for extra in known.values():
        yield Difference(f"{path}/{extra[name]}", ABSENT, extra)


def _has(item: Any, name: str) -> bool:
    return isinstance(item, dict) and name in item and item[name] is not UNKNOWN


def _in_order(declared: list[Any], found: list[Any], path: str) -> Iterator[Difference]:
    for number in range(max(len(declared), len(found))):
        one = declared[number] if number < len(declared) else ABSENT
        other = found[number] if number < len(found) else ABSENT
        yield from differences(one, other, f"{path}/{number}")


def is_same(declared: Any, found: Any) -> bool:
    """A number is a number and a truth a truth, whether quoted or not."""
    return bool(_plain(declared) == _plain(found))


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    try:
        return float(value)
    except (TypeError, ValueError):
        return value


def known_of(declared: Any, found: Any) -> Any:
    """What was declared, with what is found in the place of what is not known here."""
    if declared is UNKNOWN:
        return found
    if isinstance(declared, dict):
        other = found if isinstance(found, dict) else {}
        return {name: known_of(value, other.get(name, UNKNOWN)) for name, value in declared.items()}
    if isinstance(declared, list):
        others = found if isinstance(found, list) else []
        return [
            known_of(value, others[number] if number < len(others) else UNKNOWN)
            for number, value in enumerate(declared)
        ]
    return declared


def is_known(value: Any) -> bool:
    if isinstance(value, dict):
        return all(is_known(one) for one in value.values())
    if isinstance(value, list):
        return all(is_known(one) for one in value)
    return value is not UNKNOWN
