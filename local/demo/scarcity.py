"""Scenes of the outer loop: users who become more bit by bit, and a quota that is cut while they ask."""

from collections.abc import Callable
from dataclasses import dataclass

from local.demo.chain import Chain, Entry, chain_to, happened
from local.demo.cut_quota import CONDITIONS, GRANTED, HAIKU, SHIFT, SONNET, TOKENS
from local.demo.moves import Detail, adds_tasks, is_held_by_the_quota, verified_moves
from local.demo.onlooker import FEW_USERS, MANY_USERS, STEADY_USERS, Onlooker
from local.demo.running import DECLARED
from local.demo.teller import NAME
from stargate.domain.scaling.capacity import SATURATED_CPU

MORE = 10  # users each minute
MINUTE, CALM_MINUTES = 60.0, 8
NEEDED = 3  # tasks, of 120 users
PLAYBOOK = f"/environments/{NAME}/playbook"


@dataclass
class Scarcity(Onlooker):
    """What no autoscaler does: bounds that go ahead of CPU, and no further than the quota."""

    def tell(self) -> None:
        self.demand_rises()
        told = self.the_quota_is_cut()
        self.another_model_serves(told)
        self.the_quota_is_back(told)

    # 11

    def demand_rises(self) -> None:
        self.screen.title(
            f"11  {STEADY_USERS} users, then {MORE} more each minute: the bounds go ahead of CPU"
        )
        self.running.set_users(STEADY_USERS)
        self.passes(CALM_MINUTES)
        began, raises = self.running.now(), self.record.count("action", "raise_bound")
        for users in range(STEADY_USERS + MORE, MANY_USERS + 1, MORE):
            self.running.set_users(users)
            self.passes(1)
        chain = self._move(began, adds_tasks, "a bound that goes ahead of CPU")
        self.show(chain, None)
        ordered = min(happened(one) for one in self._entries(began, "decision") if adds_tasks(one["detail"]))
        highest = [cpu for at, cpu in self.running.cpu_minutes(began) if at + MINUTE <= ordered]
        self.at_most(
            "highest minute of CPU before it", round(max(highest, default=0.0)), SATURATED_CPU - 1, " %"
        )
        self.at_least("the lower bound, by Application Auto Scaling", self.running.bounds().minimum, NEEDED)
        again = self.record.count("action", "raise_bound") - raises
        self.same("bounds that CPU's alarm had to raise", again, 0)

    # 12

    def the_quota_is_cut(self) -> Entry:
        self.screen.title(f"12  The account is left a third of the tokens that its users ask of {HAIKU}")
        cut = self.running.now()
        self.running.grant(TOKENS.code, GRANTED)
        told = self._first(cut, "signal", _is_of("quota-high"), "the quota that is used up")
        self.screen.say(f"{told['summary']}: {happened(told) - cut:.0f} s after the cut, simulated")
        self.at_least("of the quota is used, by the signal", told["detail"]["facts"]["percent"], 95, " %")
        chain = self._move(cut, is_held_by_the_quota, "bounds at the ceiling")
        self.show(chain, None)
        effect = chain.entries[-1]
        self.same("bounds at what the quota can use, as verified", effect["detail"]["outcome"], "reached")
        more = self._chain(None, "request_quota")  # 120 users at once may have been told of it before
        self.show(more, None)
        asked = max(self.running.asked_for(TOKENS.code), default=0)
        self.at_least("asked of Service Quotas, tokens a minute", asked, round(1.5 * GRANTED))
        page = self._first(cut, "action", lambda detail: detail.get("action") == "page", "somebody is told")
        self._told_when(told, "to bounds at the ceiling", chain.entries[-2])
        self._told_when(told, "to somebody told", page)
        return told

    def _told_when(self, told: Entry, words: str, entry: Entry) -> None:
        self.screen.say(f"from the signal {words}: {happened(entry) - happened(told):.0f} s, simulated")

    # 13

    def another_model_serves(self, told: Entry) -> None:
        self.screen.title(f"13  A rule of its own: {SONNET} serves meanwhile, and the quota comes back")
        shown = self.found(self.api.get(PLAYBOOK))
        rules = [SHIFT, *shown["rules"]]
        self.found(self.api.put(PLAYBOOK, {"version": shown["version"], "rules": rules}))
        self.show(self._chain(happened(told), "shift_model"), None)
        self.wait(lambda: not self._open())
        self.same("conditions of quotas left open", self._open(), [])

    def the_quota_is_back(self, told: Entry) -> None:
        self.running.grant_all()
        self.show(self._chain(happened(told), "restore_model"), None)
        self.wait(lambda: self.running.bounds().minimum >= NEEDED and not self._open())
        self.at_least("the lower bound, by Application Auto Scaling", self.running.bounds().minimum, NEEDED)
        self.same("conditions of quotas left open", self._open(), [])
        self.running.set_users(FEW_USERS)
        self.watch(lambda look: look.bounds.minimum == DECLARED.minimum and self.is_at_rest())

    def _open(self) -> list[str]:
        found = (f"{kind}#{subject}" for kind, subject in CONDITIONS if self._is_open(kind, subject))
        return sorted(found)

    def _is_open(self, kind: str, subject: str) -> bool:
        return self.record.condition(kind, subject).get("status") == "open"

    # What they all ask of the ledger.

    def _entries(self, since: float | None, kind: str) -> list[Entry]:
        return [one for one in self.record.ledger(since) if one["kind"] == kind]

    def _first(self, since: float | None, kind: str, wanted: Callable[[Detail], bool], words: str) -> Entry:
        def found() -> list[Entry]:
            return [one for one in self._entries(since, kind) if wanted(one["detail"])]

        return self.awaited(found, words)[0]

    def _chain(self, since: float | None, action: str) -> Chain:
        """Behind the first verification of the action."""
        about = self._first(since, "verification", lambda one: one.get("action") == action, action)
        self.same(f"{action}, as verified", about["detail"]["outcome"], "reached")
        return chain_to(about, self.record.ledger(since))

    def _move(self, since: float, wanted: Callable[[Detail], bool], words: str) -> Chain:
        return self.awaited(lambda: list(verified_moves(self.record.ledger(since), wanted)), words)[0]


def _is_of(kind: str) -> Callable[[Detail], bool]:
    return lambda detail: detail.get("kind") == kind
