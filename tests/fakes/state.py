"""What the control plane remembers, in one memory, as it is one table."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from stargate.domain.operating.action import Action
from stargate.domain.operating.conditions import Condition
from stargate.domain.operating.holds import Hold
from stargate.domain.operating.incidents import Incident
from stargate.domain.operating.operations import Operations, Overview, place_of
from stargate.domain.operating.playbook import InForce
from stargate.domain.operating.switch import Switch
from stargate.domain.paging import Page
from stargate.domain.people.approvals import Approval, ApprovalStatus
from stargate.domain.playbook.own import UNWRITTEN, in_force
from stargate.errors import (
    AlreadyRecordedError,
    CommonNotReadyError,
    ConflictError,
    EnvironmentNotFoundError,
    IdempotencyKeyReusedError,
    SupersededError,
)


@dataclass
class FakeTable:
    """Environments, nodes and ledger that share one memory, as they share one table."""

    environments: dict = field(default_factory=dict)
    names: dict = field(default_factory=dict)
    nodes: dict = field(default_factory=dict)
    entries: dict = field(default_factory=dict)
    operations: dict = field(default_factory=dict)
    switch: Switch = field(default_factory=Switch)
    playbooks: dict = field(default_factory=dict)
    incidents: dict = field(default_factory=dict)  # those that have ended

    def write_entry(self, environment_id, entry):
        self.entries.setdefault(environment_id, {})[entry.entry_id] = entry


def _slice(items, key, limit, after):
    rest = [item for item in items if after is None or key(item) > after]
    page = tuple(rest[:limit])
    return Page(page, key(page[-1]) if len(rest) > limit else None)


@dataclass
class FakeEnvironments:
    table: FakeTable

    def get(self, environment_id):
        if environment_id not in self.table.environments:
            raise EnvironmentNotFoundError(environment_id)
        return self.table.environments[environment_id]

    def by_name(self, name):
        return self.table.environments.get(self.table.names.get(name))

    def page(self, limit, after):
        def key(environment):
            return f"{round(environment.created_at * 1000):013d}#{environment.environment_id}"

        return _slice(sorted(self.table.environments.values(), key=key), key, limit, after)

    def create(self, environment, states, entry, replaces):
        holder = self.table.names.get(environment.name)
        allowed = {None} if replaces is None else {None, replaces.environment_id}
        if holder not in allowed:
            raise ConflictError(environment.name)
        identifier = environment.environment_id
        self.table.names[environment.name] = identifier
        self.table.environments[identifier] = environment
        self.table.nodes[identifier] = {state.name: state for state in states}
        self.table.write_entry(identifier, entry)

    def replace(self, before, after, entry, added=()):
        present = self.table.environments[before.environment_id]
        expected = (before.status, before.attempt, before.revision)
        if (present.status, present.attempt, present.revision) != expected:
            raise ConflictError(before.name)
        self.table.environments[before.environment_id] = replace(after, revision=before.revision + 1)
        for state in added:
            self.table.nodes[before.environment_id].setdefault(state.name, state)
        self.table.write_entry(before.environment_id, entry)

    def record_checks(self, environment, checks, kept=()):
        present = self.table.environments[environment.environment_id]
        if (present.status, present.attempt) == (environment.status, environment.attempt):
            revision = present.revision + 1
            found = replace(present, checks=tuple(checks), kept=tuple(kept), revision=revision)
            self.table.environments[environment.environment_id] = found

    def note(self, environment, entry):
        self.table.write_entry(environment.environment_id, entry)


@dataclass
class FakeSharers:
    """Who shares which set, and who takes it away."""

    users: dict = field(default_factory=dict)
    leavers: dict = field(default_factory=dict)

    def join(self, shared, environment_id):
        if shared in self.leavers:
            raise CommonNotReadyError(f"{shared.stack_name} is being removed")
        self.users.setdefault(shared, set()).add(environment_id)

    def leave(self, shared, environment_id):
        if shared not in self.users:
            return False
        self.users[shared].discard(environment_id)
        if self.users[shared] or self.leavers.get(shared, environment_id) != environment_id:
            return False
        self.leavers[shared] = environment_id
        return True

    def forget(self, shared, environment_id):
        if self.leavers.get(shared) == environment_id:
            del self.leavers[shared], self.users[shared]


@dataclass
class FakeNodes:
    table: FakeTable

    def all(self, environment_id):
        return dict(self.table.nodes.get(environment_id, {}))

    def of_each(self, environments):
        return [self.all(environment.environment_id) for environment in environments]

    def park(self, environment_id, name, attempt, token):
        before = self.table.nodes[environment_id][name]
        if before.attempt > attempt:
            raise SupersededError(name)
        self.table.nodes[environment_id][name] = replace(before, attempt=attempt, token=token)
        return before

    def claim(self, environment_id, name, token):
        present = self.table.nodes[environment_id][name]
        if present.token != token:
            return False
        self.table.nodes[environment_id][name] = replace(present, token=None)
        return True

    def replace(self, environment_id, before, after, entry=None):
        present = self.table.nodes[environment_id][before.name]
        if (present.status, present.attempt) != (before.status, before.attempt):
            raise ConflictError(before.name)
        fresh_count = after.submitted_attempt != before.submitted_attempt
        done = frozenset() if fresh_count else present.done
        self.table.nodes[environment_id][before.name] = replace(
            after, token=present.token, attempt=present.attempt, done=done
        )
        if entry is not None:
            self.table.write_entry(environment_id, entry)

    def resource_made(self, environment_id, name, resource):
        self._count(environment_id, name, lambda done: done | {resource})

    def resource_gone(self, environment_id, name, resource):
        self._count(environment_id, name, lambda done: done - {resource})

    def _count(self, environment_id, name, change):
        present = self.table.nodes[environment_id][name]
        self.table.nodes[environment_id][name] = replace(present, done=change(present.done))


@dataclass
class FakeHistories:
    kept: dict = field(default_factory=dict)

    def of(self, preset):
        return dict(self.kept.get(preset, {}))

    def keep(self, preset, history):
        self.kept[preset] = dict(history)


@dataclass
class FakeLedger:
    table: FakeTable

    def page(self, environment_id, since, kind, limit, after):
        entries = sorted(self.table.entries.get(environment_id, {}).values(), key=lambda e: e.entry_id)
        wanted = [
            entry
            for entry in entries
            if (since is None or entry.at >= since) and (kind is None or entry.kind == kind)
        ]
        return _slice(wanted, lambda entry: entry.entry_id, limit, after)


def _known(rows):
    """As `with_row` would make it row by row, in one go: long stories have many rows."""
    known = {}
    for (where, key), row in rows.items():
        known.setdefault(where, {})[key] = row
    return Operations(**known)


@dataclass
class FakePlaybooks:
    table: FakeTable

    def get(self, environment_id, version=None):
        known = [UNWRITTEN, *self.table.playbooks.get(environment_id, [])]
        if version is None:
            return known[-1]
        return known[version] if version < len(known) else None

    def versions(self, environment_id):
        return list(reversed(self.table.playbooks.get(environment_id, [])))[:100]

    def put(self, environment_id, after, entry):
        known = self.table.playbooks.setdefault(environment_id, [])
        if after.version != len(known) + 1:
            raise ConflictError(environment_id)
        known.append(after)
        self.table.write_entry(environment_id, entry)


@dataclass
class FakeOperations:
    """Rows with versions, written all or none; `meddle` lets a test change something before a write."""

    table: FakeTable
    calls: list = field(default_factory=list)
    meddle: list = field(default_factory=list)
    outputs: dict = field(default_factory=dict)
    rules: tuple | None = None  # of every environment that has none of its own, in the place of the default

    def by_name(self, name):
        self.calls += ["get name", "get environment and switch", "query operations"]
        identifier = self.table.names.get(name)
        return None if identifier is None else self._overview(identifier)

    def by_id(self, environment_id):
        self.calls += ["get environment and switch", "query operations"]
        if environment_id not in self.table.environments:
            raise EnvironmentNotFoundError(environment_id)
        return self._overview(environment_id)

    def _overview(self, environment_id):
        known = _known(self.table.operations.get(environment_id, {}))
        own = FakePlaybooks(self.table).get(environment_id)
        rules = self.rules if self.rules and own == UNWRITTEN else in_force(own).rules
        playbook = InForce(rules, in_force(own).told)
        return Overview(
            self.table.environments[environment_id], self.outputs, self.table.switch, known, playbook
        )

    def record(self, environment_id, change):
        self.calls.append("write")
        if self.meddle:
            self.meddle.pop(0)()
        entries = self.table.entries.setdefault(environment_id, {})
        if any(entry.entry_id in entries for entry in change.entries):
            raise AlreadyRecordedError(environment_id)
        rows = self.table.operations.setdefault(environment_id, {})
        for row in change.rows:
            present = rows.get(place_of(row))
            if (0 if present is None else present.version) != row.version:
                raise ConflictError("#".join(place_of(row)))
        for row in change.rows:
            rows[place_of(row)] = replace(row, version=row.version + 1)
            if isinstance(row, Incident) and not row.open:
                self.table.incidents.setdefault(environment_id, {})[row.incident_id] = row
        entries.update({entry.entry_id: entry for entry in change.entries})

    def open_environments(self):
        self.calls.append("query open")
        return [one for one, rows in self.table.operations.items() if any(map(_is_open, rows.values()))]


def _is_open(row):
    names = {Condition: "open", Action: "in_flight", Hold: "live", Incident: "open"}
    if isinstance(row, Approval):
        return row.status is ApprovalStatus.PENDING
    return type(row) in names and getattr(row, names[type(row)])


@dataclass
class FakeIncidents:
    table: FakeTable

    def page(self, environment_id, limit, after):
        known = sorted(self.table.incidents.get(environment_id, {}).values(), key=lambda one: one.incident_id)
        rest = [one for one in reversed(known) if after is None or one.incident_id < after]
        page = tuple(rest[:limit])
        return Page(page, page[-1].incident_id if len(rest) > limit else None)

    def get(self, environment_id, incident_id):
        return self.table.incidents.get(environment_id, {}).get(incident_id)


@dataclass
class FakeSwitches:
    table: FakeTable

    def read(self):
        return self.table.switch

    def turn(self, switch):
        self.table.switch = switch


@dataclass
class FakeReplies:
    remembered: dict = field(default_factory=dict)

    def once(self, key, body, work):
        if key not in self.remembered:
            self.remembered[key] = (body, work())
        first_body, reply = self.remembered[key]
        if first_body != body:
            raise IdempotencyKeyReusedError("this Idempotency-Key came with another body before")
        return reply
