"""A night at the gateways: signals, copies, late ones, failures, people; and what may never happen.

A story is a list of steps, each a name and a number that says which of its kind. The play stands on fakes:
AWS refuses, is cut off before or after it did what it was asked, and does what it was asked in its own time.
Whatever touches a gateway passes `Watched`, which holds it against all that is promised.
"""

from __future__ import annotations

import collections
import itertools
from dataclasses import replace
from decimal import Decimal

from stargate.domain.environment import Mode, Status, Work
from stargate.domain.gateway.connections import MOST_CONNECTIONS
from stargate.domain.gateway.secrets import READERS
from stargate.domain.life.hours import DAYS, Hours
from stargate.domain.operating.action import ActionStatus
from stargate.domain.operating.actions.registry import ACTIONS
from stargate.domain.operating.conditions import FLAPS, is_asked
from stargate.domain.operating.facts import KeyBudget, Keys, Task
from stargate.domain.operating.guards import TAKE_BACK
from stargate.domain.operating.ladders import rule_named, with_what_is_due
from stargate.domain.operating.leases import Lease
from stargate.domain.operating.operations import Change
from stargate.domain.operating.playbook import ANY, LAST, Rule, Rung
from stargate.domain.playbook.default import DEFAULT
from stargate.domain.signals.kinds import KINDS
from stargate.domain.signals.signal import Severity, Signal, Turn
from stargate.errors import ActionRefusedError, ConflictError
from stargate.usecases.operating.take_request import TakeRequest
from tests.unit.operating.loop_play import CRITICAL, IDENTIFIER, NAME, REGION, WARNING, LoopPlay

HOUR = 3600.0
ALWAYS_OPEN = Hours(DAYS, "00:00", "24:00", "UTC")


def _rule(name, condition, *rungs, **more):
    given = {"cool_down": 300.0, "most_in_an_hour": 4, "reason": name, **more}
    return Rule(name, condition, rungs=rungs, **given)


# What the default playbook does not ask for, so that every kind of action has its night.
WIDE = (
    _rule(
        "zone", "health-issue", Rung("evacuate_zone", undo=True), Rung("fail_over_database"), cool_down=1800.0
    ),
    _rule("failover", "database-failover", Rung("fail_over_database"), cool_down=12 * HOUR),
    _rule("class", "cpu-high#database", Rung("change_database_class"), cool_down=HOUR),
    _rule("pools", "connections-high", Rung("limit_connections")),
    _rule("shift", "model-throttled", Rung("shift_model", parameters={"from": "opus", "to": "sonnet"})),
    _rule("quota", "quota-warning", Rung("request_quota")),
    _rule("secret", "secret-rotated", Rung("redeploy_readers", tries=2)),
    _rule("mute", "memory-high", Rung("mute_alarms", subject="litellm")),
    _rule("retire", "task-retirement", Rung("replace_task", subject="litellm"), Rung("restart_service")),
    _rule("often", "errors-high", Rung("restart_service", tries=9), cool_down=1.0, most_in_an_hour=1),
    _rule("again", "latency-high", Rung("restart_service", tries=9), cool_down=1200.0),
    _rule("asked", "alert", Rung("restart_service"), guards=("approval",)),
    _rule("keys", "cost-anomaly", Rung("lower_key_budgets")),
    _rule("spent", "budget-passed", Rung("put_to_sleep"), cool_down=HOUR),
    *(rule for rule in DEFAULT if rule not in LAST and rule.rungs),
    *LAST,
)
OPENING = tuple(kind for kind in KINDS.values() if kind.condition is not None)
AIMS = tuple(rule for rule in DEFAULT if rule.condition != ANY and rule.is_open)
SUBJECTS = {
    "cpu-high": ("litellm", "litellm", "database"),
    "secret-rotated": tuple(READERS),
    "quota-warning": ("bedrock",),
    "health-issue": ("ec2",),
    "connections-high": ("database",),
    "database-failover": ("database",),
    "keys-refused": ("litellm",),
    "budget-passed": ("cost",),
    "cost-anomaly": ("cost",),
}
FACTS = {
    "health-issue": (
        {"zones": ["us-east-1a"]},
        {"zones": ["use1-az2"]},
        {"zones": ["us-east-1a", "us-east-1b"]},
        {},
    ),
    "quota-warning": ({"quota": "Tokens per minute", "percent": 96.0},),
    "task-retirement": ({"entities": ["x|t-1"]}, {"entities": []}),
}
# What an event says for a question of the default to be answered yes.
SAYING = {
    "zone_named": {"zones": ["us-east-1a"]},
    "never_started": {"cause": "failed to start"},
    "out_of_memory": {"cause": "out of memory"},
    "quota_adjustable": {"quota": "Tokens per minute", "percent": 96.0},
}


class Watched:
    """A performer that stands between the loop and AWS: it looks, and fails as AWS fails."""

    def __init__(self, night, kind, performer):
        self.night, self.kind, self.performer = night, kind, performer

    def __call__(self, overview, action):
        fault = self.night.faults.pop() if self.night.faults else "none"
        self.night.is_allowed(action)
        if fault == "refuses":
            raise ActionRefusedError("no")
        if fault == "before":
            raise TimeoutError("cut off before AWS heard of it")
        self.performer(overview, action)
        self.night.touched.append((self.night.play.clock.now(), action))
        if fault == "after":
            raise TimeoutError("cut off before AWS could answer")


class Night:
    """One gateway and its world, through one story."""

    def __init__(self, playbook=None):
        self.playbook = playbook
        self.play = play = LoopPlay(playbook=playbook)
        play.operations.outputs["BalancerArn"] = "arn:balancer"
        play.repose.sounding_alarms |= {CRITICAL, WARNING}
        play.budgets.facts = {"batch": KeyBudget(Decimal(80), Decimal(100), unimportant=True)}
        performers = play.perform.performers
        watched = {kind: Watched(self, kind, one) for kind, one in performers.items()}
        play.perform = replace(play.perform, performers=watched)
        self.told, self.touched, self.faults = [], [], []
        self.fences = collections.defaultdict(int)

    def known(self):
        return self.play.operations.by_id(IDENTIFIER).operations

    def environment(self):
        return self.play.table.environments[IDENTIFIER]

    def writes(self, row):
        """Somebody else than the loop does, whatever lies in wait for its next write."""
        waiting, self.play.operations.meddle = self.play.operations.meddle, []
        self.play.operations.record(IDENTIFIER, Change((row,)))
        self.play.operations.meddle = waiting

    # The steps.

    def step(self, name, number):
        self.play.clock.pass_seconds(1)
        getattr(self, f"do_{name}")(number)
        self.holds_together()

    def do_hear(self, number):
        kind = OPENING[number % len(OPENING)]
        subjects = SUBJECTS.get(kind.condition, ("litellm", "grafana"))
        facts = FACTS.get(kind.condition, ({},))
        closes = kind.name != kind.condition and KINDS.get(kind.condition) is not None
        turn = Turn.CLOSES if closes or number // 7 % 4 == 3 else Turn.OPENS
        severity = (Severity.CRITICAL, Severity.WARNING, Severity.CRITICAL, Severity.INFO)[number // 11 % 4]
        delay = (0.0, 0.0, 5.0, 90.0, 1200.0)[number // 13 % 5]
        subject = subjects[number // 3 % len(subjects)]
        source = (
            f"task-{number % 97}" if kind.name == "task-stopped" else f"{kind.condition}-{number // 17 % 2}"
        )
        signal = Signal(
            f"event-{next(self.play.numbers)}",
            self.play.clock.now() - delay,
            NAME,
            kind.name,
            subject,
            severity,
            turn,
            source,
            REGION,
            facts[number // 5 % len(facts)],
        )
        self.told.append(signal)
        self.play.signals(signal)

    def do_aim(self, number):
        """At some rules of the default: the trouble of each as it asks for it, new."""
        for place in range(3):
            rule = AIMS[(number + place) % len(AIMS)]
            kind, _, subject = rule.condition.partition("#")
            known = SUBJECTS.get(kind, ("litellm", "grafana"))
            subject = subject or known[number // len(AIMS) % len(known)]
            condition = self.known().conditions.get(f"{kind}#{subject}")
            for source in condition.reports if condition and condition.open else ():
                self._closes(condition, source)
            self._is_so(rule)
            self._has_trouble(kind, subject, rule)
            if rule.for_seconds and number % 2:
                self.play.clock.pass_seconds(rule.for_seconds)
                self.play.examine()

    def _is_so(self, rule):
        if "release_rolling_out" in rule.when:
            self._deploys()
        quotas = self.play.quotas
        quotas.facts = replace(quotas.facts, adjustable="quota_adjustable" in rule.when)

    def _has_trouble(self, kind, subject, rule):
        facts = {fact: told for question in rule.when for fact, told in SAYING.get(question, {}).items()}
        stops = kind == "task-stopped" and rule.severity is Severity.CRITICAL
        for _ in range(3 if stops else 1):
            self._turns(kind, subject, Turn.OPENS, facts, rule.severity or Severity.WARNING)

    def do_crash(self, number):
        """Tasks end that nobody meant to end, of a new release perhaps: three in a row are a crash loop."""
        if number % 5 == 0:
            self._deploys()
        for _ in range(1 + number // 5 % 3):
            source, now = f"task-{next(self.play.numbers)}", self.play.clock.now()
            given = (f"event of {source}", now, NAME, "task-stopped", "litellm", Severity.WARNING, Turn.OPENS)
            why = ({}, SAYING["never_started"], SAYING["out_of_memory"])[number // 15 % 3]
            self.told.append(Signal(*given, source, REGION, why))
            self.play.signals(self.told[-1])

    def do_again(self, number):
        """A copy, however late: it starts nothing and changes nothing that is held or done."""
        if not self.told:
            return
        before = self.at_work()
        self.play.signals(self.told[number % len(self.told)])
        started = [one for one in self.at_work()[0] if one not in before[0]]
        assert started == [], "a copy started something"
        assert self.at_work()[1] == before[1]

    def at_work(self):
        known = self.known()
        return list(self.play.remedies.started), (set(known.actions), set(known.holds))

    def do_alarm(self, number):
        """With its event, or without: then the minute finds it."""
        name, value = (CRITICAL, WARNING)[number % 2], ("ALARM", "OK", "ALARM")[number // 2 % 3]
        self.play.scaling.facts = replace(self.play.scaling.facts, suspended=number // 18 % 3 == 0)
        event = self.play.alarm(name, value, told=False)
        if number // 6 % 3:
            self.play.hear(event)

    def do_ask(self, number):
        """Something that only a person, a window or another hour lets happen."""
        kind = ("cpu-high", "errors-high", "latency-high", "alert")[number % 4]
        self._turns(kind, "database" if kind == "cpu-high" else "litellm", Turn.OPENS, {})
        self.do_approve(number // 4)

    def do_back(self, number):
        """A trouble is mended and soon back: to mend it the same way again may be too often for its rule."""
        kind = ("errors-high", "latency-high")[number % 2]
        for turn in (Turn.OPENS, Turn.CLOSES, Turn.OPENS):
            self._turns(kind, "litellm", turn, {})
            self._gets_on()
            self.do_tick(3)

    def do_through(self, number):
        """One trouble from its beginning to its end, as far as nothing hinders it."""
        troubles = (
            ("health-issue", "ec2"),
            ("cpu-high", "database"),
            ("connections-high", "database"),
            ("model-throttled", "litellm"),
            ("memory-high", "litellm"),
            ("cpu-high", "litellm"),
            ("budget-passed", "cost"),
            ("cost-anomaly", "cost"),
        )
        kind, subject = troubles[number % len(troubles)]
        facts = {"zones": ["us-east-1a"]} if kind == "health-issue" else {}
        self.do_window(number // 6)
        self.play.load(95, tasks=2)
        self._turns(kind, subject, Turn.OPENS, facts)
        for _ in range(2):
            self.do_approve(1)
            self.do_tick(1)
            self._gets_on()
        self._turns(kind, subject, Turn.CLOSES, {})
        self.do_tick(5)
        self.do_tick(4)
        if number // 6 % 3:
            self.do_approve(1)
            self.do_tick(1)
            self._gets_on()

    def _gets_on(self):
        """Workflows go on, and the gateway does what they ask for."""
        for name in self._running():
            self._goes_on(name)
        self._all_tasks_run()
        self.play.services.settle()
        self.play.shifts.moves()
        self._database_is_done()
        self._rests()
        for name in self._running():
            self._goes_on(name)
        self._rests()

    def _rests(self):
        """What was told to sleep is asleep, and what sleeps is woken."""
        now = self.environment()
        if now.status is Status.ASLEEP:
            self.play.becomes(status=Status.READY, work=Work.WAKE)
        elif now.status is Status.UPDATING and now.work is Work.SLEEP:
            self.play.becomes(status=Status.ASLEEP)

    def _turns(self, kind, subject, turn, facts, severity=Severity.CRITICAL):
        event, now = f"event-{next(self.play.numbers)}", self.play.clock.now()
        source = f"task-{next(self.play.numbers)}" if kind == "task-stopped" else f"{kind}-0"
        given = (event, now, NAME, kind, subject, severity, turn, source, REGION)
        self.told.append(Signal(*given, facts))
        self.play.signals(self.told[-1])

    def do_calm(self, _number):
        """CPU is well again, and a raised bound has had its time, whatever else is wrong."""
        for name in (CRITICAL, WARNING):
            self.play.alarm(name, "OK")
        self.play.clock.pass_seconds(1000)
        self.play.examine()

    def do_flap(self, number):
        """One trouble that comes and goes."""
        kind = ("task-retirement", "errors-high", "keys-refused", "memory-high")[number % 4]
        for turn in (Turn.OPENS, Turn.CLOSES) * 4 + (Turn.OPENS,):
            self.play.clock.pass_seconds(2)
            over = kind == "keys-refused" and turn is Turn.CLOSES
            self._turns("keys-served" if over else kind, "litellm", turn, {"entities": ["x|t-1"]})

    def do_tick(self, number):
        self.play.clock.pass_seconds((10, 60, 60, 130, 300, 900, 3700)[number % 7])
        if number // 7 % 11 == 10:
            self.do_conflict(number)
        self.play.examine()

    def do_work(self, number):
        """Some workflow goes on by one call, be it for the second time."""
        running = self._running()
        if running:
            self._goes_on(running[number % len(running)], again=number % 5 == 0)

    def _running(self):
        return [one for one, status in self.play.remedies.statuses.items() if status == "RUNNING"]

    def _goes_on(self, name, *, again=False):
        payload = self.play.remedies.started[name]
        asked = payload["environment_id"], payload["action_id"]
        if self.known().actions[payload["action_id"]].status is ActionStatus.REQUESTED or again:
            self.performs(name, asked)
            return
        found = self.play.verify(*asked)
        if found["outcome"] != "not_yet":
            self.play.settle(*asked, found["outcome"], found["reason"])
            self.play.remedies.statuses[name] = "SUCCEEDED"

    def performs(self, name, asked):
        try:
            done = self.play.perform(*asked)["performed"]
        except TimeoutError:  # the workflow calls again
            return
        if not done:
            self.play.remedies.statuses[name] = "SUCCEEDED"

    def do_die(self, number):
        """A workflow ends without a word."""
        names = list(self.play.remedies.statuses)
        if names:
            self.play.remedies.statuses[names[number % len(names)]] = "FAILED"

    def do_fault(self, number):
        self.faults.append(("refuses", "before", "after")[number % 3])

    def do_conflict(self, _number):
        if len(self.play.operations.meddle) < 3:  # more in a row is an error, and the event comes again
            self.play.operations.meddle.append(_somebody_was_faster)

    def do_mode(self, number):
        self.play.becomes(mode=(Mode.ACT, Mode.ADVISE, Mode.OBSERVE, Mode.ACT, Mode.ACT)[number % 5])

    def do_switch(self, number):
        self.play.turn_switch({"actions": ("on", "off", "on", "on")[number % 4], "reason": "a test"})

    def do_status(self, number):
        self.play.becomes(
            status=(Status.READY, Status.DEGRADED, Status.UPDATING, Status.READY, Status.READY)[number % 5]
        )

    def do_window(self, number):
        self.play.becomes(maintenance=ALWAYS_OPEN if number % 3 else None)

    def do_rate(self, number):
        self.play.becomes(actions_an_hour=(12, 1, 12, 3, 12)[number % 5])

    def do_drill(self, number):
        """A drill takes its lease, or gives it back."""
        before, now = self.known().leases.get("drill"), self.play.clock.now()
        version = before.version if before else 0
        held = Lease("drill", "a-drill" if number % 3 == 1 else None, 1, now, now + 1800, version)
        self.writes(held)

    def do_approve(self, number):
        """A person answers what is asked, in most cases yes; what it lifts is examined at once."""
        answer = "refuse" if number % 8 == 7 else "grant"
        for name in self.play.asked():
            self.play.answer(name, {"answer": answer, "reason": "as a person sees it"}, "somebody")
        self.play.examines_at_once()

    def do_wish(self, number):
        """A person asks for something, sensible or not, for a while that may be too short."""
        action, subject, given = WISHES[number % len(WISHES)]
        request = {"action": action, "subject": subject, "with": given, "reason": "a person's wish"}
        take = TakeRequest(self.play.signals, self.play.identifiers)
        take(NAME, {**request, "minutes": (5, 30, 90)[number // len(WISHES) % 3]}, "a/wisher")

    def do_load(self, number):
        self.play.load(40 + number % 61, tasks=1 + number // 61 % 7)

    def do_world(self, number):
        """The gateway does what it was asked to, in its own time."""
        play = self.play
        things = (
            play.services.settle,
            play.services.settle,
            self._all_tasks_run,
            play.shifts.moves,
            self._database_is_done,
            lambda: play.pager.delivered.append(play.clock.now()),
            lambda: setattr(play.keys, "facts", Keys("", (), 2)),
            self._deploys,
            self._rests,
        )
        things[number % len(things)]()

    def _all_tasks_run(self):
        """As many as the bounds ask for; then CPU falls."""
        play, wanted = self.play, max(2, self.play.scaling.facts.minimum)
        play.services.running = [
            Task("t-1", "10.0.1.1", 0.0),
            Task(f"t-{next(play.numbers)}", "10.0.2.2", 1.0),
        ]
        play.services.facts = replace(play.services.facts, desired=wanted, running=wanted)
        play.load(40, tasks=wanted)

    def _database_is_done(self):
        facts = self.play.servers.facts
        if facts.pending_class:
            self.play.servers.is_changed()
        elif facts.status == "rebooting":
            self.play.servers.has_failed_over()
        else:
            self.play.servers.facts = replace(facts, status="available")

    def _deploys(self):
        """Somebody deploys a new release."""
        if self.play.services.facts.rolling_out is None:
            self.play.services.deploy(f"d-{next(self.play.numbers)}", f"t:{next(self.play.numbers)}")

    def do_somebody(self, number):
        """Changes by hand what we may have changed, or breaks something."""
        play = self.play
        things = (
            lambda: setattr(play.scaling, "facts", replace(play.scaling.facts, minimum=1 + number // 8 % 6)),
            lambda: setattr(
                play.servers, "facts", replace(play.servers.facts, instance_class="db.r6g.large")
            ),
            lambda: setattr(play.pools, "facts", replace(play.pools.facts, connections=3 + number // 8 % 8)),
            lambda: setattr(play.models, "facts", {"opus": "haiku"} if number // 8 % 2 else {}),
            lambda: setattr(play.keys, "facts", Keys("1 of 2 refuse", ("10.0.2.2",), 2)),
            lambda: setattr(
                play.keys, "facts", Keys("no task makes a key: 401", ("10.0.1.1", "10.0.2.2"), 2)
            ),
            lambda: play.repose.sounding_alarms.update({CRITICAL, WARNING}),
            lambda: play.budgets.facts.update(
                batch=KeyBudget(Decimal(80), Decimal(90 + number // 8 % 40), unimportant=True)
            ),
        )
        things[number % len(things)]()

    # What never may happen.

    def is_allowed(self, action):
        """AWS is called in this very moment: nothing may forbid it."""
        overview = self.play.operations.by_id(IDENTIFIER)
        known, now, kind = overview.operations, self.play.clock.now(), ACTIONS[action.kind]
        lease = known.leases[action.scope]
        assert lease.held_by(action.action_id, action.fence), "somebody else holds the lease"
        assert known.actions[action.action_id].status is ActionStatus.PERFORMING
        if not kind.changes_the_gateway:
            return
        assert overview.switch.on
        assert overview.environment.status in {Status.READY, Status.DEGRADED}
        self._is_agreed(overview, action, now)
        self._is_in_measure(overview, action, now)
        drill = known.leases.get("drill")
        assert drill is None or not drill.held_at(now), "a drill runs"
        if "window" in kind.guards:
            assert overview.environment.maintained.cover(now), "outside the window"
        for other in known.actions.values():
            busy = other.in_flight and other.action_id != action.action_id
            changes = ACTIONS[other.kind].changes_the_gateway
            assert not (busy and changes and other.subject == action.subject and other.performed_at), (
                "against another"
            )
        self._is_within_limits(overview, action)

    def _is_agreed(self, overview, action, now):
        mode, kind = overview.environment.mode, ACTIONS[action.kind]
        assert mode is not Mode.OBSERVE
        condition = overview.operations.conditions[action.condition]
        rule = rule_named(
            with_what_is_due(overview.playbook.rules, overview.operations, condition), action.rule
        )
        if mode is Mode.ADVISE or "approval" in {*kind.guards, *(rule.guards if rule else ())}:
            given = overview.operations.approvals.values()
            asked = action.condition, action.kind, action.subject
            assert any(one.is_about(*asked) and one.allows(now) for one in given), "nobody agreed"

    def _is_in_measure(self, overview, action, now):
        """Not more often than its rule and its environment allow, not before its time, not at every flap."""
        known = overview.operations
        condition = known.conditions[action.condition]
        rule = rule_named(with_what_is_due(overview.playbook.rules, known, condition), action.rule)
        others = [one for one in known.actions.values() if one.action_id != action.action_id]
        done = [one for one in others if one.performed_at and one.performed_at > now - HOUR]
        done = [one for one in done if ACTIONS[one.kind].changes_the_gateway]
        same = [one for one in done if (one.kind, one.subject) == (action.kind, action.subject)]
        if rule is not None:
            assert len(same) < rule.most_in_an_hour, "too often for its rule"
        if action.kind in TAKE_BACK:
            hold = known.holds[action.scope]
            assert now >= hold.until, "taken back before its time"
        else:
            assert len(done) < overview.environment.actions_an_hour, "too often for its environment"
        if ACTIONS[action.kind].damped:
            opened = [opening for opening in condition.openings if opening > now - HOUR]
            assert len(opened) < FLAPS, "at every flap"

    def _is_within_limits(self, overview, action):
        limits, target = overview.environment.spec.litellm, action.target
        if "minimum" in target:
            assert limits.min_tasks <= target["minimum"] <= target["maximum"] <= limits.max_tasks
        if "class" in target:
            assert target["class"] in MOST_CONNECTIONS
        if "connections" in target:
            assert target["connections"] >= 3
        if action.kind == "evacuate_zone":
            assert set(self.play.shifts.facts.away) <= {target["zone"]}, "two zones at once"
        if action.kind == "replace_task":
            assert len(self.play.services.running) >= 2, "the last task"

    def holds_together(self):
        known = self.known()
        performing = [one for one in known.actions.values() if one.status is ActionStatus.PERFORMING]
        assert len({one.scope for one in performing}) == len(performing), "two holders of one lease"
        for scope, lease in known.leases.items():
            assert lease.fence >= self.fences[scope]
            self.fences[scope] = lease.fence

    def is_told(self):
        """Every action has a cause back to a signal and an end in the ledger; rests and rates were kept."""
        entries = {entry.entry_id: entry for entry in self.play.entries()}
        caused = collections.defaultdict(list)
        for entry in entries.values():
            caused[entry.cause].append(entry)
        for action in self.known().actions.values():
            decision = entries[action.action_id]
            assert decision.kind == "decision"
            assert self._root(entries, decision) in {"signal", "request"}
            if action.performed_at is not None:
                ends = {one.kind for one in caused[action.entry_id]}
                assert ends & {"verification", "action", "decision"}, (
                    f"{action.kind} {action.status} has no end"
                )
        self._cool_downs()
        self._rates()

    def _root(self, entries, entry):
        for _ in range(1000):
            if entry.cause not in entries:
                return "request" if entry.cause.startswith("request") else entry.kind
            entry = entries[entry.cause]
        raise AssertionError("a chain without an end")

    def _cool_downs(self):
        rests = collections.defaultdict(list)
        rules = self.playbook or DEFAULT
        for rule in rules:
            for rung in rule.ladder:
                rests[rung.action].append(rule.cool_down)
        begun = collections.defaultdict(list)
        for action in self.known().actions.values():
            if action.performed_at and ACTIONS[action.kind].changes_the_gateway:
                begun[action.kind, action.subject].append(action.performed_at)
        for (kind, _), moments in begun.items():
            least = min(rests[kind] or [60.0])
            moments.sort()
            assert all(later - earlier >= least for earlier, later in itertools.pairwise(moments)), kind

    def _rates(self):
        """However the rate was changed in between: never more than the most there ever was."""
        changing = (one for one in self.known().actions.values() if ACTIONS[one.kind].changes_the_gateway)
        moments = sorted(
            one.performed_at for one in changing if one.performed_at and one.kind not in TAKE_BACK
        )
        for first, last in zip(moments, moments[12:], strict=False):
            assert last - first >= HOUR, "more than twelve in an hour"

    # Its end.

    def peace(self):
        """Everything that was open ends by itself once nothing is wrong any more, and people agree."""
        play = self.play
        self.faults.clear()
        play.operations.meddle.clear()
        given = {"mode": Mode.ACT, "status": Status.READY, "maintenance": ALWAYS_OPEN, "actions_an_hour": 12}
        play.becomes(**given)
        play.turn_switch({"actions": "on", "reason": "peace"})
        self.do_drill(0)
        for name in (CRITICAL, WARNING):
            play.alarms.turn(name, "OK", play.clock.now())
        for condition in self.known().conditions.values():
            if is_asked(condition):  # a wish ends by itself
                continue
            for source, report in condition.reports.items():
                if report.opens:
                    self._closes(condition, source)
        for _ in range(120):
            play.services.settle()
            play.shifts.moves()
            self._database_is_done()
            self._rests()
            play.pager.delivered.append(play.clock.now())
            play.keys.facts = Keys("", (), 2)
            self.do_approve(1)
            play.clock.pass_seconds(300)
            play.examine()
            for name in self._running():
                self._goes_on(name)
            if not play.operations.open_environments():
                break
        assert play.operations.open_environments() == [], self._left()
        self.is_told()

    def _closes(self, condition, source):
        closers = [
            kind for kind in OPENING if kind.condition == condition.kind and kind.name != kind.condition
        ]
        opener = KINDS.get(condition.kind)
        kind = condition.kind if opener else closers[0].name
        event, now = f"event-{next(self.play.numbers)}", self.play.clock.now()
        given = (event, now, NAME, kind, condition.subject, Severity.INFO, Turn.CLOSES, source, REGION)
        self.play.signals(Signal(*given))

    def _left(self):
        known = self.known()
        return [
            *(one.key for one in known.conditions.values() if one.open),
            *(f"{one.kind} {one.status}" for one in known.actions.values() if one.in_flight),
            *(f"hold {one.scope}" for one in known.holds.values() if one.live),
        ]

    def counts(self):
        """How often each guard held, each rule fired, and each action came to what."""
        found = collections.Counter()
        for entry in self.play.entries("decision"):
            guards = [entry.detail.get("guard"), *(entry.detail.get("gave_way") or ())]
            found.update(f"guard {guard}" for guard in guards if guard)
            if entry.detail.get("rule"):
                found[f"rule {entry.detail['rule']}"] += 1
        found.update(f"action {one.kind} {one.status.lower()}" for one in self.known().actions.values())
        return found


def _somebody_was_faster():
    raise ConflictError("somebody else changed the row first")


WISHES = (
    ("restart_service", "litellm", {}),
    ("raise_bound", "litellm", {"minimum": 4}),
    ("evacuate_zone", "zones", {"zones": ["us-east-1a"]}),
    ("fail_over_database", "database", {}),
    ("mute_alarms", "litellm", {}),
    ("raise_bound", "litellm", {"minimum": 99}),
)
WEIGHTS = {
    "hear": 12,
    "aim": 14,
    "crash": 4,
    "again": 2,
    "alarm": 4,
    "flap": 1,
    "ask": 6,
    "back": 2,
    "calm": 2,
    "through": 5,
    "tick": 9,
    "work": 14,
    "die": 1,
    "fault": 2,
    "conflict": 1,
    "mode": 1,
    "switch": 1,
    "status": 1,
    "window": 1,
    "rate": 1,
    "drill": 1,
    "approve": 2,
    "wish": 2,
    "load": 2,
    "world": 7,
    "somebody": 2,
}
STEPS = tuple(name for name, weight in WEIGHTS.items() for _ in range(weight))


def tell(playbook, steps):
    """The whole of one story, with what came of it."""
    night = Night(playbook)
    for name, number in steps:
        night.step(name, number)
    night.peace()
    return night.counts()
