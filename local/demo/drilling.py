"""The last scene before the end: the database fails over on purpose, and what its users feel is measured."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from rich.console import RenderableType

from cli.views.live_drill import line, picture
from local.demo import ROOT
from local.demo.running import Running
from local.demo.teller import NAME, Document, StoryError, Teller
from stargate.domain.drills.report import page_of

DRILLS, KIND = f"/environments/{NAME}/drills", "database-failover"
ASSUMED_SECONDS = 60
LATER_SECONDS = 6  # connections made anew, and a question each second
PATIENCE_SECONDS = 60
OVER = frozenset({"SCORED", "STOPPED", "FAILED"})
PAGE = ROOT / "out" / "demo" / "drill.html"


@dataclass
class Lines:
    """What is new in a line; on a terminal a picture that moves."""

    words: Callable[[Document], str]
    drawn: Callable[[Document], RenderableType]
    tells_beside_picture: bool = False
    _said: str = ""

    def picture(self, seen: Document) -> RenderableType:
        return self.drawn(seen)

    def changes(self, seen: Document) -> Iterable[str]:
        words = self.words(seen)
        if words != self._said:
            self._said = words
            yield words


@dataclass
class Drilling(Teller):
    running: Running = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.running = Running(self.connection, NAME)

    def tell(self) -> None:
        self.screen.title(f"14  A drill: the database fails over, assumed to take {ASSUMED_SECONDS} s")
        self._it_may_begin()
        before = self.witness.muted(NAME)
        drill = self._it_runs()
        self._it_is_judged(drill)
        self.same("alarms of the gateway whose actions are off", self.witness.muted(NAME), before)
        self._it_is_kept(drill)

    def _it_may_begin(self) -> None:
        """What the scenes before have left is over by itself in a while; until then a drill is refused."""
        seen = self.screen.watch(
            lambda: self.found(self.api.post(DRILLS, {"kind": KIND, "dry_run": True})),
            lambda dry: bool(dry["would_run"]),
            PATIENCE_SECONDS,
            Lines(_refused, _refused),
        )
        if not seen["would_run"]:
            raise StoryError(f"the drill may not begin: {_refused(seen)}")

    def _it_runs(self) -> Document:
        self.running.set_failover(ASSUMED_SECONDS)
        asked = self.found(self.api.post(DRILLS, {"kind": KIND}), 202)
        second = self.api.post(DRILLS, {"kind": KIND})
        self.same("a second drill at the same time", second.status, 409)
        return self.screen.watch(
            lambda: self.found(self.api.get(f"{DRILLS}/{asked['id']}")),
            lambda drill: drill["status"] in OVER,
            PATIENCE_SECONDS,
            Lines(line, picture),
        )

    def _it_is_judged(self, drill: Document) -> None:
        result = drill["result"]
        if not result:
            raise StoryError(f"the drill came to no verdict: {drill['status']} {drill['reason']}")
        self.screen.say(f"SIMULATED {'; '.join(drill['assumptions'])}")
        for one in result["components"]:
            self.screen.say(
                f"  {one['component']:<17} {one['seconds']:6.1f} s of {one['objective_seconds']:.0f} s, "
                f"{one['requests_failed']} of {one['requests_asked']} requests failed"
            )
        self.screen.say(result["explanation"])
        self.same("the verdict", result["verdict"], "met")
        recovery = result["recovery_seconds"]
        self.at_least("seconds until all was well again, as users felt it", recovery, ASSUMED_SECONDS, " s")
        self.at_most("the same", recovery, ASSUMED_SECONDS + LATER_SECONDS, " s")
        reported = result["reported"]
        self.same("the database's zone is another, by RDS", reported["zone_swapped"], True)  # noqa: FBT003
        self.same("acknowledged records lost", result["data_loss"]["lost"], 0)
        self.same("what was not as it should be", result["findings"], [])

    def _it_is_kept(self, drill: Document) -> None:
        told = self.found(self.api.get(f"/environments/{NAME}"))["recovery"]["kinds"][KIND]
        self.same("proven so many days ago, by the environment", told["last_proven_days_ago"], 0)
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(page_of(drill), encoding="utf-8")
        self.screen.say(f"{PAGE.relative_to(ROOT)}: the drill as a page, every probe of it")


def _refused(dry: Document) -> str:
    failing = [f"{one['name']}: {one['measured']}" for one in dry["preconditions"] if not one["ok"]]
    return f"refused for now: {'; '.join(failing)}" if failing else "every precondition holds"
