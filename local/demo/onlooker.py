"""What each scene of a running gateway has at hand: the gateway, the record of it, a picture that moves."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from local.demo.chain import Chain
from local.demo.gateway_view import GatewayView, Look
from local.demo.record import Record
from local.demo.running import Running
from local.demo.teller import NAME, Document, StoryError, Teller
from stargate.domain.drills.kinds import Kind
from stargate.domain.drills.preconditions import BOUNDS

PATIENCE_SECONDS = 60
STEADY_USERS, MANY_USERS, FEW_USERS = 60, 120, 20

FoundT = TypeVar("FoundT")


@dataclass
class Onlooker(Teller):
    """`environment` is the API's document of it; the view is one for all, so that its curve goes on."""

    environment: Document
    view: GatewayView
    running: Running = field(init=False)
    record: Record = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.running = Running(self.connection, NAME)
        self.record = Record(self.api, self.witness, self.environment)

    def _look(self) -> Look:
        running = self.running
        conditions = tuple(self.record.conditions())
        return Look(running.truth(), running.bounds(), running.alarm("critical"), conditions)

    def watch(self, until: Callable[[Look], bool]) -> Look:
        return self.screen.watch(self._look, until, PATIENCE_SECONDS, self.view)

    def passes(self, minutes: float) -> None:
        """Of simulated time."""
        until = self.running.now() + 60 * minutes
        self.watch(lambda look: look.truth.at >= until)

    def is_at_rest(self) -> bool:
        """Nobody moves the bounds any more."""
        dry = self.found(
            self.api.post(f"/environments/{NAME}/drills", {"kind": Kind.GRAFANA_TASK.value, "dry_run": True})
        )
        return all(check["ok"] for check in dry["preconditions"] if check["name"] == BOUNDS)

    def wait(self, until: Callable[[], bool]) -> None:
        self.watch(lambda _: until())

    def awaited(self, ask: Callable[[], FoundT], words: str) -> FoundT:
        """The first answer that is not empty; StoryError if there is none in time."""
        found = ask()

        def is_there() -> bool:
            nonlocal found
            found = ask()
            return bool(found)

        self.wait(is_there)
        if not found:
            raise StoryError(f"the ledger has nothing of {words}")
        return found

    def event_of(self, chain: Chain) -> Document:
        """The event on the bus that the chain begins with."""
        event = self.running.event(chain.root)
        if event is None:
            raise StoryError(f"the bus has carried no event {chain.root}")
        return event

    def show(self, chain: Chain, event: Document | None) -> None:
        self.screen.say("the chain of causes, as the ledger has it:")
        if event is not None:
            self.screen.say(f"  {'event':<13}{'':>7}  {event['detail-type']} {event['id']}")
        for kind, later, summary in chain.rows():
            self.screen.say(f"  {kind:<13}{later:>7}  {summary}")
