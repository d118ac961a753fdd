"""Events of other regions come home: what makes sure of it, once for each region."""

from __future__ import annotations

import pytest

from stargate.domain.gateway.common_stacks import Renew
from stargate.domain.gateway.manifest import Manifest
from stargate.domain.gateway.regions import decide_region, regions_away
from stargate.domain.provisioning.moves import ObservedStack
from stargate.errors import CommonFailedError, CommonNotReadyError, SupersededError
from stargate.usecases.provisioning.prepare_common import PrepareCommon
from tests.fakes import FakeManifests, FakeSharers
from tests.unit.play import Play
from tests.unit.provisioning.looking_ahead import restore_of

HOME_BUS = "arn:aws:events:eu-west-1:111122223333:event-bus/default"
TEMPLATE = {
    "key": "stacks/region.yaml",
    "parameters": ["ForwarderVersion"],
    "outputs": ["ForwarderVersion"],
    "resources": {},
}
REGION = "stargate-region"


@pytest.fixture
def play():
    play = Play()
    play.ask()
    return play


def prepare(play, version="2", attempt=1):
    manifest = Manifest.from_document({"version": version, "stacks": {"region": TEMPLATE}})
    use_case = PrepareCommon(
        play.environments,
        FakeManifests(manifest),
        play.stacks,
        FakeSharers(),
        HOME_BUS,
        "arn:role",
        version,
        restore_of(play),
    )
    use_case(play.environment.environment_id, attempt)


def stand(play):
    stack = play.stacks.stacks[REGION]
    stack.status = "CREATE_COMPLETE"
    stack.outputs = {"ForwarderVersion": stack.parameters["ForwarderVersion"]}


def test_the_forwarder_is_made_once_and_waited_for(play):
    """Asked again while it is made nothing more happens; once it stands all is well."""
    for _ in range(2):
        with pytest.raises(CommonNotReadyError, match="us-east-1"):
            prepare(play)
    stand(play)
    prepare(play)
    assert play.stacks.created == [REGION]
    assert play.stacks.stacks[REGION].parameters == {
        "HomeBusArn": HOME_BUS,
        "ForwarderRoleArn": "arn:role",
        "ForwarderVersion": "2",
    }


def test_a_forwarder_of_another_version_is_renewed(play):
    """What is listened to may have changed with the control plane."""
    with pytest.raises(CommonNotReadyError):
        prepare(play, version="1")
    stand(play)
    with pytest.raises(CommonNotReadyError, match="of version 1"):
        prepare(play, version="2")
    assert play.stacks.stacks[REGION].status == "UPDATE_IN_PROGRESS"
    stand(play)
    prepare(play, version="2")


def test_a_forwarder_that_failed_says_why_and_clears_the_way(play):
    """The next attempt begins anew."""
    with pytest.raises(CommonNotReadyError):
        prepare(play)
    play.stacks.fail_resource(REGION, "EventsGoHome", "AWS::Events::Rule", "no", "ROLLBACK_COMPLETE")
    with pytest.raises(CommonFailedError, match="in us-east-1: no"):
        prepare(play)
    assert play.stacks.deleted == [REGION]


def test_a_refused_forwarder_is_not_asked_for_again(play):
    """CloudFormation's words are the reason."""
    play.stacks.refuse[REGION] = "not authorized to perform: iam:PassRole"
    with pytest.raises(CommonFailedError, match="iam:PassRole"):
        prepare(play)


def test_a_call_of_an_older_attempt_prepares_nothing(play):
    """Its workflow is over."""
    with pytest.raises(SupersededError):
        prepare(play, attempt=2)
    assert play.stacks.created == []


@pytest.mark.parametrize("home", ["us-east-1", "eu-west-1"])
def test_only_other_regions_are_away(play, home):
    """At home events arrive by themselves."""
    expected = () if home == "us-east-1" else ("us-east-1",)
    assert regions_away(play.environment, home) == expected


def test_a_forwarder_from_before_versions_is_renewed():
    """One without the output is older than any."""
    assert isinstance(decide_region(ObservedStack("id", "CREATE_COMPLETE"), "1"), Renew)
