"""A plan tells what a request would do, and is refused once the world has moved."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from gateway.build_manifest import build_manifest
from stargate.domain.costs.budget import Budget
from stargate.domain.costs.snapshot import SNAPSHOT
from stargate.domain.environment import Status
from stargate.domain.gateway.graph import PLAIN
from stargate.domain.gateway.manifest import Manifest
from stargate.domain.provisioning.plan_prices import price_of
from stargate.domain.provisioning.planning import ResourceChange
from stargate.errors import EnvironmentBusyError, InvalidRequestError, PlanOutdatedError
from stargate.usecases.provisioning.plan_environment import PlanEnvironment
from stargate.usecases.provisioning.request_plan import RequestPlan
from tests import fakes
from tests.template.control_plane import PROJECT
from tests.unit.life.test_schedule import OFFICE
from tests.unit.life.test_updates import MORE, Workshop
from tests.unit.play import manifest
from tests.unit.provisioning.looking_ahead import preflight_of

DATABASE = "AWS::RDS::DBInstance"


def planner(play, change_sets=None, offers=None):
    preflight = preflight_of(play, offers=offers)
    return PlanEnvironment(
        play.environments,
        play.nodes,
        play.manifests,
        preflight,
        change_sets or fakes.FakeChangeSets(),
        play.clock,
        "bucket",
        "arn:boundary",
        manifest().version,
        play.prices,
    )


class Office(Workshop):
    def plan(self, name="sandbox", changes=None, offers=None, **request):
        self.change_sets = fakes.FakeChangeSets(changes or {})
        made = planner(self, self.change_sets, offers)
        ask = RequestPlan(self.environments, _Direct(made), manifest().version, self.regions)
        return ask(name, request)


class _Direct:
    def __init__(self, plan):
        self.plan = plan


class SmallOffice(Office):
    """Where a POC stands in a region of three zones."""

    def ask(self, **changes):
        return super().ask(preset="poc", region="us-east-1", **changes)


@pytest.fixture
def office():
    return Office()


def actions(document):
    return {stack["name"]: stack["action"] for stack in document["stacks"]}


def test_of_a_new_environment_everything_is_added(office):
    """Every stack with its resources, the time that they and the step take, and nothing written."""
    document = office.plan("other", preset="sandbox")
    assert actions(document) == dict.fromkeys((node.name for node in PLAIN.stacks), "add")
    assert {stack["resources"] for stack in document["stacks"]} == {2}
    assert document["seconds"] == 3 * 5 + 90
    assert document["preflight"] == {"ok": True, "faults": []}
    assert office.environments.by_name("other") is None


def test_a_plan_tells_what_preflight_would_refuse(office):
    """In its words, with the way out; a plan is no refusal."""
    offers = fakes.FakeOffers(missing=("db.r6g.large",))
    document = office.plan("other", offers=offers, preset="sandbox")
    assert document["preflight"]["ok"] is False
    assert "choose another database.class" in document["preflight"]["faults"][0]


def test_of_a_standing_one_only_what_differs_is_asked_of_cloudformation(office):
    """By a change set of that stack; the others change in nothing."""
    change = ResourceChange("Service", "AWS::ECS::Service", "Modify", "False", ("TaskDefinition",))
    document = office.plan(changes={"stargate-sandbox-litellm": [change]}, overrides=MORE)
    assert office.change_sets.asked == ["stargate-sandbox-litellm"]
    assert {name for name, action in actions(document).items() if action != "none"} == {"litellm"}
    (litellm,) = [stack for stack in document["stacks"] if stack["name"] == "litellm"]
    assert litellm["changes"] == [change.document()]
    assert document["seconds"] == 5
    assert office.now().status is Status.READY


def test_another_preset_adds_what_it_brings():
    """And changes what is given something of it; told beside what is kept and what is lost."""
    office = SmallOffice()
    document = office.plan(preset="sandbox")
    told = actions(document)
    assert {name for name, action in told.items() if action == "add"} == {"waf", "storage"}
    assert {name for name, action in told.items() if action == "change"} >= {"edge", "victoria-metrics"}
    waits = {stack["name"]: stack["known_after"] for stack in document["stacks"]}
    assert (waits["edge"], waits["victoria-metrics"]) == (["waf"], ["storage"])
    assert any("keeps the secrets" in warning for warning in document["warnings"])
    assert (document["preset"], office.now().preset) == ("sandbox", "poc")


def test_an_interruption_and_what_waits_for_it_are_told(office):
    """A new class is a failover; what needs the database is known after."""
    change = ResourceChange("Database", DATABASE, "Modify", "False", ("DBInstanceClass",))
    overrides = {"database": {"class": "db.r6g.xlarge"}}
    document = office.plan(changes={"stargate-sandbox-data": [change]}, overrides=overrides)
    assert document["interrupts"] == ["the database fails over: a minute or two without answers"]
    waits = {stack["name"]: stack["known_after"] for stack in document["stacks"]}
    assert waits["litellm"] == ["data"]
    assert waits["network"] == []


def test_a_replacement_is_told_as_what_it_is(office):
    """It is the stack's action, and what is lost is named."""
    change = ResourceChange("Database", DATABASE, "Modify", "True", ("DBName",))
    document = office.plan(changes={"stargate-sandbox-litellm": [change]}, overrides=MORE)
    assert actions(document)["litellm"] == "replace"
    assert document["interrupts"] == [f"Database ({DATABASE}) is replaced: what it holds is lost"]


def test_a_change_carries_its_plan(office):
    """While the world is as it was."""
    plan = office.plan(overrides=MORE)["plan"]
    assert office.patch(overrides=MORE, plan=plan).status is Status.UPDATING


@pytest.mark.parametrize("meanwhile", [{"mode": "observe"}, {"overrides": {"grafana": {"tasks": 3}}}])
def test_a_plan_of_another_world_is_refused(office, meanwhile):
    """Whatever was written since, and nothing is changed."""
    plan = office.plan(overrides=MORE)["plan"]
    office.change("sandbox", meanwhile)
    before = office.now()
    with pytest.raises(PlanOutdatedError, match="plan again"):
        office.patch(overrides=MORE, plan=plan)
    assert office.now() == before


def test_a_plan_of_another_request_is_refused(office):
    """What is done is what was planned."""
    plan = office.plan(overrides=MORE)["plan"]
    with pytest.raises(PlanOutdatedError):
        office.patch(overrides={"litellm": {"max_tasks": 7}}, plan=plan)


def test_a_creation_carries_its_plan(office):
    """And is refused when somebody has taken the name since."""
    plan = office.plan("other", preset="poc")["plan"]
    made = office.create({"name": "other", "preset": "poc", "plan": plan})
    assert made.status is Status.PROVISIONING
    with pytest.raises(PlanOutdatedError):
        office.create({"name": "other", "preset": "poc", "plan": plan})


@pytest.mark.parametrize(
    ("name", "request_", "path"),
    [
        ("other", {"preset": "production"}, "/preset"),
        ("sandbox", {"overrides": {"network": {"cidr": "10.9.0.0/16"}}}, "/overrides/network/cidr"),
        ("sandbox", {"preset": "poc"}, "/preset"),
        ("sandbox", [], ""),
        ("sandbox", {"schedule": {**OFFICE.document(), "until": "07:00"}}, "/schedule/until"),
        (
            "other",
            {"preset": "poc", "schedule": {**OFFICE.document(), "time_zone": "?"}},
            "/schedule/time_zone",
        ),
        ("sandbox", {"ttl": 3600}, "/ttl"),
    ],
)
def test_what_could_not_be_done_is_not_planned(office, name, request_, path):
    """The same faults as of the request itself."""
    ask = RequestPlan(office.environments, _Direct(None), manifest().version, office.regions)
    with pytest.raises(InvalidRequestError) as refused:
        ask(name, request_)
    assert {fault.path for fault in refused.value.faults} == {path}


def test_what_is_going_is_not_planned(office):
    """Busy, as for a POST."""
    office.lift_protection()
    office.retire("sandbox")
    with pytest.raises(EnvironmentBusyError):
        office.plan(preset="sandbox")


REAL = Manifest.from_document(build_manifest(PROJECT / "gateway"))


def priced(office, **changes):
    """The price of what stands, beside that with another specification or schedule."""
    before = office.now()
    return price_of((before, REAL), (replace(before, **changes), REAL), SNAPSHOT)


def test_a_plan_tells_what_it_costs_line_by_line(office):
    """Only the lines that differ, and their differences are that of the sums."""
    spec = office.now().spec.overridden({"database": {"class": "db.r6g.xlarge"}})
    price = priced(office, spec=spec)
    assert {line["stack"] for line in price["lines"]} == {"data"}
    assert price["difference"] == pytest.approx(sum(line["difference"] for line in price["lines"]))
    assert price["after"] == pytest.approx(price["before"] + price["difference"])
    assert price["difference"] > 0


def test_of_a_new_one_every_line_is_new(office):
    """Nothing was paid before."""
    price = price_of(None, (office.now(), REAL), SNAPSHOT)
    assert (price["before"], price["difference"]) == (0.0, price["after"])
    assert price["saved_by_schedule"] == 0.0


def test_a_schedule_is_planned_before_it_is_set(office):
    """What it would save is told, and nothing is set; the same with a creation."""
    office.manifests.manifest = replace(REAL, version=manifest().version)
    planned = office.plan(schedule=OFFICE.document())
    assert planned["settings"] == ["sandbox is awake mon, tue, wed, thu, fri 08:00-19:00 Europe/Berlin"]
    assert planned["price"]["saved_by_schedule"] > 100
    assert office.now().schedule is None
    assert (
        office.change("sandbox", {"schedule": OFFICE.document(), "plan": planned["plan"]}).schedule == OFFICE
    )
    of_new = office.plan("other", preset="poc", schedule=OFFICE.document())
    assert of_new["price"]["saved_by_schedule"] > 0
    made = office.create(
        {"name": "other", "preset": "poc", "schedule": OFFICE.document(), "plan": of_new["plan"]}
    )
    assert made.schedule == OFFICE


def test_a_schedule_saves_its_share_of_what_sleeps(office):
    """Two thirds of a week: of tasks and the database's instance, not of what stays."""
    office.change("sandbox", {"schedule": OFFICE.document()})
    price = priced(office)
    assert price["lines"] == []
    assert 0.2 * price["after"] < price["saved_by_schedule"] < OFFICE.asleep_share * price["after"]


def test_a_plan_says_that_its_change_is_above_the_ceiling(office):
    """A plan is no refusal, but tells what the change would be refused for."""
    budget = Budget(ceiling=Decimal(700))
    spec = office.now().spec.overridden({"database": {"class": "db.r6g.xlarge"}})
    price = priced(office, spec=spec, budget=budget)
    (refused,) = price["refused"]
    assert price["ceiling"] == 700.0
    assert "more than its ceiling of $700.00" in refused
    assert priced(office, budget=budget)["refused"] == []
