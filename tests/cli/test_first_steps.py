"""What a page says to do first: there is something for each, and what is to be pasted is a command."""

from __future__ import annotations

import re
import shlex

import botocore.session
import click
import pytest
import typer
from botocore import xform_name

from cli.app import app
from stargate.domain.operating.conditions import Condition
from stargate.domain.operating.first_steps import STEPS, first_steps
from stargate.domain.operating.playbook import PAGE
from stargate.domain.playbook.default import DEFAULT
from stargate.domain.signals.kinds import KINDS
from stargate.domain.signals.signal import Severity
from tests.unit.operating.loop_play import LoopPlay, environment
from tests.unit.operating.scenes import told

COMMAND = re.compile(r"(?:^|: +|: )((?:stargate|aws) [a-z].*)", re.MULTILINE)
OF_THE_CLI_ITSELF = {"--region", "--query", "--max-items"}
NO_OPERATIONS = {("logs", "tail")}  # the AWS CLI's own


def steps_for(key, **facts):
    kind, _, subject = key.partition("#")
    condition = Condition(
        kind=kind,
        subject=subject or "litellm",
        severity=Severity.CRITICAL,
        open=True,
        opened_at=0.0,
        last_at=0.0,
        cause="",
        facts=facts,
    )
    return first_steps(environment(0.0), condition)


def paging():
    return sorted(
        {rule.condition for rule in DEFAULT if rule.is_open and any(rung == PAGE for rung in rule.rungs)}
    )


@pytest.mark.parametrize("key", paging())
def test_whoever_is_paged_has_first_steps(key):
    """Of every condition about which the default playbook pages somebody."""
    assert steps_for(key)


def test_no_first_steps_are_left_over():
    """Each is of a condition that there is."""
    known = {kind.condition for kind in KINDS.values()} | {"quota-high"}
    assert {key.partition("#")[0] for key in STEPS} - known == set()


def test_an_alerts_own_runbook_and_address_come_first():
    """Its author knows more of it than we do."""
    steps = steps_for("alert", runbook="https://wiki/target-down", look="http://vm/graph")
    assert steps[:2] == ("Its own runbook: https://wiki/target-down", "Look at it: http://vm/graph")


def test_a_busy_database_is_no_service():
    """ECS knows nothing of it."""
    assert "aws rds describe-db-instances" in steps_for("cpu-high#database")[0]


def texts():
    """The steps of every kind, and all that people are told of one incident in mode advise."""
    yield from ("\n".join(steps_for(key)) for key in sorted(STEPS))
    play = LoopPlay()
    told(play, "errors-high", "litellm")
    play.performs()
    yield from (one.text for one in play.pager.notices)


def commands(program):
    found = (command for text in texts() for command in COMMAND.findall(text))
    return sorted({command.partition(";")[0] for command in found if command.startswith(program)})


@pytest.mark.parametrize("command", commands("stargate"))
def test_a_command_of_ours_is_taken(command):
    """Its name, its arguments and its options."""
    found, (_, *arguments) = typer.main.get_command(app), shlex.split(command)
    while isinstance(found, click.Group):
        _, found, arguments = found.resolve_command(click.Context(found), arguments)
    found.make_context(command, arguments)


@pytest.mark.parametrize("command", commands("aws"))
def test_a_command_of_aws_is_an_operation_with_these_options(command):
    """By the models from which the AWS CLI is made."""
    _, service, name, *rest = shlex.split(command)
    if (service, name) in NO_OPERATIONS:
        return
    model = botocore.session.get_session().get_service_model(service)
    operation = {xform_name(one, "-"): one for one in model.operation_names}[name]
    known = {f"--{xform_name(one, '-')}" for one in model.operation_model(operation).input_shape.members}
    given = {option for option in rest if option.startswith("--")}
    assert given - OF_THE_CLI_ITSELF - known == set()
