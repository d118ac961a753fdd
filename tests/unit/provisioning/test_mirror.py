"""An environment whose images are copied into the account's own registry."""

from __future__ import annotations

import pytest

from stargate.domain.gateway.presets import PRESETS, Spec
from stargate.errors import InvalidRequestError
from tests.unit.play import Play

MIRRORED = {"images": {"mirror": True}}


@pytest.fixture
def play():
    play = Play()
    play.ask(overrides=MIRRORED)
    play.begin_provision()
    return play


def test_no_task_starts_before_its_image_was_copied(play):
    """The step runs once its task definition and the cluster stand; what runs tasks waits for it."""
    for name in ("network", "secrets", "waf", "models", "data", "storage", "cluster"):
        play.stands(name)
    assert play.tasks.started == []
    play.stands("images")
    assert play.tasks.families == ["stargate-sandbox-mirror-images"]
    assert play.tasks.security_groups == ["sg-2"]
    assert play.status("prepare-database") == play.status("victoria-metrics") == "WAITING"
    play.task_stops(0)
    assert play.status("mirror-images") == "STANDING"
    assert play.tasks.families[1:] == ["stargate-sandbox-prepare-database"]
    assert play.status("victoria-metrics") == "SUBMITTED"
    play.stand_all()
    assert {play.status(name) for name in play.states()} == {"STANDING"}


def test_a_copy_that_fails_fails_the_step(play):
    """With the task as the resource that failed; resuming copies again."""
    for name in ("network", "cluster", "images"):
        play.stands(name)
    play.task_stops(1)
    ((_, error, cause),) = play.answers("mirror-images")
    assert (error, "AWS::ECS::Task" in cause) == ("StepFailedError", True)
    play.fail_environment()
    play.ask(overrides=MIRRORED)
    play.begin_provision()
    play.stand_all()
    assert {play.status(name) for name in play.states()} == {"STANDING"}


def test_the_end_of_a_task_is_the_end_of_its_own_step_only(play):
    """Two steps run one after the other: whose end it is, the family of the task says."""
    play.stand_all()
    assert len(play.tasks.families) == 2
    assert play.states()["mirror-images"].outputs != play.states()["prepare-database"].outputs


def test_the_choice_is_made_once(play):
    """A running gateway's images stay where they come from."""
    play.stand_all()
    with pytest.raises(InvalidRequestError, match="images come from is decided once"):
        play.change("sandbox", {"overrides": {"images": {"mirror": False}}})


def test_without_the_choice_nothing_is_copied():
    """Neither stack nor step, and specifications written down before there was the choice are read."""
    play = Play()
    play.ask()
    play.begin_provision()
    play.stand_all()
    assert play.tasks.families == ["stargate-sandbox-prepare-database"]
    assert "stargate-sandbox-images" not in play.stacks.created
    document = PRESETS["sandbox"].spec.document()
    del document["images"]
    assert Spec.from_document(document) == PRESETS["sandbox"].spec
