"""What is done for every environment by the clock: each has its turn, whatever becomes of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.errors import ConflictError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from stargate.domain.environment import Environment
    from stargate.ports.state import Environments

PAGE = 50


def every(environments: Environments) -> Iterator[Environment]:
    """All of them, page by page, those that are retired as well."""
    after: str | None = None
    while True:
        page = environments.page(PAGE, after)
        yield from page.items
        after = page.after
        if after is None:
            return


def in_turn(
    environments: Iterable[Environment],
    work: Callable[[Environment], str],
    complaint: str,
    passes: tuple[type[Exception], ...] = (ConflictError,),
) -> dict[str, str]:
    """Name to what was done, of those where something was.

    What `passes` by itself is left to the next time: somebody else is at it in this very moment. Whatever
    else went wrong is raised, as a group with the complaint, when all have had their turn.
    """
    failures: list[Exception] = []
    done = {}
    for environment in environments:
        try:
            words = work(environment)
        except passes:
            continue
        except Exception as failure:  # noqa: BLE001  (raised at the end)
            failures.append(failure)
            continue
        if words:
            done[environment.name] = words
    if failures:
        raise ExceptionGroup(complaint, failures)
    return done
