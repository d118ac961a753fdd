"""A standing gateway is changed: only what differs, in order, and back again if it fails."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stargate.domain.environment import Status
from stargate.domain.gateway.graph import PLAIN
from stargate.domain.operating.facts import ScalingFacts
from stargate.domain.provisioning.moves import StackEvent
from stargate.errors import EnvironmentBusyError, InvalidRequestError
from tests.unit.play import Play

LARGER = {"database": {"class": "db.r6g.xlarge"}}
MORE = {"litellm": {"max_tasks": 8}}


class Workshop(Play):
    """A READY gateway, and the provision workflow that is played again for each update."""

    def __post_init__(self):
        super().__post_init__()
        self.ask()
        self.begin_provision()
        self.stand_all()
        self.settled(Status.READY)

    def settled(self, outcome, error="", cause=""):
        return self.settle(self.environment.environment_id, self.environment.attempt, outcome, error, cause)

    def patch(self, **request):
        self.environment = self.change("sandbox", request)
        return self.environment

    def update(self, **request):
        self.patch(**request)
        self.go()

    def go(self):
        """The workflow calls every branch, and those who are woken run."""
        self.environment = self.now()
        for name in PLAIN.names:
            self.call(name)
            self._run_woken()

    def _run_woken(self):
        self._deliver(self._event("Nothing", {}) | {"detail-type": "ECS Task State Change"})

    def now(self):
        return self.environments.by_name("sandbox")

    def is_updated(self, name):
        self.clock.pass_seconds(60)
        self.stacks.updated_well(self.stack_name(name))
        self.stack_event(name, "UPDATE_COMPLETE")

    def update_breaks(self, name, resource, reason):
        stack = self.stacks.stacks[self.stack_name(name)]
        stack.status = "UPDATE_ROLLBACK_IN_PROGRESS"
        stack.history = [StackEvent(resource, "AWS::ECS::Service", "UPDATE_FAILED", reason)]
        self.stack_event(name, stack.status)

    def failed(self, name):
        """Error and cause of its branch."""
        return next((error, cause) for _, error, cause in self.answers(name) if error == "StackFailedError")

    def answered(self):
        attempt = str(self.environment.attempt)
        return {
            answer[0].split("#")[0]
            for answer in self.callbacks.answers
            if answer[0].split("#")[1] == attempt and answer[1] == "succeeded"
        }


@pytest.fixture
def workshop():
    return Workshop()


def test_only_the_stack_that_differs_is_updated(workshop):
    """Every branch is answered, the others at once and without a call that changes anything."""
    workshop.update(overrides=MORE)
    assert workshop.environment.status is Status.UPDATING
    assert workshop.stacks.updated == ["stargate-sandbox-litellm"]
    assert workshop.answered() == set(PLAIN.names) - {"litellm"}
    workshop.is_updated("litellm")
    assert workshop.answered() == set(PLAIN.names)
    assert workshop.settled(Status.READY) is Status.READY
    document = workshop.show.one("sandbox")
    assert document["spec"]["litellm"]["max_tasks"] == 8
    assert workshop.now().undo is None


def test_what_needs_a_stack_waits_until_it_is_updated(workshop):
    """The services come after the database's change, as they came after its creation."""
    workshop.update(overrides={**LARGER, **MORE})
    assert workshop.stacks.updated == ["stargate-sandbox-data"]
    assert "litellm" not in workshop.answered()
    workshop.is_updated("data")
    assert workshop.stacks.updated == ["stargate-sandbox-data", "stargate-sandbox-litellm"]
    workshop.is_updated("litellm")
    assert workshop.answered() == set(PLAIN.names)


@pytest.mark.parametrize(
    ("live", "limits", "expected"),
    [
        ((2, 6), {"max_tasks": 8}, (2, 8)),  # nobody moved them: they go along with the limits
        ((4, 6), {"max_tasks": 8}, (4, 8)),  # the loop has raised the lower one
        ((2, 4), {"max_tasks": 8}, (2, 4)),  # somebody has lowered the upper one
        ((6, 6), {"max_tasks": 4}, (4, 4)),  # the new limits end below the raised bound
        ((3, 6), {"min_tasks": 4}, (4, 6)),
    ],
)
def test_a_change_leaves_autoscaling_where_it_is(workshop, live, limits, expected):
    """The bounds that the service has now are carried along, within the limits that are declared now."""
    workshop.scaling.facts = ScalingFacts(*live)
    workshop.update(overrides={"litellm": limits})
    sent = workshop.stacks.stacks["stargate-sandbox-litellm"].parameters
    assert (sent["LitellmMinTasks"], sent["LitellmMaxTasks"]) == tuple(map(str, expected))


def test_carried_bounds_are_no_reason_to_change_anything(workshop):
    """What was raised since makes no stack differ from its order."""
    workshop.update(overrides=MORE)
    workshop.is_updated("litellm")
    workshop.settled(Status.READY)
    workshop.scaling.facts = ScalingFacts(5, 8)
    workshop.update(overrides=LARGER)
    assert workshop.stacks.updated == ["stargate-sandbox-litellm", "stargate-sandbox-data"]


def test_the_same_specification_changes_nothing(workshop):
    """No attempt, no workflow."""
    before = workshop.now()
    assert workshop.patch(overrides={"litellm": {"max_tasks": 6}}) == before


def test_a_failed_update_goes_back_to_what_was_and_says_why(workshop):
    """READY again, with the first failed resource's own words as the reason."""
    workshop.update(overrides=MORE)
    workshop.update_breaks("litellm", "Service", "no capacity")
    error, cause = workshop.failed("litellm")
    assert workshop.settled(Status.FAILED, error, cause) is Status.UPDATING
    assert workshop.workflows.started[-1][0] == "update"
    workshop.stacks.roll_back("stargate-sandbox-litellm")
    workshop.go()
    assert workshop.answered() == set(PLAIN.names)
    assert workshop.settled(Status.READY) is Status.READY
    document = workshop.show.one("sandbox")
    assert (document["status"], document["spec"]["litellm"]["max_tasks"]) == ("READY", 6)
    assert document["failure"]["reason"] == "no capacity"
    assert workshop.summaries()[-1] == "sandbox is READY: its update failed and was taken back: no capacity"


def test_an_update_that_does_not_get_well_is_taken_back(workshop):
    """All stands and a check does not hold: that was not what was asked for."""
    workshop.update(overrides=MORE)
    workshop.is_updated("litellm")
    assert (
        workshop.settled(Status.FAILED, "GatewayNotWellError", "targets litellm: 0 healthy")
        is Status.UPDATING
    )
    assert workshop.now().spec.litellm.max_tasks == 6


def test_a_way_back_that_fails_ends_failed(workshop):
    """It is not tried for ever; a person may change it again or resume."""
    workshop.update(overrides=MORE)
    workshop.settled(Status.FAILED, "StackFailedError", "no")
    workshop.environment = workshop.now()
    assert workshop.settled(Status.FAILED, "StackFailedError", "again no") is Status.FAILED
    assert workshop.patch(overrides=MORE).status is Status.UPDATING


def test_a_second_change_is_refused_while_the_first_runs(workshop):
    """With what is under way, and since when; the way it is run can still be changed."""
    workshop.update(overrides=MORE)
    with pytest.raises(
        EnvironmentBusyError, match=r"sandbox is UPDATING \(update since 20.*Z, asked for by someone"
    ):
        workshop.patch(overrides=LARGER)
    assert workshop.change("sandbox", {"mode": "observe"}).mode.value == "observe"


@pytest.mark.parametrize(
    ("overrides", "path"),
    [
        ({"network": {"cidr": "10.99.0.0/16"}}, "/overrides/network/cidr"),
        ({"edge": {"balancer": "private"}}, "/overrides/edge/balancer"),
        ({"database": {"storage_gb": 20}}, "/overrides/database/storage_gb"),
        ({"litellm": {"min_tasks": 9}}, "/overrides/litellm/min_tasks"),
        ({"kafka": {}}, "/overrides/kafka"),
    ],
)
def test_what_cannot_be_changed_is_refused_and_named(workshop, overrides, path):
    """What would replace what everything stands in, and what breaks a rule."""
    with pytest.raises(InvalidRequestError) as refused:
        workshop.patch(overrides=overrides)
    assert [fault.path for fault in refused.value.faults] == [path]
    assert workshop.now().status is Status.READY


def test_a_version_that_was_never_published_is_a_fault(workshop):
    """And the latest is what it has already."""
    with pytest.raises(InvalidRequestError, match="no gateway of version"):
        workshop.patch(gateway_version="ffffffffffff")
    assert workshop.patch(gateway_version="latest").status is Status.READY


def test_a_stack_of_a_row_without_fingerprint_is_compared_by_cloudformation(workshop):
    """Environments made before there were fingerprints: nothing to update is as good as standing."""
    rows = workshop.table.nodes[workshop.environment.environment_id]
    for name, state in rows.items():
        rows[name] = replace(state, applied=None)
    workshop.update(overrides=MORE)
    assert workshop.stacks.updated == ["stargate-sandbox-litellm"]
    assert workshop.answered() == set(PLAIN.names) - {"litellm"}


def test_what_an_earlier_call_has_updated_is_looked_at_anew(workshop):
    """Its answer was lost, and the call came again: by then the stack has outputs that it had not before."""
    outputs = {**workshop.stacks.stacks["stargate-sandbox-data"].outputs, "DatabaseAddress": "larger.example"}
    workshop.stacks.updated_before["stargate-sandbox-data"] = outputs
    workshop.update(overrides=LARGER)
    assert workshop.table.nodes[workshop.environment.environment_id]["data"].outputs == outputs
    assert "data" in workshop.answered()


def test_what_needs_a_stack_is_made_with_what_it_has_after_its_update(workshop):
    """Whoever is woken first: its dependents may run before it was itself looked at."""
    workshop.update(overrides={**LARGER, **MORE})
    workshop.clock.pass_seconds(60)
    data = workshop.stacks.stacks["stargate-sandbox-data"]
    workshop.stacks.updated_well(data.name)
    data.outputs = {**data.outputs, "DatabaseEndpoint": "larger.example"}
    workshop.movers.newest_first = True
    workshop.stack_event("data", "UPDATE_COMPLETE")
    assert (
        workshop.stacks.stacks["stargate-sandbox-litellm"].parameters["DatabaseEndpoint"] == "larger.example"
    )
