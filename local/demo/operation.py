"""What happens while the gateway runs.

An alarm is answered, copies of its event are not, and what was done is taken back. A crash that needs no
answer gets none, and the kill switch holds an answer until it is lifted.
"""

from collections.abc import Callable
from dataclasses import dataclass

from cli.client import Answer
from local.demo.chain import Chain, Entry, chain_to, happened
from local.demo.gateway_view import Look
from local.demo.onlooker import FEW_USERS, MANY_USERS, STEADY_USERS, Onlooker
from local.demo.outer_loop import stilled
from local.demo.running import DECLARED, SERVICE
from local.demo.teller import NAME, Document, StoryError

CPU, CRASH = "cpu-high", "task-stopped"
CRITICAL_CPU, TARGET_CPU = 80, 70  # what the alarm allows, and what target tracking aims at
LOOKS_ON_THE_WAY = 2  # minutes in which the last looks of the outer loop have come
MOST_CRASHES = 6
ANSWERED = ["signal", "decision", "action", "verification"]
LEAST = DECLARED.minimum  # tasks
SWITCHED_OFF = "the demo wants to see an action held"


@dataclass
class Operation(Onlooker):
    """An alarm, a crash, a crash loop, and what becomes of each."""

    def tell(self) -> None:
        """With the outer loop still, which may be ahead of the alarm: it has scenes of its own."""
        with stilled(self.connection.client("lambda")):
            self.passes(LOOKS_ON_THE_WAY)
            self.watch(lambda look: look.bounds == DECLARED and self.is_at_rest())
            self._tell()

    def _tell(self) -> None:
        self.users_come()
        raised = self.an_alarm_is_answered()
        self.copies_change_nothing(raised)
        self.a_task_crashes()
        self.users_leave()
        self.tasks_crash_with_the_switch_off()
        self.tasks_leave_that_nobody_needs(raised)

    # 5

    def users_come(self) -> None:
        self.screen.title(f"5  {STEADY_USERS} users, then {MANY_USERS} at once")
        self.running.set_users(STEADY_USERS)
        began = self.running.now()
        self.watch(lambda _: len(self._calm_minutes(began)) >= 2)
        calm = [round(cpu) for _, cpu in self._calm_minutes(began)]
        self.at_most(f"CPU at {STEADY_USERS} users, by CloudWatch", max(calm, default=100), TARGET_CPU, " %")
        self.same("the alarm on CPU", self.running.alarm("critical").state, "OK")
        self.same("the lower bound, by Application Auto Scaling", self.running.bounds().minimum, LEAST)

    def _calm_minutes(self, began: float) -> list[tuple[float, float]]:
        """Whole minutes that began with all users there."""
        return [one for one in self.running.cpu_minutes(began) if one[0] >= began]

    # 5, the answer

    def an_alarm_is_answered(self) -> Chain:
        since = self.running.now()
        self.running.set_users(MANY_USERS)
        look = self.watch(lambda look: _is_answered(look) and look.alarm.state == "OK")
        if not _is_answered(look):
            raise StoryError(f"the alarm was not answered in time: {look.conditions}")
        verified = self.record.last("verification", "raise_bound", since)
        if verified is None:
            raise StoryError("the ledger has no verification of a raised bound")
        chain = chain_to(verified, self.record.ledger(since))
        event = self.event_of(chain)
        self.show(chain, event)
        self._it_was_the_alarm(chain, event)
        self._who_started_tasks(since)
        self._it_helped(chain, since)
        return chain

    def _it_was_the_alarm(self, chain: Chain, event: Document) -> None:
        self.same(
            "the event on the bus",
            f"{event['detail']['alarmName']} is {event['detail']['state']['value']}",
            f"stargate-{NAME}-litellm-cpu-critical is ALARM",
        )
        self.same("causes walked back in the ledger", [chain.root, *chain.kinds], [event["id"], *ANSWERED])
        decision = chain.entries[1]["detail"]
        self.same(
            "the decision", f"{decision['verdict']} {decision['action']} {SERVICE}", "act raise_bound litellm"
        )

    def _who_started_tasks(self, since: float) -> None:
        """Target tracking watches CPU too, and may be first; then the raised bound holds what it began."""
        self.screen.say("why the number of tasks was changed, by Application Auto Scaling:")
        for reason in reversed(self.running.scalings(since)):
            self.screen.say(f"  {reason}")

    def _it_helped(self, chain: Chain, since: float) -> None:
        target = chain.entries[1]["detail"]["target"]["minimum"]
        bounds, truth = self.running.bounds(), self.running.truth()
        # The outer loop looks each minute and may have gone further since.
        self.at_least("the lower bound now, by Application Auto Scaling", bounds.minimum, target)
        self.at_least("tasks that serve, by the twin", len(truth.serving), target, " tasks")
        performed = happened(chain.entries[2])
        before = max(cpu for at, cpu in self.running.cpu_minutes(since) if at < performed)
        after = self.running.cpu_minutes(performed)[-1][1]
        self.at_least("CPU before, by CloudWatch", before, CRITICAL_CPU, " %")
        self.at_most("CPU after, by CloudWatch", after, CRITICAL_CPU, " %")
        told = chain.entries[-1]["detail"]
        self.same("the effect, as verified", told["outcome"], "reached")
        self.same("the alarm afterwards", self.running.alarm("critical").state, "OK")
        workflow = f"{self.environment['id']}-{chain.entries[1]['id']}"
        self.same("workflows that were started for it", self.record.remedies().count(workflow), 1)

    # 6

    def copies_change_nothing(self, raised: Chain) -> None:
        self.screen.title("6  The same event again, and late: nothing changes")
        before = self._done()
        repeated = self.running.taken().count("repeated")
        for _ in range(2):
            self.running.redeliver(raised.root)
        again = self.running.redeliver(raised.root, new_id=True)
        late = self.running.redeliver(raised.root, new_id=True, at=happened(raised.entries[0]) - 300)
        copies = {again["id"], late["id"]}
        self.wait(lambda: self.running.taken().count("repeated") - repeated >= 2)
        self.wait(lambda: copies <= {entry["cause"] for entry in self.record.ledger()})
        self.same(
            "the very same event twice more, by the receiver's log",
            self.running.taken().count("repeated") - repeated,
            2,
        )
        told = [entry for entry in self.record.ledger() if entry["cause"] in copies]
        for entry in told:
            self.screen.say(entry["summary"])
        changes = sorted(entry["detail"]["change"] for entry in told)
        self.same("a copy under its own id, and one from before", changes, ["unchanged", "unchanged"])
        caused = {entry["id"] for entry in told}
        answers = [entry["summary"] for entry in self.record.ledger() if entry["cause"] in caused]
        self.same("what was decided because of them", answers, [])
        self.same("workflows and raises, as they were before", self._done(), before)

    def _done(self) -> list[str]:
        """All that a copy of the event might have set going once more."""
        raises = self.record.count("decision", "raise_bound")
        return [*self.record.remedies(), f"{raises} decided"]

    # 7

    def a_task_crashes(self) -> None:
        self.screen.title("7  A task crashes: ECS replaces it, and nobody else has to do anything")
        since, before = self.running.now(), self.running.truth()
        victim = before.serving[0]
        remedies = self.record.remedies()
        self.running.crash_task(victim)
        self.watch(lambda look: victim not in look.truth.serving and _is_whole(look) and bool(_crash(look)))
        self.wait(lambda: self._no_action(since) is not None)
        stopped, truth = self.running.stopped(victim), self.running.truth()
        self.same(
            "the task, by ECS",
            f"{stopped.code}, exit code {stopped.exit_code}",
            "EssentialContainerExited, exit code 1",
        )
        new = [task for task in truth.serving if task not in before.serving]
        self.at_least("tasks that took its place, by the twin", len(new), 1)
        decision = self._no_action(since)
        if decision is None:
            raise StoryError("the ledger does not say what was decided about the crash")
        chain = chain_to(decision, self.record.ledger())
        self.show(chain, self.event_of(chain))
        self.same("the decision", decision["summary"], "no action: ECS replaces a stopped task by itself")
        self.same("workflows that were started for it", self._started_for(CRASH, remedies), [])

    def _started_for(self, kind: str, before: list[str]) -> list[str]:
        """Since then; a page about something else may be on its way at the same time."""
        decisions = [one for one in self.record.ledger() if one["kind"] == "decision"]
        ours = [one["id"] for one in decisions if one["detail"].get("condition") == f"{kind}#{SERVICE}"]
        return [name for name in self._started_since(before) if any(name.endswith(one) for one in ours)]

    def _no_action(self, since: float) -> Entry | None:
        found = (entry for entry in self.record.ledger(since) if entry["kind"] == "decision")
        return next((one for one in found if one["detail"].get("condition") == f"{CRASH}#{SERVICE}"), None)

    # 8

    def users_leave(self) -> None:
        self.screen.title(f"8  {MANY_USERS - FEW_USERS} users leave: the bound is released in its time")
        self.running.set_users(FEW_USERS)
        self.watch(lambda look: look.bounds.minimum == LEAST and not _has_hold(look))
        self.wait(lambda: self.record.last("verification", "release_bound") is not None)
        released = self.record.last("verification", "release_bound")
        if released is None:
            raise StoryError("the bound was not released in time")
        chain = chain_to(released, self.record.ledger())
        self.show(chain, None)
        self.same("the lower bound, by Application Auto Scaling", self.running.bounds().minimum, LEAST)
        raised = self.record.last("action", "raise_bound")
        held = happened(chain.entries[-2]) - happened(raised) if raised else 0
        self.at_least("seconds for which the bound was kept", held, 900, " s")

    # 9

    def tasks_crash_with_the_switch_off(self) -> None:
        self.screen.title("9  Tasks crash again and again while the kill switch is off, then on")
        before, remedies = self.running.service(), self.record.remedies()
        self.found(self._switch("off"))
        self.screen.say("PUT /switch off: whatever is decided now is held")
        since = self.running.now()
        held = self._crash_until(_is_held)
        decision = (_crash(held) or {}).get("decision") or {}
        self.same(
            "the restart is held",
            f"{decision.get('verdict')} {decision.get('action')}: {decision.get('guard')}",
            "hold restart_service: switch",
        )
        self.same("workflows started meanwhile", self._started_since(remedies), [])
        self.same("deployments begun meanwhile", self._deployments_since(before), [])
        self.found(self._switch("on"))
        self.screen.say("PUT /switch on: the next minute's examination decides again")
        self.wait(lambda: self.record.last("verification", "restart_service", since) is not None)
        verified = self.record.last("verification", "restart_service", since)
        if verified is None:
            raise StoryError("the held action was not performed once the switch was on")
        self.show(chain_to(verified, self.record.ledger(since)), None)
        self.same("the effect, as verified", verified["detail"]["outcome"], "reached")
        self.at_least("new deployments in charge, by ECS", len(self._deployments_since(before)), 1)

    def _deployments_since(self, before: Document) -> list[str]:
        return sorted({self.running.service()["deployment"]} - {before["deployment"]})

    def _crash_until(self, until: Callable[[Look], bool]) -> Look:
        """One task after the other, each once another serves; ECS replaces them all the while."""
        for _ in range(MOST_CRASHES):
            look = self.watch(lambda look: until(look) or _is_whole(look))
            if until(look):
                break
            self.running.crash_task()
            self.watch(_follower(until, _stops(look)))
        return self.watch(until)

    def _switch(self, actions: str) -> Answer:
        return self.api.put("/switch", {"actions": actions, "reason": SWITCHED_OFF})

    # 10

    def tasks_leave_that_nobody_needs(self, raised: Chain) -> None:
        self.screen.title("10  Meanwhile the tasks that nobody needs any more leave, one by one")
        self.watch(lambda look: look.truth.desired == LEAST and len(look.truth.serving) == LEAST)
        service = self.running.service()
        self.same("tasks, by ECS", f"{service['running']} of {service['desired']}", "2 of 2")
        reasons = self.running.scalings()
        self.screen.say(reasons[0] if reasons else "Application Auto Scaling tells of no activity")
        self.at_least(
            "times that it scaled in, by Application Auto Scaling",
            sum("AlarmLow" in reason or "maximum capacity was set" in reason for reason in reasons),
            raised.entries[1]["detail"]["target"]["minimum"] - LEAST,
        )
        left = [
            f"{one['kind']} of {one['subject']}"
            for one in self.record.conditions()
            if one["status"] == "open"
        ]
        self.same("the switch", self.found(self.api.get("/switch"))["actions"], "on")
        self.same("critical conditions left open", [one for one in left if CPU in one], [])

    def _started_since(self, remedies: list[str]) -> list[str]:
        return sorted(set(self.record.remedies()) - set(remedies))


def _condition(look: Look, kind: str) -> Document:
    return look.condition(kind, SERVICE) or {}


def _is_answered(look: Look) -> bool:
    """The bound was raised, and its effect has been verified."""
    condition = _condition(look, CPU)
    return bool(condition.get("holds")) and condition.get("action") is None


def _has_hold(look: Look) -> bool:
    return bool(_condition(look, CPU).get("holds"))


def _crash(look: Look) -> Document | None:
    return look.condition(CRASH, SERVICE)


def _is_held(look: Look) -> bool:
    decision = _condition(look, CRASH).get("decision") or {}
    return bool(decision.get("verdict") == "hold" and decision.get("guard") == "switch")


def _stops(look: Look) -> int:
    """How many unasked stops the control plane knows of."""
    return int(_condition(look, CRASH).get("stops", 0))


def _follower(until: Callable[[Look], bool], stops: int) -> Callable[[Look], bool]:
    return lambda look: until(look) or _stops(look) > stops


def _is_whole(look: Look) -> bool:
    """As many tasks serve as are wanted."""
    return len(look.truth.serving) == look.truth.desired
