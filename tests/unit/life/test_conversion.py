"""A POC becomes a sandbox where it stands, as far as it can; what it cannot become is refused by name."""

from __future__ import annotations

import pytest

from stargate.domain.environment import Status
from stargate.domain.gateway.presets import PRESETS, converted
from stargate.errors import InvalidRequestError, NameTakenError
from tests.unit.life.test_updates import Workshop

POC, SANDBOX = PRESETS["poc"], PRESETS["sandbox"]
CHOSEN = {"compute": {"architecture": "arm64"}, "network": {"cidr": "10.9.0.0/16"}}
BROUGHT = {"waf", "storage"}


class Growth(Workshop):
    """A POC where there are three zones, READY, with something chosen otherwise."""

    def ask(self, **changes):
        return super().ask(preset="poc", region="us-east-1", overrides=CHOSEN, **changes)

    def __post_init__(self):
        super().__post_init__()
        self.callbacks.answers.clear()
        self.stacks.created.clear()

    def converts(self):
        self.update(preset="sandbox")

    def comes_up(self):
        """Whatever is made or changed comes to stand."""
        while True:
            made, changed = self.in_progress(), self.under_change()
            for name in made:
                self.stands(name)
            for name in changed:
                self.is_updated(name)
            self._run_woken()
            if not made and not changed:
                return

    def under_change(self):
        stacks = self.stacks.stacks.values()
        return [stack.name.split("-", 2)[2] for stack in stacks if stack.status == "UPDATE_IN_PROGRESS"]


@pytest.fixture
def growth():
    return Growth()


def test_its_specification_is_the_other_presets_but_for_what_was_chosen(growth):
    """And for what everything stands in."""
    growth.converts()
    now = growth.now()
    assert (now.preset, now.region, now.status) == ("sandbox", "us-east-1", Status.UPDATING)
    assert now.spec.network.cidr == "10.9.0.0/16"
    assert (now.spec.compute.architecture, now.spec.compute.spot) == ("arm64", False)
    assert (now.spec.litellm, now.spec.database) == (SANDBOX.spec.litellm, SANDBOX.spec.database)


def test_what_a_poc_does_without_is_made_and_it_ends_ready(growth):
    """Nothing that stands is made again; the rows of what is new are there from the first moment."""
    growth.converts()
    assert set(growth.states()) >= BROUGHT
    growth.comes_up()
    assert set(growth.stacks.created) == {f"stargate-sandbox-{name}" for name in BROUGHT}
    assert growth.settled(Status.READY) is Status.READY
    document = growth.show.one("sandbox")
    assert (document["preset"], document["status"]) == ("sandbox", "READY")
    assert {stack["name"] for stack in document["stacks"]} == set(growth.now().graph.names)
    assert "preset poc" not in growth.summaries()[-1]


def test_its_time_to_go_knows_what_is_new(growth):
    """Beside the half minute of the checks, which is all where nothing is made."""
    growth.converts()
    document = growth.show.one("sandbox")
    assert document["eta_seconds"] > 30
    eta = {stack["name"]: stack["eta_seconds"] for stack in document["stacks"]}
    assert all(eta[name] for name in BROUGHT)


def test_it_keeps_the_secrets_that_it_shares(growth):
    """Others would lock out whoever has the old ones, and what is encrypted with them."""
    before = growth.now().shared
    growth.converts()
    assert growth.now().shared == before
    assert growth.now().secrets_prefix == "stargate-shared-poc/"
    assert "secrets" not in growth.now().graph.names


def test_two_zones_are_too_few_for_a_sandbox(growth):
    """Refused with both numbers, and nothing is changed."""
    growth.regions.zone_names = ["us-east-1a", "us-east-1b"]
    before = growth.now()
    with pytest.raises(InvalidRequestError, match="spans 3 availability zones, and us-east-1 offers 2"):
        growth.patch(preset="sandbox")
    assert growth.now() == before


def test_a_sandbox_cannot_become_a_poc(growth):
    """Each reason by its name: subnets that would go, and stacks with what they hold."""
    growth.converts()
    growth.comes_up()
    growth.settled(Status.READY)
    with pytest.raises(InvalidRequestError) as refused:
        growth.patch(preset="poc")
    told = [f"{fault.path}: {fault.fault}" for fault in refused.value.faults]
    assert told == [
        "/preset: poc spans 2 zones: subnets would go in which services stand",
        "/preset: poc does without storage, waf, which would go with what they hold",
    ]


def test_a_conversion_that_fails_is_taken_back(growth):
    """READY as a POC with the reason; what it has made already goes with the environment."""
    growth.converts()
    growth.stands("storage")
    growth.breaks("waf", "Acl", "no more web ACLs")
    assert growth.settled(Status.FAILED, *growth.failed("waf")) is Status.UPDATING
    now = growth.now()
    assert (now.preset, now.spec, now.left) == ("poc", POC.spec.overridden(CHOSEN), ("waf", "storage"))
    assert not BROUGHT & set(now.graph.names)
    growth.go()
    growth.comes_up()
    assert growth.settled(Status.READY) is Status.READY
    assert growth.show.one("sandbox")["failure"]["reason"] == "no more web ACLs"
    gone = growth.retire("sandbox")
    assert set(gone.graph.names) >= BROUGHT


def test_a_second_try_finds_what_the_first_has_left(growth):
    """A stack that stands is left alone, one that failed is made anew."""
    growth.converts()
    growth.stands("storage")
    growth.breaks("waf", "Acl", "no more web ACLs")
    growth.settled(Status.FAILED, *growth.failed("waf"))
    growth.go()
    growth.comes_up()
    growth.settled(Status.READY)
    growth.stacks.stacks["stargate-sandbox-waf"].status = "ROLLBACK_COMPLETE"
    growth.stacks.created.clear()
    growth.callbacks.answers.clear()
    growth.converts()
    growth.all_gone()
    growth.comes_up()
    assert growth.stacks.created == ["stargate-sandbox-waf"]
    assert growth.settled(Status.READY) is Status.READY


def test_a_region_is_chosen_once(growth):
    """The same request again is the same environment; another region would be another one."""
    same = growth.create({"name": "sandbox", "preset": "poc", "region": "us-east-1", "overrides": CHOSEN})
    assert same.environment_id == growth.environment.environment_id
    with pytest.raises(NameTakenError, match="in us-east-1, where it stays"):
        growth.create({"name": "sandbox", "preset": "poc", "region": "us-west-1", "overrides": CHOSEN})
    with pytest.raises(InvalidRequestError) as refused:
        growth.create({"name": "other", "preset": "poc", "region": "mars-north-1"})
    assert [fault.path for fault in refused.value.faults] == ["/region"]


def test_a_volume_never_shrinks_by_another_preset():
    """RDS only ever grows one."""
    spec = POC.spec.overridden({"database": {"storage_gb": 150, "max_storage_gb": 300}})
    assert converted(spec, POC, SANDBOX).database.storage_gb == 150
    smaller = converted(SANDBOX.spec, SANDBOX, POC).database
    assert smaller.storage_gb == SANDBOX.spec.database.storage_gb == smaller.max_storage_gb
