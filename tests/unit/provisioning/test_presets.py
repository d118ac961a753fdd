"""An environment in another region that does without parts of the gateway."""

from __future__ import annotations

import pytest

from stargate.domain.environment import Status
from stargate.domain.gateway.presets import PRESETS, Spec
from stargate.domain.life.requests import faults_of
from tests.unit.play import Play

ABSENT = {"waf", "storage", "secrets"}  # the last it shares with others


@pytest.fixture
def play():
    play = Play()
    play.ask(name="lab", preset="poc")
    return play


def test_what_the_preset_does_without_is_answered_at_once(play):
    """The workflow asks for every node of the gateway; nothing is made for those that are absent."""
    play.begin_provision()
    for name in ABSENT:
        ((_, outcome, answer),) = play.answers(name)
        assert (outcome, answer) == ("succeeded", {"node": name, "status": "ABSENT"})
    play.stand_all()
    made = {stack.removeprefix("stargate-lab-") for stack in play.stacks.created}
    assert made == set(play.environment.graph.names) - {"prepare-database"}
    assert made & ABSENT == set()
    assert {node.name for node in play.environment.graph.nodes} == set(play.states())


def test_nobody_waits_for_what_is_absent(play):
    """The distribution comes after the balancer alone, the metrics after the cluster."""
    play.begin_provision()
    play.stand_all()
    assert {play.status(name) for name in play.states()} == {"STANDING"}


@pytest.mark.parametrize(
    ("overrides", "path", "words"),
    [
        ({"victoria_metrics": {"tasks": 2}}, "/overrides/victoria_metrics", "a second writer there panics"),
        (
            {"litellm": {"max_tasks": 4}},
            "/overrides/database/class",
            "db.t4g.micro admits 80 connections, so many tasks open up to 90",
        ),
        (
            {"langfuse": {"tasks": 4}},
            "/overrides/database/class",
            "open up to 120",
        ),
        (
            {"langfuse": {"tasks": 9}, "database": {"class": "db.m6g.large"}},
            "/overrides/langfuse/tasks",
            "9 is more than the 8 tasks that DNS tells of",
        ),
    ],
)
def test_an_override_that_would_break_a_rule_is_refused_with_the_reason(overrides, path, words):
    """Two writers on one file system; more tasks than the database, or whoever looks for them, can take."""
    (fault,) = faults_of({"name": "lab", "preset": "poc", "overrides": overrides})
    assert fault.path == path
    assert words in fault.fault
    wanted = {"litellm": {"max_tasks": 4}, "database": {"class": "db.t4g.small"}}
    assert faults_of({"name": "lab", "preset": "poc", "overrides": wanted}) == ()


def test_the_models_are_where_bedrock_is_served(play):
    """And the rest is at home."""
    play.begin_provision()
    play.stand_all()
    regions = {
        name.removeprefix("stargate-lab-"): stack.stack_id.split(":")[3]
        for name, stack in play.stacks.stacks.items()
    }
    assert regions.pop("models") == "us-east-1"
    assert set(regions.values()) == {"us-west-1"}
    assert play.environment.regions == ("us-west-1", "us-east-1")


def test_it_is_shown_without_what_is_absent(play):
    """Progress and stacks speak of what there will be."""
    play.begin_provision()
    play.stand_all()
    document = play.show.one("lab")
    assert document["progress"] == 1
    assert {stack["name"] for stack in play.show.stacks("lab")} & ABSENT == set()


def test_it_goes_as_it_came(play):
    """What was never there is answered at once on the way down too."""
    play.begin_provision()
    play.stand_all()
    play.settle(play.environment.environment_id, 1, Status.READY)
    play.begin_retire()
    play.all_gone()
    assert play.stacks.stacks == {}
    for name in ABSENT:
        assert [answer for _, _, answer in play.answers(name)] == [{"node": name, "status": "ABSENT"}] * 2


@pytest.mark.parametrize("preset", PRESETS)
def test_a_specification_survives_being_written_down(preset):
    """What is read back from the table is what was declared."""
    spec = PRESETS[preset].spec
    assert Spec.from_document(spec.document()) == spec


def test_a_specification_from_before_compute_could_be_chosen_is_read():
    """It ran where everything ran then."""
    document = PRESETS["sandbox"].spec.document()
    del document["compute"]
    assert Spec.from_document(document) == PRESETS["sandbox"].spec


CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef"


@pytest.mark.parametrize(
    ("edge", "faulty"),
    [
        ({"domain": "gateway.example.com", "certificate": CERTIFICATE}, []),
        ({"balancer": "private"}, []),
        ({"balancer": "internal"}, ["/overrides/edge/balancer"]),
        ({"domain": "gateway.example.com"}, ["/overrides/edge/certificate"]),
        ({"certificate": CERTIFICATE}, ["/overrides/edge/domain"]),
        ({"domain": "localhost", "certificate": CERTIFICATE}, ["/overrides/edge/domain"]),
        (
            {"domain": "a.example.com", "certificate": CERTIFICATE.replace("us-east-1", "us-west-1")},
            ["/overrides/edge/certificate"],
        ),
    ],
)
def test_a_domain_and_its_certificate_come_together(edge, faulty):
    """And the certificate from where CloudFront looks for it."""
    request = {"name": "lab", "preset": "poc", "overrides": {"edge": edge}}
    assert [fault.path for fault in faults_of(request)] == faulty
