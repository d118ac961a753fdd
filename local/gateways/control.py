"""The twins' HTTP control: set users, break things, mend them, read the truth.

An order that cannot be followed is answered with 400, every fault in it, and what is allowed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.core.responses import request_scope

from local import control
from local.gateways import registry
from local.twin import FaultError, Gateway, Quota, read_fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.gateways.registry import Running

Order = dict[str, Any]
MOST_USERS = 100_000
MOST_PER_MINUTE = 10**12


def install() -> None:
    for name, obey in ORDERS.items():
        control.route("POST", f"{control.PREFIX}{name}", obey)


def set_users(order: Order) -> Order:
    """{"environment", "users", "models"?: {model: share}}; answers the truth."""
    entry, gateway, faults = addressed(order, {"users", "models"})
    users = _whole(order, "users", 0, MOST_USERS, faults)
    shares = _shares(order.get("models"), gateway, faults)
    refuse(faults)
    return act_on(entry, lambda: gateway.set_users(users, shares))


def set_quota(order: Order) -> Order:
    """{"environment", "model", "requests_per_minute", "tokens_per_minute"}; answers the truth."""
    entry, gateway, faults = addressed(order, {"model", "requests_per_minute", "tokens_per_minute"})
    model = order.get("model")
    if model not in gateway.models:
        faults.append(f"model must be one of {', '.join(sorted(gateway.models))}, not {model!r}")
    requests = _whole(order, "requests_per_minute", 0, MOST_PER_MINUTE, faults)
    tokens = _whole(order, "tokens_per_minute", 0, MOST_PER_MINUTE, faults)
    refuse(faults)
    return act_on(entry, lambda: gateway.set_quota(str(model), Quota(requests, tokens)))


def break_something(order: Order) -> Order:
    """{"environment", "what", ...}, with what each fault takes; answers the truth."""
    entry, gateway, faults = addressed(order, None)
    try:
        fault = read_fault(order)
    except FaultError as error:
        refuse([*faults, str(error)])
    refuse(faults)
    return act_on(entry, lambda: gateway.break_(fault, registry.now()))


def mend(order: Order) -> Order:
    """{"environment"}: all that was broken is well again; answers the truth."""
    entry, gateway, faults = addressed(order, set())
    refuse(faults)
    return act_on(entry, gateway.mend)


def truth(order: Order) -> Order:
    """{"environment"}: how the gateway really is."""
    entry, _, faults = addressed(order, set())
    refuse(faults)
    return act_on(entry, lambda: None)


ORDERS: dict[str, Callable[[Order], Order]] = {
    "users": set_users,
    "quota": set_quota,
    "break": break_something,
    "mend": mend,
    "truth": truth,
}


def act_on(entry: Running, act: Callable[[], None]) -> Order:
    """Do it to the gateway as it is at this moment."""
    place, gateway = entry.place, entry.gateway
    assert gateway is not None  # noqa: S101 - tells the type checker
    with registry.lock, request_scope(place.account, place.region):
        registry.advance(entry)
        try:
            act()
        except (ValueError, KeyError) as error:
            raise control.RefusedError([str(error)]) from error
        registry.advance(entry)
        return {"environment": place.cluster.removeprefix(registry.ENVIRONMENT), **gateway.truth()}


def addressed(order: Any, known: set[str] | None) -> tuple[Running, Gateway, list[str]]:
    """The environment's twin, and what else is wrong with the order; no environment is refused at once."""
    if not isinstance(order, dict):
        raise control.RefusedError(["the body must be a JSON object"])
    faults = []
    if known is not None:
        allowed = sorted(known | {"environment"})
        faults = [
            f"unknown field {name}; allowed: {', '.join(allowed)}"
            for name in sorted(order)
            if name not in allowed
        ]
    name = order.get("environment")
    try:
        entry = registry.environment(str(name))
    except KeyError:
        there = ", ".join(sorted(_names())) or "none"
        faults.append(f"no environment {name!r} runs a gateway; those that do: {there}")
        raise control.RefusedError(faults) from None
    assert entry.gateway is not None  # noqa: S101 - tells the type checker
    return entry, entry.gateway, faults


def _names() -> list[str]:
    return [place.cluster.removeprefix(registry.ENVIRONMENT) for place, _ in registry.gateways()]


def _whole(order: Order, name: str, least: int, most: int, faults: list[str]) -> int:
    value = order.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        faults.append(f"{name} must be a whole number from {least} to {most}, not {value!r}")
        return least
    return value


def _shares(shares: Any, gateway: Gateway, faults: list[str]) -> dict[str, float] | None:
    if shares is None:
        return None
    if not isinstance(shares, dict) or not shares:
        faults.append(f"models must be an object of model and share, not {shares!r}")
        return None
    models = ", ".join(sorted(gateway.models))
    faults += [f"no model {name!r}; there are {models}" for name in shares if name not in gateway.models]
    numbers = {name: share for name, share in shares.items() if _is_share(share)}
    faults += [
        f"the share of {name} must be a number from 0 on, not {shares[name]!r}"
        for name in shares.keys() - numbers
    ]
    if numbers == shares and not sum(numbers.values()):
        faults.append("one share must be more than zero")
    return numbers


def _is_share(share: Any) -> bool:
    return not isinstance(share, bool) and isinstance(share, int | float) and 0 <= share < float("inf")


def refuse(faults: list[str]) -> None:
    """RefusedError with all of them, if there are any."""
    if faults:
        raise control.RefusedError(faults)
