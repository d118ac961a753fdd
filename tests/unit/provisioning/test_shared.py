"""The secrets that all POCs of a region share: made with the first, gone with the last, never in between."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stargate.domain.environment import Status, environment_of_stack
from stargate.domain.gateway.common_stacks import Renew, decide_shared
from stargate.domain.gateway.shared import SharedSecrets
from stargate.domain.life.ends import Kept
from stargate.domain.life.requests import faults_of
from stargate.domain.provisioning.moves import ObservedStack, Stands
from stargate.errors import CommonFailedError, CommonNotGoneError, CommonNotReadyError, PreflightError
from stargate.usecases.provisioning.prepare_common import PrepareCommon
from stargate.usecases.provisioning.release_common import ReleaseCommon
from tests import fakes
from tests.unit.play import Play
from tests.unit.provisioning.looking_ahead import preflight_of, restore_of

STACK = "stargate-shared-poc"
HOME_BUS = "arn:aws:events:us-east-1:111122223333:event-bus/default"
ARN = "arn:aws:secretsmanager:us-west-1:111122223333:secret:stargate-shared-poc/litellm-master-key-AbCdEf"


class Household(Play):
    """Several POCs of one account, each played by its name."""

    def __post_init__(self):
        super().__post_init__()
        made = self.manifests.manifest
        secrets = replace(
            made.stacks["secrets"], outputs=("LitellmMasterKeyArn",), parameters=("Environment",)
        )
        observer = replace(made.stacks["observer"], parameters=("Environment", "LitellmMasterKeyArn"))
        region = replace(made.stacks["network"], outputs=("ForwarderVersion",))
        stacks = {**made.stacks, "secrets": secrets, "observer": observer, "region": region}
        self.manifests.manifest = replace(made, stacks=stacks)
        self.sharers, self.remains = fakes.FakeSharers(), fakes.FakeRemains(self.clock)

    def asked(self, name):
        return self.ask(name=name, preset="poc", overrides={"network": {"cidr": f"10.{len(name)}.0.0/16"}})

    def prepare_common(self, environment):
        self.stacks.stacks.setdefault("stargate-region", forwarder())
        prepare = PrepareCommon(
            self.environments,
            self.manifests,
            self.stacks,
            self.sharers,
            HOME_BUS,
            "arn:role",
            "0123456789ab",
            restore_of(self),
        )
        prepare(environment.environment_id, environment.attempt)

    def release(self, environment):
        release = ReleaseCommon(self.environments, self.stacks, self.sharers, self.remains)
        return release(environment.environment_id, environment.attempt)

    def stand(self):
        stack = self.stacks.stacks[STACK]
        stack.status, stack.outputs = "CREATE_COMPLETE", {"LitellmMasterKeyArn": ARN}

    def prepared(self, name):
        """As the workflow does: asked again until it stands."""
        environment = self.asked(name)
        if STACK not in self.stacks.stacks:
            with pytest.raises(CommonNotReadyError, match="it is not there yet"):
                self.prepare_common(environment)
            self.stand()
        self.prepare_common(environment)
        return environment

    def retiring(self, environment):
        going = replace(environment, status=Status.RETIRING)
        self.table.environments[environment.environment_id] = going
        return going


def forwarder():
    stack = fakes.FakeStack("id", "stargate-region", "CREATE_COMPLETE", {}, {}, "token")
    stack.outputs = {"ForwarderVersion": "0123456789ab"}
    return stack


@pytest.fixture
def household():
    return Household()


def test_the_first_makes_them_and_the_second_finds_them(household):
    """One stack, under a name that no environment can have, bearing the preset's tags."""
    household.prepared("one")
    household.prepared("second")
    assert household.stacks.created == [STACK]
    stack = household.stacks.stacks[STACK]
    assert stack.parameters == {"Environment": "shared-poc"}
    assert stack.tags["stargate:preset"] == "poc"
    assert environment_of_stack(STACK) is None
    (fault,) = faults_of({"name": "shared", "preset": "poc"})
    assert fault.path == "/name"


def test_two_that_come_at_once_make_one_set(household):
    """The second asks CloudFormation too, hears that it is there, and waits for it."""
    first, second = household.asked("one"), household.asked("second")
    for environment in (first, second):
        with pytest.raises(CommonNotReadyError):
            household.prepare_common(environment)
    household.stand()
    household.prepare_common(first)
    household.prepare_common(second)
    assert household.stacks.created == [STACK]


def test_stacks_are_given_what_the_shared_one_gives_out(household):
    """As if it were the environment's own."""
    household.environment = household.prepared("one")
    household.begin_provision()
    household.stand_all()
    assert household.stacks.stacks["stargate-one-observer"].parameters["LitellmMasterKeyArn"] == ARN
    assert "stargate-one-secrets" not in household.stacks.stacks


def test_they_outlive_each_but_the_last(household):
    """Who leaves takes nothing from those who stay; who never came takes nothing either."""
    first, second, third = (household.prepared(name) for name in ("one", "second", "another"))
    stranger = household.retiring(household.asked("strangers"))
    assert household.release(household.retiring(first)) == "others share it, or nobody did"
    assert household.release(stranger) == "others share it, or nobody did"
    assert household.release(household.retiring(second)) == "others share it, or nobody did"
    assert household.stacks.deleted == []
    with pytest.raises(CommonNotGoneError):
        household.release(household.retiring(third))
    assert household.stacks.deleted == [STACK]


def test_the_last_takes_the_stack_and_then_the_secrets_at_once(household):
    """A recovery window would hold their names; asked again nothing is done twice."""
    going = household.retiring(household.prepared("one"))
    left = Kept("secret", "stargate-shared-poc/litellm-master-key", ARN, "us-west-1")
    household.remains.left = [left]
    for _ in range(2):
        with pytest.raises(CommonNotGoneError):
            household.release(going)
    assert (household.stacks.deleted, household.remains.left) == ([STACK], [left])
    household.stacks.vanish(STACK)
    assert household.release(going) == "it went with the last who shared it"
    assert household.remains.left == []
    household.prepared("second")


def test_who_comes_while_they_go_waits_and_makes_them_anew(household):
    """A set that is half gone serves nobody."""
    going = household.retiring(household.prepared("one"))
    with pytest.raises(CommonNotGoneError):
        household.release(going)
    late = household.asked("second")
    with pytest.raises(CommonNotReadyError, match="is being removed"):
        household.prepare_common(late)
    household.stacks.vanish(STACK)
    household.release(going)
    with pytest.raises(CommonNotReadyError, match="it is not there yet"):
        household.prepare_common(late)
    assert household.stacks.created == [STACK, STACK]


def test_a_stack_that_will_not_go_is_told(household):
    """With the resource that refused."""
    going = household.retiring(household.prepared("one"))
    with pytest.raises(CommonNotGoneError):
        household.release(going)
    household.stacks.fail_resource(
        STACK, "LangfuseSalt", "AWS::SecretsManager::Secret", "no", "DELETE_FAILED"
    )
    with pytest.raises(CommonFailedError, match="us-west-1: no"):
        household.release(going)


def test_whose_secrets_are_its_own_shares_nothing(household):
    """A sandbox neither joins nor leaves."""
    environment = household.ask()
    household.prepare_common(environment)
    assert STACK not in household.stacks.stacks
    assert household.release(household.retiring(environment)) == "nothing is shared"
    assert (environment.shared, environment.secrets_prefix) == (None, "stargate-sandbox/")


def test_a_newer_gateway_renews_them_and_an_older_one_leaves_them():
    """What one environment's stacks need and the set lacks is added; what is more disturbs nobody."""
    standing = ObservedStack("id", "CREATE_COMPLETE", outputs={"A": "1", "B": "2"})
    assert decide_shared(standing, ["A", "C"]) == Renew("it lacks C")
    assert isinstance(decide_shared(standing, ["A"]), Stands)


def test_preflight_sends_for_them_and_tells_whose_names_are_in_the_way(household):
    """Of a set that somebody removed by hand; while it stands its names are its own."""
    environment = household.asked("one")
    taken = fakes.FakeBelongings({}, {"stargate-shared-poc/langfuse-salt": True})
    regions = fakes.FakeRegions(["us-west-1a", "us-west-1c"])
    look = preflight_of(household, "us-west-1", regions=regions, belongings=taken)
    with pytest.raises(PreflightError, match="stargate-shared-poc/langfuse-salt in us-west-1 is within"):
        look(environment.environment_id, 1)
    household.prepared("second")
    assert STACK in look(environment.environment_id, 1)


def test_each_region_has_its_own_set():
    """What is shared is told by preset and region."""
    assert SharedSecrets("poc", "us-west-1") != SharedSecrets("poc", "eu-west-1")
